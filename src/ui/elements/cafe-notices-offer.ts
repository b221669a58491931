/**
 * `<cafe-notices-offer>`: offers, once there is somebody who could write, to say when something comes. Whoever says no is
 * not asked again; it stays in the account's own page.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { browserBoard, chooseNotices, noticeChoice } from '../notice-board.ts'
import { catchFocus, icon, Plain } from './parts.ts'

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
        <strong id="offer-heading">Tell me when something comes while this page is in the background</strong>
        <span class="quiet small lines">Only who and in which thread, never what was written. The tab has to stay open.</span>
      </p>
      <div class="row">
        <button type="button" class="button small" @click=${this.#refuse}>No, thanks</button>
        <button type="button" class="button small loud" @click=${this.#ask}>Tell me</button>
      </div>
    </section>`
  }

  async #ask(): Promise<void> {
    const permission = await this.#board.ask().catch(() => 'blocked' as const)
    if (permission === 'ask') return
    if (permission === 'granted') chooseNotices('on')
    await this.#done(
      permission === 'granted' ? 'You are told from now on.' : 'Your browser does not show notifications.',
    )
  }

  async #refuse(): Promise<void> {
    chooseNotices('off')
    await this.#done('You are not asked again. It can be switched on under “You”.')
  }

  async #done(said: string): Promise<void> {
    this.said = said
    await this.updateComplete
    const view = this.closest('main')
    if (view) catchFocus(view)
  }
}
customElements.define('cafe-notices-offer', CafeNoticesOffer)
