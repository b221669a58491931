/** `<cafe-safety>`: at how many cafes everything is safe, since when, what is on its way and what was refused. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Safety } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { explainCode } from '../explain.ts'
import { bytes, count, plainName, safetyLine, short } from '../format.ts'
import { failure, icon, Plain } from './parts.ts'

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
      ${pending === 0 ? nothing : html`<p class="quiet small">${bytes(pending)} still to be sent: it follows by itself.</p>`}
      ${safety.failed.map((one) => this.#refused(one))} ${failure(this.#retry.problem)}`
  }

  #refused({ cafe, reason, items }: Safety['failed'][number]): TemplateResult {
    const name = plainName(this.#cafes.value?.find((one) => one.cafe === cafe)?.name ?? short(cafe))
    return html`<p class="field-error">${count(items, 'thing')} not at <bdi>${name}</bdi>: ${explainCode(reason, 'keep')}</p>`
  }

  #again({ safe, of }: Safety): TemplateResult | typeof nothing {
    if (safe === of) return nothing
    return html`<button
      type="button"
      class="button small"
      aria-label="Try again to keep everything at every cafe"
      aria-busy=${this.#retry.running ? 'true' : 'false'}
      ?disabled=${this.#retry.running}
      @click=${() => this.#retry.run()}
    >
      Try again
    </button>`
  }
}
customElements.define('cafe-safety', CafeSafety)
