/** `<cafe-token>`: the dialog that makes one more invite, with a label and a limit. Fires `left` when it has closed. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_NAME } from '../../core/limits.ts'
import type { NewToken } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes } from '../format.ts'
import type { CafeInvite } from './cafe-invite.ts'
import './cafe-invite.ts'
import { admit as english } from '../texts/en/admit.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('admit', english)

const DAY = 86_400_000
const QUOTAS = ['small', 'normal', 'large'] as const

export class CafeToken extends Plain {
  static override properties = {
    cafe: { attribute: false },
    open: { type: Boolean },
    name: {},
    made: { state: true },
  }
  declare cafe: CafeConsole
  declare open: boolean
  /** The cafe's name. */
  declare name: string
  declare made: NewToken | undefined

  readonly #make = new Action<FormData>(this, 'invite', async (form) => {
    const label = String(form.get('label') ?? '').trim()
    const uses = Number(form.get('uses'))
    const days = Number(form.get('days'))
    this.made = await this.cafe.host.createToken({
      ...(label === '' ? {} : { label }),
      ...(uses > 0 ? { uses } : {}),
      quota: QUOTAS.find((quota) => quota === form.get('quota')) ?? 'normal',
      ...(days > 0 ? { expires: Date.now() + days * DAY } : {}),
    })
    await this.updateComplete
    await this.querySelector<CafeInvite>('cafe-invite')?.goOn()
  })

  override render(): TemplateResult {
    return html`<wa-dialog label=${text.newTitle} ?open=${this.open} @wa-after-hide=${this.#hidden}>
      ${this.made === undefined ? this.#form() : this.#result(this.made)}
    </wa-dialog>`
  }

  #form(): TemplateResult {
    const { running, problem } = this.#make
    return html`<form class="stack" @submit=${this.#submit}>
      <label class="field">
        <span>${text.forWhom} <small>${text.forWhomHint}</small></span>
        <input name="label" type="text" maxlength=${MAX_NAME} autocomplete="off" autofocus />
      </label>
      <div class="pair">
        <label class="field">
          <span>${text.howMany}</span>
          <input name="uses" type="number" min="1" max="1000" step="1" value="1" inputmode="numeric" />
        </label>
        <label class="field">
          <span>${text.goodFor}</span>
          <select name="days">
            <option value="1">${text.day}</option>
            <option value="7" selected>${text.week}</option>
            <option value="30">${text.month}</option>
            <option value="0">${text.ever}</option>
          </select>
        </label>
        <label class="field">
          <span>${text.roomForEach}</span>
          <select name="quota">
            <option value="small">${bytes(250e6)}</option>
            <option value="normal" selected>${bytes(1e9)}</option>
            <option value="large">${bytes(10e9)}</option>
          </select>
        </label>
      </div>
      ${failure(problem)}
      <div class="row end">
        <button type="button" class="button" data-dialog="close">${text.cancel}</button>
        <button class="button loud" aria-busy=${running ? 'true' : 'false'}>${text.make}</button>
      </div>
    </form>`
  }

  #result(made: NewToken): TemplateResult {
    return html`<p role="status">${text.ready}</p>
      ${this.open ? html`<cafe-invite .link=${made.invite} .name=${this.name}></cafe-invite>` : nothing}`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#make.run(new FormData(event.currentTarget))
  }

  #hidden(event: Event): void {
    // Tooltips inside the dialog fire the same event.
    if (event.target !== event.currentTarget) return
    this.made = undefined
    this.#make.clear()
    this.dispatchEvent(new Event('left'))
  }
}
customElements.define('cafe-token', CafeToken)
