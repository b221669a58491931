/** `<cafe-notices>`: the switch for notifications of the system, and why it does not work where it does not. */
import { html, nothing, type TemplateResult } from 'lit'
import { browserBoard, chooseNotices, noticeChoice } from '../notice-board.ts'
import { Plain } from './parts.ts'

export class CafeNotices extends Plain {
  static override properties = { turned: { state: true } }
  /** How often something was chosen here: draws it again. */
  declare turned: number
  readonly #board = browserBoard()

  constructor() {
    super()
    this.turned = 0
  }

  override render(): TemplateResult {
    const permission = this.#board.permission()
    const off = permission === 'blocked' || permission === 'unsupported'
    return html`<section class="card" aria-labelledby="notices-heading">
      <h2 id="notices-heading">Notifications</h2>
      <label class="check">
        <input
          type="checkbox"
          .checked=${permission === 'granted' && noticeChoice() === 'on'}
          ?disabled=${off}
          aria-describedby="notices-about"
          @change=${this.#turn}
        />
        <span>Tell me when something comes while this page is in the background</span>
      </label>
      <p id="notices-about" class="quiet small">
        They say who and in which thread, and never what was written. They come while a tab of Popup Cafe is open in this
        browser.
      </p>
      <p role="status" class="small">
        ${
          permission === 'blocked'
            ? 'This browser was told not to show notifications of this page. Allow them in its settings for the page, then come back.'
            : permission === 'unsupported'
              ? 'This browser shows no notifications of pages.'
              : nothing
        }
      </p>
    </section>`
  }

  async #turn(event: Event): Promise<void> {
    if (!(event.target instanceof HTMLInputElement)) return
    const wanted = event.target.checked
    const granted = wanted && (await this.#board.ask().catch(() => 'blocked' as const)) === 'granted'
    chooseNotices(granted ? 'on' : 'off')
    event.target.checked = granted
    this.turned++
  }
}
customElements.define('cafe-notices', CafeNotices)
