/** `<cafe-people>`: finding people, the address book, and this account's own card to hand on. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactInfo } from '../../worker/contact-api.ts'
import { Live } from '../controllers/live.ts'
import { contactHash } from '../route.ts'
import './cafe-account.ts'
import { CafeFind } from './cafe-find.ts'
import './cafe-own-card.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { people as peopleEnglish } from '../texts/en/people.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, skeleton, waiting } from './parts.ts'
import { face, tail, who } from './person.ts'

const common = spoken('common', commonEnglish)
const text = spoken('people', peopleEnglish)

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
    return html`<h1 tabindex="-1">${text.title}</h1>
      ${failure(this.#account.problem)}
      ${account === undefined ? waiting(common.looking) : account === null ? this.#noAccount() : this.#all()}`
  }

  #noAccount(): TemplateResult {
    return html`<p class="lead">${text.lead}</p>
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
        ${this.#contacts.problem ? nothing : skeleton(common.looking)}`
    const book = all.filter(({ added }) => added !== null)
    const blocked = all.filter(({ added }) => added === null)
    return html`${book.length === 0 ? none() : list(book)}
      ${
        blocked.length === 0
          ? nothing
          : html`<details class="more">
              <summary>${text.otherBlocked(blocked.length)}</summary>
              ${rows(blocked, text.blockedList)}
            </details>`
      }`
  }

  #looked(event: Event): void {
    if (event.target instanceof CafeFind) this.searching = event.target.searching
  }
}

function list(book: readonly ContactInfo[]): TemplateResult {
  return html`<section class="card" aria-labelledby="contacts-heading">
    <h2 id="contacts-heading">${text.contacts(book.length)}</h2>
    ${rows(book, text.yourContacts)}
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
            <span class="title">${who(person)} ${person.blocked ? html`<span class="tag bad">${text.blockedTag}</span>` : nothing}</span>
            <span class="quiet small lines">
              ${person.handle === null ? tail(person) : html`@${person.handle}`}
              ${person.threads.length === 0 ? nothing : html` · ${text.commonThreads(person.threads.length)}`}
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
    <h2>${text.noneTitle}</h2>
    <p class="quiet">${text.noneText}</p>
  </div>`
}
customElements.define('cafe-people', CafePeople)
