/** `<cafe-accounts>`: the view of accounts and devices; with the code of a device's link, it gives the account to that one. */
import { html, nothing, type TemplateResult } from 'lit'
import type { AccountStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import './cafe-account.ts'
import './cafe-devices.ts'
import './cafe-give.ts'
import './cafe-safety.ts'
import './cafe-wallet.ts'
import { account as accountEnglish } from '../texts/en/account.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { Plain, waiting } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('account', accountEnglish)

export class CafeAccounts extends Plain {
  static override properties = { cafe: { attribute: false }, account: { attribute: false }, code: { attribute: false } }
  declare cafe: CafeConsole
  /** The account in use, which is open; null if there is none. */
  declare account: AccountStatus | null | undefined
  /** Code of the link of a device. */
  declare code: string | undefined

  override render(): TemplateResult {
    const { account } = this
    return html`<h1 tabindex="-1">${text.title}</h1>
      ${account === undefined ? waiting(common.looking) : account === null ? this.#none() : this.#some(account)}`
  }

  #none(): TemplateResult {
    return html`${this.code === undefined ? nothing : html`<p class="lead">${text.noneToGive}</p>`}
      <cafe-account .cafe=${this.cafe}></cafe-account>`
  }

  #some({ lock }: AccountStatus): TemplateResult {
    // One thing at a time: what is compared and given needs a person's whole attention.
    if (this.code !== undefined) {
      return html`<cafe-give .cafe=${this.cafe} .code=${this.code} .lock=${lock} @left=${() => location.replace('#account')}></cafe-give>`
    }
    return html`<cafe-wallet .cafe=${this.cafe}></cafe-wallet>
      <cafe-safety .cafe=${this.cafe}></cafe-safety>
      <cafe-devices .cafe=${this.cafe} .lock=${lock}></cafe-devices>`
  }
}
customElements.define('cafe-accounts', CafeAccounts)
