/** `<cafe-findable>`: by whom this account can be found: its handle, and who is given its card. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { OwnContact, Visibility } from '../../worker/contact-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { cardLine, visibilities } from '../people-words.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { people as peopleEnglish } from '../texts/en/people.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('people', peopleEnglish)

export class CafeFindable extends Plain {
  static override properties = { cafe: { attribute: false }, done: { state: true } }
  declare cafe: CafeConsole
  /** For the live region. */
  declare done: string
  readonly #own = new Live<OwnContact>(
    this,
    () => this.cafe,
    ['account', 'pins'],
    (cafe) => cafe.contact.own(),
  )
  readonly #show = new Action<{ handle?: string | null; visibility?: Visibility }>(this, 'findable', async (change) => {
    this.done = ''
    await this.cafe.contact.show(change)
    this.#own.refresh()
    this.done = common.saved
  })

  constructor() {
    super()
    this.done = ''
  }

  override render(): TemplateResult {
    const own = this.#own.value
    if (own === undefined) return html`${failure(this.#own.problem)}`
    return html`<section class="card stack" aria-labelledby="findable-heading">
      <h2 id="findable-heading">${text.findable}</h2>
      <fieldset class="modes">
        <legend class="sr">${text.findable}</legend>
        ${visibilities().map(
          ({ value, name, text: about }) => html`<label class="mode">
            <input
              type="radio"
              name="visibility"
              .value=${value}
              .checked=${value === own.visibility}
              @change=${() => this.#show.run({ visibility: value })}
            />
            <span><strong>${name}</strong><small class="quiet">${about}</small></span>
          </label>`,
        )}
      </fieldset>
      <form @submit=${this.#submit}>
        <label class="field">
          <span>${text.handle} <small>${text.handleHint}</small></span>
          <div class="row">
            <input
              class="grow"
              name="handle"
              type="text"
              maxlength="33"
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              placeholder=${text.handleExample}
              .value=${own.handle ?? ''}
            />
            <button class="button" aria-busy=${this.#show.running ? 'true' : 'false'}>${common.save}</button>
          </div>
        </label>
      </form>
      ${failure(this.#show.problem)} ${states(own)}
      <p class="sr" role="status">${this.done}</p>
    </section>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const typed = this.querySelector<HTMLInputElement>('input[name=handle]')?.value ?? ''
    const handle = typed.trim().replace(/^@/, '').toLowerCase()
    void this.#show.run({ handle: handle === '' ? null : handle })
  }
}

/** Nothing is worth a word where all is well. */
function states({ cafes, handle }: OwnContact): TemplateResult | typeof nothing {
  const open = cafes.filter(({ state }) => state !== 'published')
  if (open.length === 0) return nothing
  return html`<ul class="plain small" aria-label=${text.atYourCafes}>
    ${open.map((one) => html`<li class=${one.state === 'taken' ? 'warn' : 'quiet'}>${cardLine(one, handle)}</li>`)}
  </ul>`
}
customElements.define('cafe-findable', CafeFindable)
