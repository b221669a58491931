/** `<cafe-introduced>`: what somebody's contact link says, shown before anything of it is kept. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactPreview } from '../../worker/contact-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { plainName } from '../format.ts'
import { contactHash } from '../route.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { contact as contactEnglish } from '../texts/en/contact.ts'
import { spoken } from '../texts/say.ts'
import { personName } from '../thread-words.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { art, face, groups, lookalikes } from './person.ts'

const common = spoken('common', commonEnglish)
const text = spoken('contact', contactEnglish)

export class CafeIntroduced extends Plain {
  static override properties = { cafe: { attribute: false }, code: {} }
  declare cafe: CafeConsole
  declare code: string
  readonly #preview = new Live<ContactPreview & { readonly code: string }>(
    this,
    () => this.cafe,
    ['account'],
    async (cafe) => {
      const { code } = this
      return { ...(await cafe.contact.preview(code)), code }
    },
    'introduce',
  )
  readonly #add = new Action<void>(this, 'person', async () => {
    const { address } = await this.cafe.contact.add({ link: this.code })
    location.hash = contactHash(address)
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('code')) this.#preview.refresh()
  }

  override render(): TemplateResult {
    const preview = this.#preview.value
    if (preview === undefined || preview.code !== this.code) {
      return html`<h1 tabindex="-1">${text.linkTitle}</h1>
        ${this.#preview.problem ? html`${failure(this.#preview.problem)}${back()}` : waiting(common.looking)}`
    }
    return html`<h1 tabindex="-1">${text.cardTitle}</h1>
      ${this.#card(preview)}`
  }

  #card({ address, named, cafes, known }: ContactPreview): TemplateResult {
    const person = { ...known, name: known.name ?? named }
    const other = named !== null && known.name !== null && plainName(named) !== plainName(known.name)
    return html`<section class="card stack narrow" aria-labelledby="card-name">
      <div class="own">
        ${face(person, 'large')}
        <div class="grow">
          <h2 id="card-name"><bdi>${personName(person)}</bdi></h2>
          <p class="quiet small">
            ${
              known.self
                ? text.ownLink
                : other
                  ? text.linkCalls(html`<bdi>${plainName(named)}</bdi>`)
                  : known.name === null && named !== null
                    ? text.soTheLinkSays
                    : nothing
            }
            ${known.added === null ? nothing : text.haveThem}
            ${cafes.length === 0 ? nothing : text.reachedAt(cafes.length)}
          </p>
          ${lookalikes(known.alike)}
        </div>
      </div>
      <div class="address">${art(address)}${groups(address)}</div>
      ${failure(this.#add.problem)}
      <div class="row">
        ${
          known.self
            ? html`<a class="button" href="#people">${text.seeAll}</a>`
            : html`<button type="button" class="button loud" aria-busy=${this.#add.running ? 'true' : 'false'} @click=${() => this.#add.run()}>
                  ${icon('plus')}${this.#add.running ? text.adding : known.added === null ? text.add : text.update}
                </button>
                <a class="button" href=${contactHash(address)}>${text.closer}</a>`
        }
      </div>
      <p class="quiet small">${text.notKept}</p>
    </section>`
  }
}

function back(): TemplateResult {
  return html`<p><a class="button" href="#people">${text.seeAll}</a></p>`
}
customElements.define('cafe-introduced', CafeIntroduced)
