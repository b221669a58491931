/** `<cafe-recover-words>`: asks for the words of an account, and for the passphrase that belongs to them if there is one. */
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { failure, Plain } from './parts.ts'

export class CafeRecoverWords extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
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
    const { running, problem } = this.#restore
    return html`<form class="card stack narrow" autocomplete="off" @submit=${this.#submit}>
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
        <span>Passphrase <small>only if you had set one for these words</small></span>
        <input name="passphrase" type="password" autocomplete="off" />
      </label>
      ${failure(problem)}
      <button class="button loud big" aria-busy=${running ? 'true' : 'false'}>${running ? 'Checking…' : 'Continue'}</button>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#restore.run(event.currentTarget)
  }
}
customElements.define('cafe-recover-words', CafeRecoverWords)
