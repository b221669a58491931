/** `<cafe-safety>`: at how many cafes everything is safe, since when, what is on its way and what was refused. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Safety } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { explainCode } from '../explain.ts'
import { bytes, plainName, safetyLine, short } from '../format.ts'
import { safety as english } from '../texts/en/safety.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('safety', english)

export class CafeSafety extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #safety = new Live(
    this,
    () => this.cafe,
    ['pins', 'account'],
    (cafe) => cafe.account.safety(),
  )
  readonly #cafes = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #retry = new Action<void>(this, 'keep', async () => {
    await this.cafe.account.retry()
  })

  override render(): TemplateResult | typeof nothing {
    const safety = this.#safety.value
    if (safety === undefined || safety.items === 0) return nothing
    const line = safetyLine(safety)
    const { since, pending } = safety
    return html`<div class="between" data-safety=${line.level}>
        <p class="tag ${line.level === 'none' ? 'bad' : line.level}">
          ${icon(line.level === 'good' ? 'check' : 'upload')}<span
            >${line.text}${since === null ? nothing : html`, <wa-relative-time .date=${new Date(since)} sync></wa-relative-time>`}</span
          >
        </p>
        ${this.#again(safety)}
      </div>
      ${pending === 0 ? nothing : html`<p class="quiet small">${text.pending(bytes(pending))}</p>`}
      ${safety.failed.map((one) => this.#refused(one))} ${failure(this.#retry.problem)}`
  }

  #refused({ cafe, reason, items }: Safety['failed'][number]): TemplateResult {
    const name = plainName(this.#cafes.value?.find((one) => one.cafe === cafe)?.name ?? short(cafe))
    return html`<p class="field-error">${text.notAt(items, html`<bdi>${name}</bdi>`, explainCode(reason, 'keep'))}</p>`
  }

  #again({ safe, of }: Safety): TemplateResult | typeof nothing {
    if (safe === of) return nothing
    return html`<button
      type="button"
      class="button small"
      aria-label=${text.againLabel}
      aria-busy=${this.#retry.running ? 'true' : 'false'}
      ?disabled=${this.#retry.running}
      @click=${() => this.#retry.run()}
    >${text.again}</button>`
  }
}
customElements.define('cafe-safety', CafeSafety)
