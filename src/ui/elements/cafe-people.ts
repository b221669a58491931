/** `<cafe-people>`: finding people, the address book, and this account's own card to hand on. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactInfo } from '../../worker/contact-api.ts'
import { Live } from '../controllers/live.ts'
import { count } from '../format.ts'
import { contactHash } from '../route.ts'
import './cafe-account.ts'
import { CafeFind } from './cafe-find.ts'
import './cafe-own-card.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { face, tail, who } from './person.ts'

export class CafePeople extends Plain {
  static override properties = { cafe: { attribute: false }, searching: { state: true } }
  declare cafe: CafeConsole
  declare searching: boolean
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )
  readonly #contacts = new Live<readonly ContactInfo[]>(
    this,
    () => (this.#account.value ? this.cafe : undefined),
    ['account'],
    (cafe) => cafe.contact.list(),
    'person',
  )

  override render(): TemplateResult {
    const account = this.#account.value
    return html`<h1 tabindex="-1">People</h1>
      ${failure(this.#account.problem)}
      ${account === undefined ? waiting('Looking…') : account === null ? this.#noAccount() : this.#all()}`
  }

  #noAccount(): TemplateResult {
    return html`<p class="lead">Find people at your cafes, keep them in your contacts, and start a thread with them.</p>
      <cafe-account .cafe=${this.cafe}></cafe-account>`
  }

  #all(): TemplateResult {
    return html`<cafe-find .cafe=${this.cafe} @searching=${this.#looked}></cafe-find>
      ${this.searching ? nothing : html`${this.#book()}<cafe-own-card .cafe=${this.cafe}></cafe-own-card>`}`
  }

  #book(): TemplateResult {
    const all = this.#contacts.value
    if (all === undefined)
      return html`${failure(this.#contacts.problem, () => this.#contacts.refresh())}
        ${this.#contacts.problem ? nothing : waiting('Looking…')}`
    const book = all.filter(({ added }) => added !== null)
    const blocked = all.filter(({ added }) => added === null)
    return html`${book.length === 0 ? none() : list(book)}
      ${
        blocked.length === 0
          ? nothing
          : html`<details class="more">
              <summary>${count(blocked.length, 'other blocked person', 'other blocked people')}</summary>
              ${rows(blocked, 'Blocked')}
            </details>`
      }`
  }

  #looked(event: Event): void {
    if (event.target instanceof CafeFind) this.searching = event.target.searching
  }
}

function list(book: readonly ContactInfo[]): TemplateResult {
  return html`<section class="card" aria-labelledby="contacts-heading">
    <h2 id="contacts-heading">${count(book.length, 'contact')}</h2>
    ${rows(book, 'Your contacts')}
  </section>`
}

function rows(people: readonly ContactInfo[], label: string): TemplateResult {
  return html`<ul class="rows people-list" aria-label=${label}>
    ${repeat(
      people,
      ({ address }) => address,
      (person) => html`<li>
        <a class="thread-row" href=${contactHash(person.address)}>
          ${face(person)}
          <span class="grow">
            <span class="title">${who(person)} ${person.blocked ? html`<span class="tag bad">blocked</span>` : nothing}</span>
            <span class="quiet small lines">
              ${person.handle === null ? tail(person) : html`@${person.handle}`}
              ${person.threads.length === 0 ? nothing : html` · ${count(person.threads.length, 'common thread')}`}
            </span>
          </span>
        </a>
      </li>`,
    )}
  </ul>`
}

function none(): TemplateResult {
  return html`<div class="empty card">
    <span class="mark" aria-hidden="true">${icon('people')}</span>
    <h2>Nobody in your contacts yet</h2>
    <p class="quiet">Search for somebody above, open a link that they sent you, or hand out your own card.</p>
  </div>`
}
customElements.define('cafe-people', CafePeople)
