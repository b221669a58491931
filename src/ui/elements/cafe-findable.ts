/** `<cafe-findable>`: by whom this account can be found: its handle, and who is given its card. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { OwnContact, Visibility } from '../../worker/contact-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { cardLine, VISIBILITIES } from '../people-words.ts'
import { failure, Plain } from './parts.ts'

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
    this.done = 'Saved.'
  })

  constructor() {
    super()
    this.done = ''
  }

  override render(): TemplateResult {
    const own = this.#own.value
    if (own === undefined) return html`${failure(this.#own.problem)}`
    return html`<section class="card stack" aria-labelledby="findable-heading">
      <h2 id="findable-heading">Who can find you</h2>
      <fieldset class="modes">
        <legend class="sr">Who can find you</legend>
        ${VISIBILITIES.map(
          ({ value, name, text }) => html`<label class="mode">
            <input
              type="radio"
              name="visibility"
              .value=${value}
              .checked=${value === own.visibility}
              @change=${() => this.#show.run({ visibility: value })}
            />
            <span><strong>${name}</strong><small class="quiet">${text}</small></span>
          </label>`,
        )}
      </fieldset>
      <form @submit=${this.#submit}>
        <label class="field">
          <span>Handle <small>people find you by the whole of it</small></span>
          <div class="row">
            <input
              class="grow"
              name="handle"
              type="text"
              maxlength="33"
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              placeholder="ada.lovelace"
              .value=${own.handle ?? ''}
            />
            <button class="button" aria-busy=${this.#show.running ? 'true' : 'false'}>Save</button>
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
  return html`<ul class="plain small" aria-label="At your cafes">
    ${open.map((one) => html`<li class=${one.state === 'taken' ? 'warn' : 'quiet'}>${cardLine(one, handle)}</li>`)}
  </ul>`
}
customElements.define('cafe-findable', CafeFindable)
