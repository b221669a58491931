/**
 * `<cafe-confirm>`: asks before something is lost. Fires `agreed` when the person agrees and `left` when the dialog has
 * closed; the way out has the focus. If what opened it is gone, the focus is then at a heading.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, type TemplateResult } from 'lit'
import { ViewFocus } from '../controllers/view-focus.ts'
import type { Problem } from '../explain.ts'
import { common as english } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const common = spoken('common', english)

export class CafeConfirm extends Plain {
  static override properties = {
    open: { type: Boolean },
    heading: {},
    text: {},
    more: { attribute: false },
    verb: {},
    running: { type: Boolean },
    problem: { attribute: false },
  }
  declare open: boolean
  declare heading: string
  declare text: string
  /** What else the person may say about it. */
  declare more: TemplateResult | undefined
  /** What the button that does it says. */
  declare verb: string
  declare running: boolean
  declare problem: Problem | undefined
  readonly #focus = new ViewFocus()

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    if (this.open) this.#focus.keepIn(null)
  }

  override render(): TemplateResult {
    return html`<wa-dialog label=${this.heading} ?open=${this.open} light-dismiss @wa-after-hide=${this.#hidden}>
      <p>${this.text}</p>
      ${this.more} ${failure(this.problem)}
      <div slot="footer" class="row end">
        <button type="button" class="button" autofocus data-dialog="close">${common.cancel}</button>
        <button type="button" class="button danger" aria-busy=${this.running ? 'true' : 'false'} @click=${this.#agree}>
          ${this.verb}
        </button>
      </div>
    </wa-dialog>`
  }

  #agree(): void {
    this.dispatchEvent(new Event('agreed'))
  }

  #hidden(event: Event): void {
    if (event.target !== event.currentTarget) return
    const { activeElement } = document
    // Nothing took it back.
    if (activeElement instanceof HTMLElement && this.contains(activeElement)) activeElement.blur()
    this.#focus.keepIn(this.parentElement)
    this.dispatchEvent(new Event('left'))
  }
}
customElements.define('cafe-confirm', CafeConfirm)
