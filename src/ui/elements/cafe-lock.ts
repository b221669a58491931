/** `<cafe-lock>`: the passphrase of the account in use: set one, change it, do without, lock now. */
import { html, type TemplateResult } from 'lit'
import type { AccountStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { account as accountEnglish } from '../texts/en/account.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { keepFields, newPassphrase, passphraseField, readLock, readProof } from './keep-fields.ts'
import { failure, icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('account', accountEnglish)

export class CafeLock extends Plain {
  static override properties = { cafe: { attribute: false }, account: { attribute: false }, done: { state: true } }
  declare cafe: CafeConsole
  declare account: AccountStatus
  /** What was done last, for the live region. */
  declare done: string
  readonly #set = new Action<HTMLFormElement>(this, 'wallet', async (form) => {
    const lock = readLock(form)
    await this.cafe.account.setLock({ ...lock, ...readProof(form) })
    form.closest('details')?.removeAttribute('open')
    form.reset()
    this.done = lock.lock === undefined ? text.nowUnlocked : text.isSet
  })
  readonly #lock = new Action<void>(this, 'wallet', async () => {
    await this.cafe.account.lock()
  })

  override render(): TemplateResult {
    const { lock } = this.account
    return html`<div class="stack">
      <div class="heading">
        <p class="now">
          <span class="dot ${lock ? 'good' : 'part'}" aria-hidden="true"></span
          >${lock ? text.asks : text.stays}
        </p>
        ${
          lock
            ? html`<button type="button" class="button small" @click=${() => this.#lock.run()}>${icon('lock')}${text.lockNow}</button>`
            : ''
        }
      </div>
      ${failure(this.#lock.problem)}
      <details class="more">
        <summary>${lock ? text.changeLock : text.setLock}</summary>
        ${this.#form(lock)}
      </details>
      <p class="sr" role="status">${this.done ?? ''}</p>
    </div>`
  }

  #form(lock: boolean): TemplateResult {
    const { running, problem } = this.#set
    return html`<form class="stack narrow" autocomplete="off" @submit=${this.#submit}>
      ${lock ? html`${passphraseField(text.passphraseNow)} ${keepFields()}` : newPassphrase()} ${failure(problem)}
      <button class="button loud" aria-busy=${running ? 'true' : 'false'}>${running ? common.saving : common.save}</button>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#set.run(event.currentTarget)
  }
}
customElements.define('cafe-lock', CafeLock)
