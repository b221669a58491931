/** `<cafe-unlock>`: asks for the passphrase of the account in use, with ways out for who has forgotten it. */
import { html, nothing, type TemplateResult } from 'lit'
import type { AccountStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { short } from '../format.ts'
import './cafe-restore.ts'
import { account as accountEnglish } from '../texts/en/account.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('account', accountEnglish)

export class CafeUnlock extends Plain {
  static override properties = { cafe: { attribute: false }, account: { attribute: false } }
  declare cafe: CafeConsole
  declare account: AccountStatus
  readonly #unlock = new Action<HTMLFormElement>(this, 'unlock', async (form) => {
    await this.cafe.account.unlock(String(new FormData(form).get('lock') ?? ''))
    form.reset()
  })

  readonly #accounts = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.list(),
  )
  readonly #use = new Action<string>(this, 'wallet', async (address) => {
    await this.cafe.account.use(address)
  })

  override firstUpdated(): void {
    this.querySelector<HTMLInputElement>('input[name=lock]')?.focus()
  }

  override render(): TemplateResult {
    const { running, problem } = this.#unlock
    const { address } = this.account
    return html`<h1 tabindex="-1">${text.unlockTitle}</h1>
      <section class="card stack narrow">
        <p class="row">
          <span class="mark small" aria-hidden="true">${icon('lock')}</span>
          <code title=${address}>${short(address)}</code>
        </p>
        <form class="stack" @submit=${this.#submit}>
          <label class="field">
            <span>${text.passphrase}</span>
            <input name="lock" type="password" required maxlength="1024" autocomplete="current-password" />
          </label>
          ${failure(problem)}
          <button class="button loud big" aria-busy=${running ? 'true' : 'false'}>
            ${running ? text.unlocking : text.unlock}
          </button>
        </form>
        <details class="more">
          <summary>${text.forgotten}</summary>
          <p class="quiet">${text.forgottenText}</p>
          <cafe-restore .cafe=${this.cafe}></cafe-restore>
        </details>
        ${this.#others()}
        <p class="quiet small">${text.cafeStaysOpen}</p>
      </section>`
  }

  #others(): TemplateResult | typeof nothing {
    const others = (this.#accounts.value ?? []).filter(({ current }) => !current)
    if (others.length === 0) return nothing
    return html`<details class="more">
      <summary>${text.useAnother}</summary>
      ${failure(this.#use.problem)}
      <ul class="rows">
        ${others.map(
          ({ address }) => html`<li>
            <code class="grow" title=${address}>${short(address)}</code>
            <button type="button" class="button small" aria-label=${text.useLabel(short(address))} @click=${() => this.#use.run(address)}>${common.use}</button>
          </li>`,
        )}
      </ul>
    </details>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#unlock.run(event.currentTarget)
  }
}
customElements.define('cafe-unlock', CafeUnlock)
