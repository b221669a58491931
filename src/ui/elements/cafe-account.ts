/**
 * `<cafe-account>`: an account for this device: make one, be given one by another device, or bring one back from its words.
 * With `add`, beside the one that is in use. Fires `done` when there is one.
 */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import './cafe-offer.ts'
import { account as english } from '../texts/en/account.ts'
import { spoken } from '../texts/say.ts'
import { plainWords } from './cafe-restore.ts'
import { WordsEvent } from './cafe-words.ts'
import { keepFields, passphraseField, readLock, readProof } from './keep-fields.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('account', english)

export class CafeAccount extends Plain {
  static override properties = {
    cafe: { attribute: false },
    add: { type: Boolean },
    proof: { type: Boolean },
    way: { state: true },
    has: { state: true },
  }
  declare cafe: CafeConsole
  /** Beside another account, which has a passphrase if `proof`. */
  declare add: boolean
  declare proof: boolean
  /** Where the account comes from. */
  declare way: 'new' | 'device' | 'words' | undefined
  /** Words were put in: it is brought back, not made. */
  declare has: boolean
  readonly #create = new Action<HTMLFormElement>(this, 'start', async (form) => {
    const add = this.add ? { add: true } : {}
    const { words } = await this.cafe.account.create({ ...add, ...readLock(form), ...readProof(form) })
    form.reset()
    this.dispatchEvent(new WordsEvent(words))
    this.dispatchEvent(new Event('done', { bubbles: true }))
  })

  readonly #restore = new Action<HTMLFormElement>(this, 'restore', async (form) => {
    await this.cafe.account.restore(plainWords(form), { ...readLock(form), ...readProof(form) })
    form.reset()
    this.dispatchEvent(new Event('done', { bubbles: true }))
    this.dispatchEvent(new Event('restored', { bubbles: true }))
  })

  override render(): TemplateResult {
    return html`<section class="card stack narrow" aria-labelledby="account-heading">
      ${this.way === 'device' ? this.#device() : this.way === 'words' ? this.#words() : this.#new()}
    </section>`
  }

  #new(): TemplateResult {
    const { running, problem } = this.has ? this.#restore : this.#create
    return html`<h2 id="account-heading">${this.add ? text.another : text.first}</h2>
      <p>${text.lead}</p>
      <form class="stack" autocomplete="off" @submit=${this.#submit}>
        ${keepFields()} ${this.proof ? passphraseField(text.proof) : ''}
        ${this.add ? nothing : this.#returning()} ${failure(problem)}
        <button class="button loud big" aria-busy=${running ? 'true' : 'false'}>
          ${this.has ? (running ? text.restoring : text.restore) : running ? text.making : text.make}
        </button>
      </form>
      <p class="or quiet">${text.or}</p>
      ${this.#to('device', text.onDevice)} ${this.#to('words', text.haveWords)}`
  }

  /** Whoever comes back on a new device has but one thing to put in. */
  #returning(): TemplateResult {
    const typed = ({ currentTarget }: Event): void => {
      this.has = currentTarget instanceof HTMLTextAreaElement && currentTarget.value.trim() !== ''
    }
    return html`<label class="field">
      <span>${text.itsWords} <small>${text.itsWordsHint}</small></span>
      <textarea
        name="words"
        rows="2"
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck="false"
        translate="no"
        @input=${typed}
      ></textarea>
    </label>`
  }

  #device(): TemplateResult {
    return html`<h2 id="account-heading">${text.fromDevice}</h2>
      <cafe-offer .cafe=${this.cafe} .add=${this.add ?? false} .proof=${this.proof ?? false}></cafe-offer>
      ${this.#to('new', text.anotherWay)}`
  }

  #words(): TemplateResult {
    return html`<h2 id="account-heading">${text.fromWords}</h2>
      <cafe-restore .cafe=${this.cafe} .add=${this.add ?? false} .proof=${this.proof ?? false}></cafe-restore>
      ${this.#to('new', text.anotherWay)}`
  }

  #to(way: CafeAccount['way'], says: string): TemplateResult {
    return html`<button
      type="button"
      class="button"
      @click=${() => {
        this.way = way
      }}
    >
      ${says}
    </button>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    void (this.has ? this.#restore : this.#create).run(event.currentTarget)
  }
}
customElements.define('cafe-account', CafeAccount)
