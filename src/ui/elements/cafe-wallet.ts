/** `<cafe-wallet>`: the accounts of this device: which is in use, how it is kept, switching, adding, forgetting. */
import { html, nothing, type TemplateResult } from 'lit'
import type { AccountInfo } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { plainName, short } from '../format.ts'
import './cafe-account.ts'
import './cafe-confirm.ts'
import './cafe-lock.ts'
import { account as accountEnglish } from '../texts/en/account.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('account', accountEnglish)

export class CafeWallet extends Plain {
  static override properties = {
    cafe: { attribute: false },
    adding: { state: true },
    forgetting: { state: true },
    asking: { state: true },
  }
  declare cafe: CafeConsole
  declare adding: boolean
  /** The account the dialog is about; stays while the dialog fades. */
  declare forgetting: AccountInfo | undefined
  declare asking: boolean
  readonly #accounts = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.list(),
  )
  readonly #use = new Action<AccountInfo>(this, 'wallet', async ({ address }) => {
    await this.cafe.account.use(address)
  })
  readonly #forget = new Action<AccountInfo>(this, 'wallet', async ({ address, lock }) => {
    const proof = this.querySelector<HTMLInputElement>('input[name=forget-proof]')?.value ?? ''
    await this.cafe.account.forget(address, lock ? { proof } : {})
    this.asking = false
  })

  override render(): TemplateResult {
    const accounts = this.#accounts.value
    if (accounts === undefined) return html`${failure(this.#accounts.problem)} ${waiting(common.looking)}`
    const current = accounts.find((one) => one.current)
    return html`<section class="card" aria-labelledby="accounts-heading">
        <h2 id="accounts-heading">${accounts.length > 1 ? text.several : text.yours}</h2>
        ${failure(this.#use.problem)}
        <ul class="rows">
          ${accounts.map((account) => this.#account(account))}
        </ul>
        ${current && !current.locked ? html`<cafe-lock .cafe=${this.cafe} .account=${current}></cafe-lock>` : nothing}
        ${
          this.adding
            ? nothing
            : html`<div class="row"><button type="button" class="button small" @click=${this.#add}>${text.add}</button></div>`
        }
      </section>
      ${
        this.adding
          ? html`<cafe-account
              .cafe=${this.cafe}
              .add=${true}
              .proof=${current?.lock ?? false}
              @done=${() => {
                this.adding = false
              }}
            ></cafe-account>`
          : nothing
      }
      ${this.#dialog()}`
  }

  #account(account: AccountInfo): TemplateResult {
    const { address, index, current, lock, name } = account
    return html`<li>
      <span class="mark small" aria-hidden="true">${icon(lock ? 'lock' : 'person')}</span>
      <div class="grow">
        <p class="title">${name === undefined ? nothing : html`<bdi>${plainName(name)}</bdi> `}<code title=${address}>${short(address)}</code>${current ? html` <span class="tag good">${text.inUse}</span>` : nothing}</p>
        <p class="quiet small">${[index ? text.place(index + 1) : '', lock ? text.hasLock : text.unlocked].filter(Boolean).join(', ')}</p>
      </div>
      ${
        current
          ? nothing
          : html`<button type="button" class="button small" aria-label=${text.useLabel(short(address))} ?disabled=${this.#use.running} @click=${() => this.#use.run(account)}>
              ${common.use}
            </button>`
      }
      <button
        type="button"
        class="button icon-only"
        aria-label=${text.forgetLabel(short(address))}
        @click=${() => {
          this.forgetting = account
          this.asking = true
        }}
      >
        ${icon('trash')}
      </button>
    </li>`
  }

  #add(): void {
    this.adding = true
  }

  #dialog(): TemplateResult {
    const { forgetting } = this
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${text.forgetTitle}
      .text=${text.forgetText}
      .more=${
        forgetting?.lock
          ? html`<label class="field">
              <span>${text.itsPassphrase}</span>
              <input name="forget-proof" type="password" autocomplete="current-password" />
            </label>`
          : undefined
      }
      .verb=${text.forget}
      .running=${this.#forget.running}
      .problem=${this.#forget.problem}
      @agreed=${() => forgetting && this.#forget.run(forgetting)}
      @left=${() => {
        this.asking = false
        this.#forget.clear()
        const input = this.querySelector<HTMLInputElement>('input[name=forget-proof]')
        if (input) input.value = ''
      }}
    ></cafe-confirm>`
  }
}
customElements.define('cafe-wallet', CafeWallet)
