/**
 * `<cafe-closing>`: asks before the cafe of this browser is closed: what its guests keep here, as far as it can know, what
 * to do about it, and what they should be told. Fires `left` when it has closed and `carry` when the person would rather
 * take the cafe elsewhere.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { MAX_NOTICE } from '../../core/limits.ts'
import type { Leaving } from '../../worker/admission-api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes } from '../format.ts'
import './cafe-confirm.ts'
import { host as english } from '../texts/en/host.ts'
import { hosting as englishHosting } from '../texts/en/hosting.ts'
import { spoken } from '../texts/say.ts'
import { Plain, waiting } from './parts.ts'

const text = spoken('host', english)
const own = spoken('hosting', englishHosting)

export class CafeClosing extends Plain {
  static override properties = {
    cafe: { attribute: false },
    open: { type: Boolean },
    name: {},
    leaving: { state: true },
  }
  declare cafe: CafeConsole
  declare open: boolean
  declare name: string
  /** Undefined until it is known; null where it cannot be. */
  declare leaving: Leaving | null | undefined
  readonly #close = new Action<void>(this, 'close', async () => {
    const farewell = this.querySelector('input')?.value.trim() ?? ''
    await this.cafe.host.close({ farewell })
    this.open = false
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('open') && this.open) void this.#look()
  }

  override render(): TemplateResult {
    return html`<cafe-confirm
      .open=${this.open}
      .heading=${text.closeTitle(this.name)}
      .text=${text.closeText}
      .more=${this.#more()}
      .verb=${text.close}
      .running=${this.#close.running}
      .problem=${this.#close.problem}
      @agreed=${() => this.#close.run()}
      @left=${this.#left}
    ></cafe-confirm>`
  }

  #more(): TemplateResult | typeof nothing {
    const { leaving } = this
    if (!this.open) return nothing
    if (leaving === undefined) return waiting(own.leaving.looking)
    return html`<div class="stack">
      ${leaving === null ? nothing : facts(leaving)}
      <label class="field">
        <span>${own.leaving.farewell} <small>${hearing(leaving)}</small></span>
        <input name="farewell" type="text" maxlength=${MAX_NOTICE} autocomplete="off" placeholder=${own.leaving.example} />
      </label>
      ${leaving?.accounts === 0 ? nothing : this.#advice()}
    </div>`
  }

  #advice(): TemplateResult {
    const link = (words: string): TemplateResult =>
      html`<button type="button" class="link" @click=${this.#carry}>${words}</button>`
    return html`<div>
      <p class="title">${own.leaving.what}</p>
      <ul class="small">
        <li>${own.leaving.save(link)}</li>
        <li>${own.leaving.move}</li>
      </ul>
    </div>`
  }

  async #look(): Promise<void> {
    this.leaving = undefined
    this.leaving = await this.cafe.host.leaving().catch(() => null) // it can be closed all the same
  }

  /** Bound, since what is handed to the dialog is drawn by the dialog. */
  readonly #carry = (): void => {
    this.open = false
    this.dispatchEvent(new Event('carry'))
  }

  #left(): void {
    this.#close.clear()
    const input = this.querySelector('input')
    if (input) input.value = ''
    this.dispatchEvent(new Event('left'))
  }
}

function facts({ accounts, roots, bytes: size, elsewhere, unfinished, letters }: Leaving): TemplateResult {
  const lines = [
    accounts === 0 ? own.leaving.nobody : own.leaving.keep(accounts, roots, bytes(size)),
    ...(elsewhere > 0 ? [own.leaving.elsewhere(elsewhere)] : []),
    ...(accounts > 0 ? [own.leaving.unknown] : []),
    ...(unfinished > 0 ? [own.leaving.unfinished(bytes(unfinished))] : []),
    ...(letters > 0 ? [own.leaving.letters(letters)] : []),
  ]
  return html`<ul class="small">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`
}

const hearing = (leaving: Leaving | null): string =>
  leaving === null || leaving.listening === 0 ? own.leaving.nobodyHears : own.leaving.hears(leaving.listening)

customElements.define('cafe-closing', CafeClosing)
