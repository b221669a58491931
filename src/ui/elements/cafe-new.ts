/** `<cafe-new>`: opens a cafe in this browser: its name, who may come, and how much room there is for them. */
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_NAME } from '../../core/limits.ts'
import type { ClosedCafe } from '../../worker/admission-api.ts'
import type { HostStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes } from '../format.ts'
import { type RoomChoices, roomChoices } from '../room-choices.ts'
import { host as english } from '../texts/en/host.ts'
import { hosting as englishHosting } from '../texts/en/hosting.ts'
import { spoken } from '../texts/say.ts'
import { MODES, modeChoices } from './cafe-mode.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('host', english)
const own = spoken('hosting', englishHosting)

type Mode = Extract<HostStatus, { open: true }>['mode']

interface Offer {
  /** The cafe that was open here before. */
  readonly before: ClosedCafe | null
  /** Bytes the browser still grants; undefined where it does not say. */
  readonly room: number | undefined
}

export class CafeNew extends Plain {
  static override properties = { cafe: { attribute: false }, offer: { state: true } }
  declare cafe: CafeConsole
  declare offer: Offer | undefined
  readonly #open = new Action<{ name: string; mode: Mode; budget: number }>(this, 'open', async (input) => {
    await this.cafe.host.open(input)
  })

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#look()
  }

  override render(): TemplateResult {
    const { running, problem } = this.#open
    return html`<form class="card stack narrow" @submit=${this.#submit}>
      <label class="field">
        <span>${text.name}</span>
        <input
          name="name"
          type="text"
          required
          maxlength=${MAX_NAME}
          autocomplete="off"
          placeholder=${text.example}
          value=${this.offer?.before?.name ?? ''}
        />
      </label>
      ${modeChoices('invite')} ${this.#room(this.offer)} ${failure(problem)}
      <button class="button loud big" aria-busy=${running ? 'true' : 'false'}>
        ${running ? text.opening : text.open}
      </button>
    </form>`
  }

  #room(offer: Offer | undefined): TemplateResult {
    const { amounts, chosen } = choicesOf(offer)
    const about = offer?.room === undefined ? own.roomUnknown : own.roomOffered(bytes(offer.room))
    return html`<div>
      <label class="field">
        <span>${own.room}</span>
        <select name="room" aria-describedby="room-offer">
          ${amounts.map((amount) => html`<option value=${amount} ?selected=${amount === chosen}>${bytes(amount)}</option>`)}
        </select>
      </label>
      <p id="room-offer" class="quiet small">${offer === undefined ? nothing : about}</p>
    </div>`
  }

  async #look(): Promise<void> {
    // Neither is worth a word where it fails: the form works without.
    const [before, estimate] = await Promise.all([
      this.cafe.host.before().catch(() => null),
      navigator.storage?.estimate?.().catch(() => undefined),
    ])
    const { quota = 0, usage = 0 } = estimate ?? {}
    this.offer = { before, room: quota > 0 ? Math.max(0, quota - usage) : undefined }
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    const mode = MODES.find((mode) => mode === form.get('mode')) ?? 'invite'
    const budget = Number(form.get('room'))
    void this.#open.run({ name: String(form.get('name') ?? '').trim(), mode, budget })
  }
}

const choicesOf = (offer: Offer | undefined): RoomChoices => roomChoices(offer?.room, offer?.before?.budget)

customElements.define('cafe-new', CafeNew)
