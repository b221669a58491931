/** `<cafe-thread-safety>`: at how many cafes all of a thread is, and since when, in half a line. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Safety } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { safetyLine } from '../format.ts'
import { threads as english } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { Plain } from './parts.ts'

const text = spoken('threads', english)

export class CafeThreadSafety extends Plain {
  static override properties = { cafe: { attribute: false }, thread: { attribute: false } }
  declare cafe: CafeConsole
  /** Its id. */
  declare thread: string
  readonly #safety = new Live<Safety>(
    this,
    () => this.cafe,
    ['pins', 'account'],
    (cafe) => cafe.account.safety({ thread: this.thread }),
  )

  protected override willUpdate(changed: PropertyValues): void {
    if (this.hasUpdated && changed.has('thread')) this.#safety.refresh()
  }

  override render(): TemplateResult | typeof nothing {
    const safety = this.#safety.value
    if (safety === undefined) return nothing
    const { level, text: line } = safetyLine(safety)
    const time = safety.safe === 0 || safety.since === null ? undefined : new Date(safety.since)
    return html`<span class="safety"
      ><span class="dot ${level}" aria-hidden="true"></span>${
        time === undefined ? line : text.safeSince(line, html`<wa-relative-time .date=${time} sync></wa-relative-time>`)
      }</span
    >`
  }
}
customElements.define('cafe-thread-safety', CafeThreadSafety)
