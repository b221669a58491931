/** `<cafe-budget>`: the dialog that sets how much the cafe may keep in all. Fires `left` when it has closed. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { HostRoom } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes, fromGigabytes, gigabytes, taken } from '../format.ts'
import { room as english } from '../texts/en/room.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('room', english)

export class CafeBudget extends Plain {
  static override properties = {
    cafe: { attribute: false },
    open: { type: Boolean },
    room: { attribute: false },
    wrong: { state: true },
  }
  declare cafe: CafeConsole
  declare open: boolean
  declare room: HostRoom
  /** What was typed is no amount. */
  declare wrong: boolean
  readonly #set = new Action<number>(this, 'room', async (budget) => {
    await this.cafe.host.setBudget(budget)
    this.open = false
  })

  override render(): TemplateResult {
    return html`<wa-dialog label=${text.dialog} ?open=${this.open} @wa-after-hide=${this.#hidden}>
      ${this.#form()}
    </wa-dialog>`
  }

  #form(): TemplateResult {
    const { running, problem } = this.#set
    const wrong = this.wrong ?? false
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      <label class="field">
        <span>${text.atMost} <small>${text.inGigabytes}</small></span>
        <input
          name="budget"
          type="text"
          inputmode="decimal"
          autocomplete="off"
          autofocus
          value=${gigabytes(this.room.budget)}
          aria-invalid=${wrong ? 'true' : nothing}
          aria-describedby=${wrong ? 'budget-wrong budget-hint' : 'budget-hint'}
          @input=${() => {
            this.wrong = false
          }}
        />
      </label>
      ${wrong ? html`<p class="field-error" id="budget-wrong" role="alert">${text.wrong}</p>` : nothing}
      <p id="budget-hint" class="quiet small">
        ${text.less(bytes(taken(this.room)))}
      </p>
      ${failure(problem)}
      <div class="row end">
        <button type="button" class="button" data-dialog="close">${text.cancel}</button>
        <button class="button loud" aria-busy=${running ? 'true' : 'false'}>${text.save}</button>
      </div>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const input = this.querySelector('input')
    if (input === null) return
    const budget = fromGigabytes(input.value)
    this.wrong = budget === undefined
    if (budget === undefined) input.focus()
    // An untouched amount is rounded: saving it changes nothing.
    else if (input.value === gigabytes(this.room.budget)) this.open = false
    else void this.#set.run(budget)
  }

  #hidden(event: Event): void {
    if (event.target !== event.currentTarget) return
    this.wrong = false
    this.querySelector('form')?.reset()
    this.#set.clear()
    this.dispatchEvent(new Event('left'))
  }
}
customElements.define('cafe-budget', CafeBudget)
