/**
 * `<cafe-words>`: the words of a new account, shown once, and three of them picked again before anything else is done: for
 * each place one of four. While the page is hidden they are not in it; when this element leaves they are nowhere, and the
 * clipboard forgets them a minute after they were copied (security.md J4).
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
/** Words to pick from for each, all of the account: so the order is asked for too. By luck one in 64 gets through. */
const CHOICES = 4

/** One that is asked back. */
interface Question {
  /** From 0. */
  readonly place: number
  readonly choices: readonly string[]
  readonly answered: boolean
}

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
    asked: { state: true },
    wrong: { state: true },
  }
  declare words: string
  /** Shown, or asked back. */
  declare step: 'show' | 'ask'
  /** The page was hidden while they were shown. */
  declare hid: boolean
  declare asked: readonly Question[]
  /** The last pick was not right. */
  declare wrong: boolean
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
    this.asked = []
    this.wrong = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#hide)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#hide)
    this.words = ''
    this.asked = []
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
    if (this.hid)
      return html`<h1 tabindex="-1">${text.sureTitle}</h1><section class="card stack narrow">${this.#hidden()}</section>`
    return html`<h1 tabindex="-1">${text.sureTitle}</h1>
      <p class="lead">${text.sureText}</p>
      <section class="card stack narrow">
        ${this.asked.map((question) => this.#question(question))}
        <p class="field-error" role="alert" ?hidden=${!this.wrong}>
          ${this.wrong ? text.notSame : nothing}
        </p>
        <div class="row">
          <button type="button" class="button" @click=${this.#back}>${text.showAgain}</button>
        </div>
      </section>`
  }

  #question({ place, choices, answered }: Question): TemplateResult {
    const right = this.words.split(' ')[place]
    return html`<fieldset class="pick" data-place=${place + 1} ?disabled=${answered}>
      <legend>${text.word(place + 1)}</legend>
      <div class="choices-of-words notranslate" translate="no">
        ${choices.map(
          (word) => html`<button
            type="button"
            class="button"
            aria-pressed=${answered && word === right}
            @click=${() => this.#pick(place, word)}
          >
            ${answered && word === right ? icon('check') : nothing}${word}
          </button>`,
        )}
      </div>
    </fieldset>`
  }

  #next(): void {
    this.wrong = false
    this.asked = questions(this.words.split(' '))
    this.step = 'ask'
  }

  #back(): void {
    this.hid = false
    this.step = 'show'
  }

  /** Whoever guesses is asked at other places. */
  #pick(place: number, word: string): void {
    const words = this.words.split(' ')
    this.wrong = words[place] !== word
    if (this.wrong) {
      this.asked = questions(words)
      void this.#focusNext()
      return
    }
    this.asked = this.asked.map((one) => (one.place === place ? { ...one, answered: true } : one))
    if (this.asked.some(({ answered }) => !answered)) {
      void this.#focusNext()
      return
    }
    this.words = ''
    this.dispatchEvent(new Event('noted'))
  }

  /** The button that was pressed is gone or off. */
  async #focusNext(): Promise<void> {
    await this.updateComplete
    this.querySelector<HTMLElement>('fieldset:not([disabled]) button')?.focus()
  }
}

function questions(words: readonly string[]): Question[] {
  return someOf(words.length, ASKED)
    .sort((a, b) => a - b)
    .map((place) => {
      const others = [...new Set(words)].filter((word) => word !== words[place])
      const decoys = someOf(others.length, CHOICES - 1).map((at) => others[at] as string)
      const all = [words[place] as string, ...decoys]
      return { place, choices: someOf(all.length, all.length).map((at) => all[at] as string), answered: false }
    })
}

/** `amount` different places of `count`, by chance and in an order by chance. */
function someOf(count: number, amount: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place)
  const order = crypto.getRandomValues(new Uint32Array(count))
  return places.sort((a, b) => (order[a] as number) - (order[b] as number)).slice(0, amount)
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
