/** `<cafe-restore>`: brings an account back from its words, and asks how it is kept here. Fires `done` and `restored`. */
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { keepFields, passphraseField, readLock, readProof } from './keep-fields.ts'
import { failure, Plain } from './parts.ts'

export class CafeRestore extends Plain {
  static override properties = { cafe: { attribute: false }, add: { type: Boolean }, proof: { type: Boolean } }
  declare cafe: CafeConsole
  /** Beside another account, which has a passphrase if `proof`. */
  declare add: boolean
  declare proof: boolean
  readonly #restore = new Action<HTMLFormElement>(this, 'restore', async (form) => {
    const data = new FormData(form)
    const text = (name: string) => String(data.get(name) ?? '')
    const passphrase = text('passphrase')
    await this.cafe.account.restore(plainWords(form), {
      ...(passphrase === '' ? {} : { passphrase }),
      ...(text('number') === '' ? {} : { index: Number(text('number')) - 1 }),
      ...(this.add ? { add: true } : {}),
      ...readLock(form),
      ...readProof(form),
    })
    form.reset()
    this.dispatchEvent(new Event('done', { bubbles: true }))
    this.dispatchEvent(new Event('restored', { bubbles: true }))
  })

  override render(): TemplateResult {
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
      ${keepFields()} ${this.proof ? passphraseField('Passphrase of the account in use now') : ''}
      <details class="more">
        <summary>My words have a passphrase, or more than one account</summary>
        <label class="field">
          <span>Passphrase of the words <small>only if you had set one when you made them</small></span>
          <input name="passphrase" type="password" autocomplete="off" />
        </label>
        <label class="field">
          <span>Which account of these words <small>1 is the first</small></span>
          <input name="number" type="number" inputmode="numeric" min="1" max="1000" placeholder="1" />
        </label>
      </details>
      ${failure(problem)}
      <button class="button loud" aria-busy=${running ? 'true' : 'false'}>
        ${running ? 'Bringing it back…' : 'Bring my account back'}
      </button>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#restore.run(event.currentTarget)
  }
}
/** The words of the field `words`, as they were given. */
export function plainWords(form: HTMLFormElement): string {
  const typed = String(new FormData(form).get('words') ?? '')
  return typed.toLowerCase().trim().split(/\s+/).join(' ')
}
customElements.define('cafe-restore', CafeRestore)
