/** `<cafe-home>`: the first screen. Three things to do, and one line about each that is already going on. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { count, plainName } from '../format.ts'
import './cafe-link.ts'
import { icon, Plain } from './parts.ts'

export class CafeHome extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole | undefined
  readonly #host = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.status(),
  )
  readonly #cafes = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #pins = new Live(
    this,
    () => this.cafe,
    ['pins'],
    (cafe) => cafe.pins.list(),
  )

  override render(): TemplateResult {
    const cafes = (this.#cafes.value ?? []).filter(({ state }) => state === 'active')
    const pins = this.#pins.value ?? []
    return html`<div class="hero">
        <h1 tabindex="-1">A cafe in a browser tab</h1>
        <p>Keep each other’s files without a company in between. They are encrypted before they leave your device.</p>
      </div>
      <div class="choices">
        <section class="choice" aria-labelledby="choice-open">
          <span class="mark" aria-hidden="true">${icon('cup')}</span>
          <h2 id="choice-open">Open a cafe</h2>
          <p>Lend some room on this device. People you invite keep their files with you.</p>
          ${this.#open()}
        </section>
        <section class="choice" aria-labelledby="choice-join">
          <span class="mark" aria-hidden="true">${icon('people')}</span>
          <h2 id="choice-join">Join a cafe</h2>
          <p>Got an invite? Join, and keep files at a cafe somebody else has open.</p>
          ${cafes.length === 0 ? nothing : html`<p class="now">You are in ${count(cafes.length, 'cafe')}.</p>`}
          ${
            cafes.length === 0
              ? html`<a class="button loud" href="#join">Join a cafe</a>`
              : html`<a class="button loud" href="#files">
                  ${pins.length === 0 ? 'Keep a file' : `See your ${count(pins.length, 'file')}`}
                </a>`
          }
        </section>
        <section class="choice" aria-labelledby="choice-link">
          <span class="mark" aria-hidden="true">${icon('link')}</span>
          <h2 id="choice-link">Open a link</h2>
          <p>See a file that was shared with you. No account needed.</p>
          <cafe-link></cafe-link>
        </section>
      </div>
      <ul class="facts across" aria-label="How it works">
        <li>${icon('lock')}Every file gets its own key, made here. Cafes keep only what they cannot read.</li>
        <li>${icon('files')}A cafe may vanish. Join two, and nothing is lost.</li>
        <li>${icon('cup')}No company, no sign-up, nothing to install.</li>
      </ul>`
  }

  #open(): TemplateResult {
    const host = this.#host.value
    if (!host?.open) return html`<a class="button loud" href="#host">Open a cafe</a>`
    return html`<p class="now">
        <span class="dot good" aria-hidden="true"></span><bdi>${plainName(host.name)}</bdi> is open,
        ${host.clients === 1 ? '1 person joined' : `${host.clients} people joined`}.
        ${host.requests === 0 ? nothing : html`<strong>${count(host.requests, 'person asks', 'people ask')} to join.</strong>`}
      </p>
      <a class="button loud" href="#host">See your cafe</a>`
  }
}
customElements.define('cafe-home', CafeHome)
