/** `<cafe-account>`: the first step of joining: make an account, or bring one back from its words. */
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { WordsEvent } from './cafe-words.ts'
import { failure, Plain } from './parts.ts'

export class CafeAccount extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #create = new Action<void>(this, 'start', async () => {
    const { words } = await this.cafe.account.create()
    this.dispatchEvent(new WordsEvent(words))
  })
  readonly #restore = new Action<HTMLFormElement>(this, 'restore', async (form) => {
    const data = new FormData(form)
    const words = String(data.get('words') ?? '')
      .toLowerCase()
      .trim()
      .split(/\s+/)
      .join(' ')
    const passphrase = String(data.get('passphrase') ?? '')
    await this.cafe.account.restore(words, passphrase === '' ? {} : { passphrase })
    form.reset()
  })

  override render(): TemplateResult {
    const { running, problem } = this.#create
    return html`<section class="card stack narrow" aria-labelledby="account-heading">
      <h2 id="account-heading">First, an account</h2>
      <p>No name, no e-mail, no password: your account is twelve words that only you have.</p>
      ${failure(problem, () => void this.#create.run())}
      <button
        type="button"
        class="button loud big"
        aria-busy=${running ? 'true' : 'false'}
        @click=${() => this.#create.run()}
      >
        ${running ? 'Making your account…' : 'Make my account'}
      </button>
      <details class="more">
        <summary>I have an account already</summary>
        ${this.#form()}
      </details>
    </section>`
  }

  #form(): TemplateResult {
    const { running, problem } = this.#restore
    return html`<form class="stack" autocomplete="off" @submit=${this.#submit}>
      <label class="field">
        <span>Your words, in order</span>
        <textarea
          name="words"
          rows="3"
          required
          autocomplete="off"
          autocapitalize="none"
          autocorrect="off"
          spellcheck="false"
          translate="no"
        ></textarea>
      </label>
      <label class="field">
        <span>Passphrase <small>only if you had set one</small></span>
        <input name="passphrase" type="password" autocomplete="off" />
      </label>
      ${failure(problem)}
      <button class="button" aria-busy=${running ? 'true' : 'false'}>
        ${running ? 'Bringing it back…' : 'Bring my account back'}
      </button>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#restore.run(event.currentTarget)
  }
}
customElements.define('cafe-account', CafeAccount)
