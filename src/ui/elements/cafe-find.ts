/**
 * `<cafe-find>`: finds people as one types: results as they come, by where they were found, with how fresh they are, and what
 * went wrong. A contact link that is pasted is opened instead. Fires `searching` when it begins or ends.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { FindState, FoundPerson } from '../../worker/contact-api.ts'
import { Finding } from '../controllers/finding.ts'
import { plainName } from '../format.ts'
import { readContactCode } from '../link.ts'
import { findLine, nobodyLine, troubles } from '../people-words.ts'
import { contactHash } from '../route.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { people as peopleEnglish } from '../texts/en/people.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'
import { face, lookalikes, tail, who } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('people', peopleEnglish)

/** Results of one search. */
const LIMIT = 20

const SOURCES = ['contact', 'cafe', 'beyond'] as const

export class CafeFind extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #finding = new Finding(this, (query, options) => this.cafe.contact.find(query, { limit: LIMIT, ...options }))

  /** Something is searched for, so that what is shown below can give way. */
  get searching(): boolean {
    return this.#finding.query !== ''
  }

  override render(): TemplateResult {
    return html`<search>
        <form class="find" @submit=${this.#submit}>
          <label class="sr" for="find">${text.find}</label>
          ${icon('search')}
          <input
            id="find"
            type="search"
            name="query"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            enterkeyhint="search"
            placeholder=${text.findHint}
            aria-describedby="find-state"
            @input=${this.#typed}
          />
        </form>
      </search>
      ${this.#results()}`
  }

  #results(): TemplateResult {
    const { state, running, problem, query } = this.#finding
    const line = state === undefined ? (running ? common.looking : '') : findLine(state, running)
    return html`<p class="quiet small" id="find-state" role="status">${query === '' ? '' : line}</p>
      ${failure(problem, () => this.#finding.search(query, true))}
      ${query === '' || state === undefined ? nothing : this.#found(state)}`
  }

  #found(state: FindState): TemplateResult {
    const { running, problem } = this.#finding
    const over = !running && problem === undefined
    return html`${SOURCES.map((source) => {
      const people = state.people.filter((person) => person.source === source)
      return people.length === 0
        ? nothing
        : html`<section class="card" aria-labelledby=${`found-${source}`}>
              <h2 class="minor" id=${`found-${source}`}>${text.sources[source]}</h2>
              <ul class="rows people-list">
                ${repeat(
                  people,
                  ({ address }) => address,
                  (person) => html`<li>${this.#row(person)}</li>`,
                )}
              </ul>
            </section>`
    })}
      ${
        state.people.length === 0 && over
          ? html`<div class="empty card">
              <span class="mark" aria-hidden="true">${icon('people')}</span>
              <p role="status">${nobodyLine(state)}</p>
              <p class="quiet small">${text.notListed}</p>
            </div>`
          : nothing
      }
      ${over ? troubles(state).map((line) => html`<p class="warn small">${icon('warning')}${line}</p>`) : nothing}`
  }

  #row(person: FoundPerson): TemplateResult {
    const { handle, exact, blocked, alike, made, cafe, by } = person
    return html`<a class="thread-row" href=${contactHash(person.address)}>
      ${face(person)}
      <span class="grow">
        <span class="title">
          ${who(person)} ${handle === null ? nothing : html`<span class="tag ${exact ? 'good' : ''}">@${handle}</span>`}
          ${blocked ? html`<span class="tag bad">${text.blockedTag}</span>` : nothing}
        </span>
        <span class="quiet small lines">
          ${tail(person, made === null ? '' : ' · ')}${made === null ? nothing : text.cardMade(when(made))}
          ${cafe === null || cafe.name === '' ? nothing : html` · ${(by === null ? text.atCafe : text.throughCafe)(html`<bdi>${plainName(cafe.name)}</bdi>`)}`}
        </span>
        ${lookalikes(alike)}
      </span>
    </a>`
  }

  #typed(event: InputEvent): void {
    if (event.target instanceof HTMLInputElement) this.#search(event.target.value, false)
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    this.#search(this.querySelector('input')?.value ?? '', true)
  }

  #search(typed: string, now: boolean): void {
    const code = readContactCode(typed)
    if (code !== undefined) location.hash = contactHash(code)
    else this.#finding.search(typed, now)
    this.dispatchEvent(new Event('searching'))
  }
}
customElements.define('cafe-find', CafeFind)
