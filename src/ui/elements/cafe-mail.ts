/**
 * `<cafe-mail>`: how letters between accounts fare: what waits to be sent and why, how full the own mailboxes are, what came
 * and could not be used, and what the person lets others do.
 */
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import './cafe-account.ts'
import './cafe-mail-out.ts'
import './cafe-mail-room.ts'
import './cafe-mail-settings.ts'
import './cafe-mail-tray.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { mail as mailEnglish } from '../texts/en/mail.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain, waiting } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('mail', mailEnglish)

export class CafeMail extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )

  override render(): TemplateResult {
    const account = this.#account.value
    return html`<h1 tabindex="-1">${text.title}</h1>
      ${failure(this.#account.problem)}
      ${
        account === undefined
          ? waiting(common.looking)
          : account === null
            ? html`<cafe-account .cafe=${this.cafe}></cafe-account>`
            : this.#all()
      }`
  }

  #all(): TemplateResult {
    return html`<p class="lead">${text.lead}</p>
      <cafe-mail-room .cafe=${this.cafe}></cafe-mail-room>
      <cafe-mail-out .cafe=${this.cafe}></cafe-mail-out>
      <cafe-mail-tray .cafe=${this.cafe}></cafe-mail-tray>
      <cafe-mail-settings .cafe=${this.cafe}></cafe-mail-settings>`
  }
}
customElements.define('cafe-mail', CafeMail)
