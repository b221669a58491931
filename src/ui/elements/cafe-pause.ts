/** `<cafe-pause>`: pauses the guests of the cafe in this browser, says so while they are, and lets them go on. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { hosting as english } from '../texts/en/hosting.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('hosting', english)

export class CafePause extends Plain {
  static override properties = { cafe: { attribute: false }, since: { attribute: false } }
  declare cafe: CafeConsole
  /** Since when guests are paused; null while they are not. */
  declare since: number | null
  readonly #set = new Action<boolean>(this, 'open', (paused) => this.cafe.host.setPaused(paused))

  override render(): TemplateResult {
    return this.since === null ? this.#offer() : this.#paused(this.since)
  }

  #offer(): TemplateResult {
    return html`<section class="card" aria-labelledby="pause-heading">
      <div class="heading">
        <h2 id="pause-heading">${text.pauseTitle}</h2>
        ${this.#button(true, text.pause)}
      </div>
      <p class="quiet">${text.pauseText}</p>
      ${failure(this.#set.problem)}
    </section>`
  }

  #paused(since: number): TemplateResult {
    const when = html`<wa-relative-time .date=${new Date(since)} format="long" sync></wa-relative-time>`
    return html`<div class="notice part" role="status">
        ${icon('warning')}
        <div class="grow">
          <p class="title">${text.pausedTitle(when)}</p>
          <p class="small">${text.pausedText}</p>
        </div>
        ${this.#button(false, text.goOn)}
      </div>
      ${failure(this.#set.problem)}`
  }

  #button(paused: boolean, label: string): TemplateResult {
    return html`<button
      type="button"
      class="button small ${paused ? '' : 'loud'}"
      aria-busy=${this.#set.running ? 'true' : 'false'}
      @click=${() => this.#set.run(paused)}
    >${label}</button>`
  }
}
customElements.define('cafe-pause', CafePause)
