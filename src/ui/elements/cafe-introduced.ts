/** `<cafe-introduced>`: what somebody's contact link says, shown before anything of it is kept. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactPreview } from '../../worker/contact-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { count, plainName } from '../format.ts'
import { contactHash } from '../route.ts'
import { personName } from '../thread-words.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { art, face, groups, lookalikes } from './person.ts'

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
      return html`<h1 tabindex="-1">A contact link</h1>
        ${this.#preview.problem ? html`${failure(this.#preview.problem)}${back()}` : waiting('Looking…')}`
    }
    return html`<h1 tabindex="-1">Somebody’s card</h1>
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
                ? 'This is your own link.'
                : other
                  ? html`The link calls them <bdi>${plainName(named)}</bdi>.`
                  : known.name === null && named !== null
                    ? 'So the link says; their own card may say otherwise.'
                    : nothing
            }
            ${known.added === null ? nothing : 'You have them in your contacts.'}
            ${cafes.length === 0 ? nothing : `Reached at ${count(cafes.length, 'cafe')}.`}
          </p>
          ${lookalikes(known.alike)}
        </div>
      </div>
      <div class="address">${art(address)}${groups(address)}</div>
      ${failure(this.#add.problem)}
      <div class="row">
        ${
          known.self
            ? html`<a class="button" href="#people">See all people</a>`
            : html`<button type="button" class="button loud" aria-busy=${this.#add.running ? 'true' : 'false'} @click=${() => this.#add.run()}>
                  ${icon('plus')}${this.#add.running ? 'Adding…' : known.added === null ? 'Add to contacts' : 'Update'}
                </button>
                <a class="button" href=${contactHash(address)}>Look closer</a>`
        }
      </div>
      <p class="quiet small">Nothing of it is kept until you add them.</p>
    </section>`
  }
}

function back(): TemplateResult {
  return html`<p><a class="button" href="#people">See all people</a></p>`
}
customElements.define('cafe-introduced', CafeIntroduced)
