/**
 * `<cafe-notices-offer>`: offers, once there is somebody who could write, to say when something comes. Whoever says no is
 * not asked again; it stays in the account's own page.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { browserBoard, chooseNotices, noticeChoice } from '../notice-board.ts'
import { news as english } from '../texts/en/news.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, icon, Plain } from './parts.ts'

const text = spoken('news', english)

export class CafeNoticesOffer extends Plain {
  static override properties = { said: { state: true } }
  /** What came of it, while the page is open. */
  declare said: string | undefined
  readonly #board = browserBoard()

  override render(): TemplateResult | typeof nothing {
    if (this.said !== undefined) return html`<p class="sr" role="status">${this.said}</p>`
    if (noticeChoice() !== undefined || this.#board.permission() !== 'ask') return nothing
    return html`<section class="notice offer" aria-labelledby="offer-heading">
      ${icon('bell')}
      <p class="grow">
        <strong id="offer-heading">${text.tellMe}</strong>
        <span class="quiet small lines">${text.offerText}</span>
      </p>
      <div class="row">
        <button type="button" class="button small" @click=${this.#refuse}>${text.refuse}</button>
        <button type="button" class="button small loud" @click=${this.#ask}>${text.accept}</button>
      </div>
    </section>`
  }

  async #ask(): Promise<void> {
    const permission = await this.#board.ask().catch(() => 'blocked' as const)
    if (permission === 'ask') return
    if (permission === 'granted') chooseNotices('on')
    await this.#done(permission === 'granted' ? text.on : text.denied)
  }

  async #refuse(): Promise<void> {
    chooseNotices('off')
    await this.#done(text.off)
  }

  async #done(said: string): Promise<void> {
    this.said = said
    await this.updateComplete
    const view = this.closest('main')
    if (view) catchFocus(view)
  }
}
customElements.define('cafe-notices-offer', CafeNoticesOffer)
