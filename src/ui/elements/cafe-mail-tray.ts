/**
 * `<cafe-mail-tray>`: what came and could not be used: why, and what can be done: try again, save it as it came, remove it.
 * Shows nothing while there is nothing.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { QuarantinedLetter } from '../../worker/mail-api.ts'
import type { Person } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { bytes } from '../format.ts'
import { unusableName, unusableText } from '../mail-words.ts'
import { saveAs } from '../object-url.ts'
import { personName } from '../thread-words.ts'
import './cafe-confirm.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { letters as lettersEnglish } from '../texts/en/letters.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, failure, icon, Plain } from './parts.ts'
import { face, who } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('letters', lettersEnglish)

interface Tray {
  readonly letters: readonly QuarantinedLetter[]
  readonly people: ReadonlyMap<string, Person>
}

export class CafeMailTray extends Plain {
  static override properties = {
    cafe: { attribute: false },
    removing: { state: true },
    asking: { state: true },
    said: { state: true },
  }
  declare cafe: CafeConsole
  /** What the dialog is about; stays while the dialog fades. */
  declare removing: QuarantinedLetter | undefined
  declare asking: boolean
  /** For the live region. */
  declare said: string
  readonly #tray = new Live<Tray>(this, () => this.cafe, ['mail'], readTray, 'mail')
  readonly #retry = new Action<QuarantinedLetter>(this, 'unusable', async ({ id }) => {
    this.said = ''
    await this.cafe.mail.quarantine.retry(id)
    await this.#gone(text.opened)
  })
  readonly #save = new Action<QuarantinedLetter>(this, 'mail', async ({ id }) => {
    saveAs(await this.cafe.mail.quarantine.raw(id), `letter-${id}.bin`)
  })
  readonly #remove = new Action<QuarantinedLetter>(this, 'mail', async ({ id }) => {
    await this.cafe.mail.quarantine.remove(id)
    this.asking = false
    await this.#gone(text.removed)
  })

  constructor() {
    super()
    this.said = ''
  }

  override render(): TemplateResult {
    const tray = this.#tray.value
    return html`<p class="sr" role="status">${this.said}</p>
      ${
        tray === undefined || tray.letters.length === 0
          ? failure(this.#tray.problem, () => this.#tray.refresh())
          : html`<section class="card" aria-labelledby="tray-heading">
              <h2 id="tray-heading">${text.unusableTitle}</h2>
              <p class="quiet small">${text.unusableText}</p>
              ${failure(this.#retry.problem ?? this.#save.problem)}
              <ul class="rows" aria-label=${text.unusableList}>
                ${repeat(
                  tray.letters,
                  ({ id }) => id,
                  (letter) => html`<li>${this.#row(letter, tray.people.get(letter.from ?? ''))}</li>`,
                )}
              </ul>
            </section>`
      }
      ${this.#dialog()}`
  }

  #row(letter: QuarantinedLetter, from: Person | undefined): TemplateResult {
    const name = nameOf(letter, from)
    const busy = this.#retry.running
    return html`${
      from === undefined ? html`<span class="mark small" aria-hidden="true">${icon('mail')}</span>` : face(from)
    }
      <div class="grow">
        <p class="title">${from === undefined ? text.fromSomebody(unusableName(letter)) : text.from(unusableName(letter), who(from))}</p>
        <p class="small">${unusableText(letter)}</p>
        <p class="quiet small">${when(letter.since)} · ${bytes(letter.size)}</p>
      </div>
      <div class="answers">
        <button type="button" class="button icon-only" aria-label=${text.saveRawOf(name)} title=${text.saveRaw} @click=${() => this.#save.run(letter)}>
          ${icon('download')}
        </button>
        <button type="button" class="button icon-only" aria-label=${text.removeOf(name)} title=${common.remove} @click=${() => this.#ask(letter)}>
          ${icon('trash')}
        </button>
        <button type="button" class="button small" ?disabled=${busy} aria-label=${text.againOf(name)} @click=${() => this.#retry.run(letter)}>
          ${common.again}
        </button>
      </div>`
  }

  #dialog(): TemplateResult | typeof nothing {
    const { removing } = this
    if (removing === undefined) return nothing
    const from = this.#tray.value?.people.get(removing.from ?? '')
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${text.removeTitle}
      .text=${text.removeText(nameOf(removing, from))}
      .verb=${text.removeVerb}
      .running=${this.#remove.running}
      .problem=${this.#remove.problem}
      @agreed=${() => this.#remove.run(removing)}
      @left=${() => {
        this.asking = false
        this.#remove.clear()
      }}
    ></cafe-confirm>`
  }

  #ask(letter: QuarantinedLetter): void {
    this.removing = letter
    this.asking = true
  }

  async #gone(said: string): Promise<void> {
    this.said = said
    this.#tray.refresh()
    await this.updateComplete
    const view = this.closest('cafe-mail')
    if (view) catchFocus(view)
  }
}

const nameOf = (letter: QuarantinedLetter, from: Person | undefined): string =>
  from === undefined ? text.fromSomebody(unusableName(letter)) : text.fromName(unusableName(letter), personName(from))

/** The letters, newest first, and who their writers are, as far as that is known. */
async function readTray(cafe: CafeConsole): Promise<Tray> {
  const letters = (await cafe.mail.quarantine.list()).toSorted((a, b) => b.since - a.since)
  const from = [...new Set(letters.flatMap(({ from }) => from ?? []))]
  const known = from.length === 0 ? [] : await cafe.contact.known(from).catch(() => [])
  const people = new Map<string, Person>(from.map((address) => [address, { address, name: null, avatar: null }]))
  for (const person of known) people.set(person.address, person)
  return { letters, people }
}
customElements.define('cafe-mail-tray', CafeMailTray)
