/**
 * `<cafe-feed-find>`: a search in the posts of a feed, from one match to the next: what is not drawn, the browser's own
 * search does not find. Fires `find`; whoever hears it answers.
 */
import { html, type TemplateResult } from 'lit'
import { fold } from '../../core/words.ts'
import { reading as english } from '../texts/en/reading.ts'
import { number, spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('reading', english)

/** The most characters of a search that are looked at. */
const MOST = 200

/** Asks for the first line from index `from` on whose text `matches`; `answer` with its index, or without one. */
export class FindEvent extends Event {
  readonly from: number
  readonly matches: (text: string) => boolean
  readonly answer: (index: number | undefined) => void
  readonly signal: AbortSignal

  constructor(from: number, matches: FindEvent['matches'], answer: FindEvent['answer'], signal: AbortSignal) {
    super('find')
    this.from = from
    this.matches = matches
    this.answer = answer
    this.signal = signal
  }
}

export class CafeFeedFind extends Plain {
  static override properties = { said: { state: true } }
  /** What the live region says. */
  declare said: string
  #query = ''
  #next = 0
  #running: AbortController | undefined

  constructor() {
    super()
    this.said = ''
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#running?.abort()
  }

  override render(): TemplateResult {
    return html`<form class="feed-find" role="search" @submit=${this.#search}>
      <label class="sr" for="feed-find">${text.find}</label>
      <input id="feed-find" type="search" maxlength=${MOST} autocomplete="off" placeholder=${text.find} />
      <button class="button icon-only" aria-label=${text.find}>${icon('search')}</button>
      <p class="quiet small" role="status">${this.said}</p>
    </form>`
  }

  #search(event: SubmitEvent): void {
    event.preventDefault()
    const query = fold(this.querySelector('input')?.value.slice(0, MOST) ?? '')
    if (query === '') return
    if (query !== this.#query) this.#next = 0
    this.#query = query
    this.#running?.abort()
    this.#running = new AbortController()
    this.said = text.looking
    const answer = (index: number | undefined): void => {
      this.#next = index === undefined ? 0 : index + 1
      this.said = index === undefined ? text.none : text.found(number(index + 1))
    }
    const matches = (words: string): boolean => fold(words).includes(query)
    this.dispatchEvent(new FindEvent(this.#next, matches, answer, this.#running.signal))
  }
}
customElements.define('cafe-feed-find', CafeFeedFind)
