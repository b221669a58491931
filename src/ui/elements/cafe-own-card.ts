/** `<cafe-own-card>`: this account's own card, as link and QR code to hand on, and who can find it. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { OwnContact } from '../../worker/contact-api.ts'
import { Live } from '../controllers/live.ts'
import { canFindLine } from '../people-words.ts'
import { personName } from '../thread-words.ts'
import './cafe-invite.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { people as peopleEnglish } from '../texts/en/people.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'
import { face } from './person.ts'

const common = spoken('common', commonEnglish)
const text = spoken('people', peopleEnglish)

interface Own extends OwnContact {
  readonly link: string
}

export class CafeOwnCard extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #own = new Live<Own>(
    this,
    () => this.cafe,
    ['account'],
    async (cafe) => ({ ...(await cafe.contact.own()), ...(await cafe.contact.link()) }),
    'person',
  )

  override render(): TemplateResult {
    const own = this.#own.value
    if (own === undefined) return html`${failure(this.#own.problem)}`
    const { person, handle, visibility, link } = own
    const name = person.name === null ? text.you : personName(person)
    return html`<section class="card" aria-labelledby="own-heading">
      <h2 id="own-heading">${text.ownCard}</h2>
      <div class="own">
        ${face(person)}
        <div class="grow">
          <p class="title"><bdi>${name}</bdi> ${handle === null ? nothing : html`<span class="tag">@${handle}</span>`}</p>
          <p class="quiet small">${canFindLine(visibility)} <a href="#you">${common.change}</a></p>
        </div>
      </div>
      <cafe-invite
        .link=${link}
        .name=${name}
        .what=${text.contactLink}
        .help=${text.linkHelp}
      ></cafe-invite>
    </section>`
  }
}
customElements.define('cafe-own-card', CafeOwnCard)
