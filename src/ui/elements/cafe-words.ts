/**
 * `<cafe-words>`: the words of a new account, shown once, and three of them asked back before anything else is done. While
 * the page is hidden, and from the moment they are asked back, they are not in the page; when this element leaves they are
 * nowhere, and the clipboard forgets them a minute after they were copied (security.md J4).
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { account as accountEnglish } from '../texts/en/account.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('account', accountEnglish)

/** Milliseconds the words may stay in the clipboard: enough to paste them into a password manager. */
const CLIPBOARD_TIME = 60_000
/** Words that are asked back: who has three at random places has them all, or wrote down nothing. */
const ASKED = 3

/** Carries the words of a new account to the frame, which shows them whatever the route says. */
export class WordsEvent extends Event {
  readonly words: string
  constructor(words: string) {
    super('account-words', { bubbles: true })
    this.words = words
  }
}

export class CafeWords extends Plain {
  static override properties = {
    words: { attribute: false },
    step: { state: true },
    hid: { state: true },
    wrong: { state: true },
  }
  declare words: string
  /** Shown, or asked back. */
  declare step: 'show' | 'ask'
  /** The page was hidden while they were shown. */
  declare hid: boolean
  /** Places whose word was not right. */
  declare wrong: readonly number[]
  #asked: readonly number[] = []
  readonly #hide = (): void => {
    if (document.visibilityState === 'hidden') this.hid = true
    // At once: what is hidden may be frozen, or kept as a picture, before the next frame.
    if (this.hid) this.performUpdate()
  }

  constructor() {
    super()
    this.words = ''
    this.step = 'show'
    this.hid = false
    this.wrong = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#hide)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#hide)
    this.words = ''
    this.hid = true
    this.performUpdate()
  }

  override firstUpdated(): void {
    this.querySelector('h1')?.focus()
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.get('step') !== undefined) this.querySelector('h1')?.focus()
  }

  override render(): TemplateResult {
    return this.step === 'ask' ? this.#ask() : this.#show()
  }

  #show(): TemplateResult {
    return html`<h1 tabindex="-1">${text.writeTitle}</h1>
      <p class="lead">
        ${text.writeText}
      </p>
      <section class="card stack narrow">
        ${this.hid ? this.#hidden() : this.#list()}
        <p class="quiet small">${text.paper}</p>
      </section>`
  }

  #list(): TemplateResult {
    return html`<ol class="words notranslate" translate="no" aria-label=${text.wordList}>
        ${this.words.split(' ').map((word) => html`<li>${word}</li>`)}
      </ol>
      <div class="row">
        <wa-copy-button .value=${this.words} copy-label=${common.copy} success-label=${common.copied} tooltip="copy" @wa-copy=${wipeLater}>
          <button type="button" class="button">${icon('copy')}${common.copy}</button>
        </wa-copy-button>
        <button type="button" class="button loud" @click=${this.#next}>${text.wroteDown}</button>
      </div>`
  }

  #hidden(): TemplateResult {
    return html`<p>${text.takenOff}</p>
      <div class="row">
        <button type="button" class="button loud" @click=${this.#back}>${text.showWords}</button>
      </div>`
  }

  #ask(): TemplateResult {
    return html`<h1 tabindex="-1">${text.sureTitle}</h1>
      <p class="lead">${text.sureText}</p>
      <form class="card stack narrow" autocomplete="off" novalidate @submit=${this.#check}>
        ${this.#asked.map((place) => this.#field(place))}
        <p class="field-error" role="alert" ?hidden=${this.wrong.length === 0}>
          ${this.wrong.length === 0 ? nothing : text.notSame}
        </p>
        <div class="row">
          <button type="button" class="button" @click=${this.#back}>${text.showAgain}</button>
          <button class="button loud">${text.check}</button>
        </div>
      </form>`
  }

  #field(place: number): TemplateResult {
    return html`<label class="field">
      <span>${text.word(place + 1)}</span>
      <input
        name=${`word-${place}`}
        type="text"
        required
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck="false"
        translate="no"
        aria-invalid=${this.wrong.includes(place) ? 'true' : nothing}
      />
    </label>`
  }

  #next(): void {
    this.#asked = someOf(this.words.split(' ').length, ASKED)
    this.wrong = []
    this.step = 'ask'
  }

  #back(): void {
    this.hid = false
    this.step = 'show'
  }

  #check(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const data = new FormData(event.currentTarget)
    const words = this.words.split(' ')
    const typed = (place: number) =>
      String(data.get(`word-${place}`) ?? '')
        .trim()
        .toLowerCase()
    this.wrong = this.#asked.filter((place) => typed(place) !== words[place])
    if (this.wrong.length > 0) {
      this.querySelector<HTMLInputElement>(`input[name=word-${this.wrong[0]}]`)?.focus()
      return
    }
    event.currentTarget.reset()
    this.words = ''
    this.dispatchEvent(new Event('noted'))
  }
}

/** `amount` different places of `count`, in order, by chance. */
function someOf(count: number, amount: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place)
  const order = crypto.getRandomValues(new Uint32Array(count))
  return places
    .sort((a, b) => (order[a] as number) - (order[b] as number))
    .slice(0, amount)
    .sort((a, b) => a - b)
}

/** Empties the clipboard in a minute, or as soon after as the page has the focus, which browsers ask for. */
function wipeLater(): void {
  setTimeout(() => {
    const wipe = () => void navigator.clipboard.writeText('').catch(() => undefined)
    if (document.hasFocus()) wipe()
    else addEventListener('focus', wipe, { once: true })
  }, CLIPBOARD_TIME)
}
customElements.define('cafe-words', CafeWords)
