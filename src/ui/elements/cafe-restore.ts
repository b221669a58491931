/** `<cafe-restore>`: brings an account back from its words, and asks how it is kept here. Fires `done` and `restored`. */
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { account as english } from '../texts/en/account.ts'
import { spoken } from '../texts/say.ts'
import { keepFields, passphraseField, readLock, readProof } from './keep-fields.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('account', english)

export class CafeRestore extends Plain {
  static override properties = { cafe: { attribute: false }, add: { type: Boolean }, proof: { type: Boolean } }
  declare cafe: CafeConsole
  /** Beside another account, which has a passphrase if `proof`. */
  declare add: boolean
  declare proof: boolean
  readonly #restore = new Action<HTMLFormElement>(this, 'restore', async (form) => {
    const data = new FormData(form)
    const read = (name: string) => String(data.get(name) ?? '')
    const passphrase = read('passphrase')
    await this.cafe.account.restore(plainWords(form), {
      ...(passphrase === '' ? {} : { passphrase }),
      ...(read('number') === '' ? {} : { index: Number(read('number')) - 1 }),
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
        <span>${text.words}</span>
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
      ${keepFields()} ${this.proof ? passphraseField(text.proof) : ''}
      <details class="more">
        <summary>${text.more}</summary>
        <label class="field">
          <span>${text.wordsPassphrase} <small>${text.wordsPassphraseHint}</small></span>
          <input name="passphrase" type="password" autocomplete="off" />
        </label>
        <label class="field">
          <span>${text.which} <small>${text.whichHint}</small></span>
          <input name="number" type="number" inputmode="numeric" min="1" max="1000" placeholder="1" />
        </label>
      </details>
      ${failure(problem)}
      <button class="button loud" aria-busy=${running ? 'true' : 'false'}>
        ${running ? text.restoring : text.restore}
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
