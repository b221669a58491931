/** `<cafe-notices>`: the switch for notifications of the system, and why it does not work where it does not. */
import { html, nothing, type TemplateResult } from 'lit'
import { browserBoard, chooseNotices, noticeChoice } from '../notice-board.ts'
import { news as english } from '../texts/en/news.ts'
import { spoken } from '../texts/say.ts'
import { Plain } from './parts.ts'

const text = spoken('news', english)

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
      <h2 id="notices-heading">${text.notifications}</h2>
      <label class="check">
        <input
          type="checkbox"
          .checked=${permission === 'granted' && noticeChoice() === 'on'}
          ?disabled=${off}
          aria-describedby="notices-about"
          @change=${this.#turn}
        />
        <span>${text.tellMe}</span>
      </label>
      <p id="notices-about" class="quiet small">
        ${text.about}
      </p>
      <p role="status" class="small">
        ${permission === 'blocked' ? text.blocked : permission === 'unsupported' ? text.unsupported : nothing}
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
