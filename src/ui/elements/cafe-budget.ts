/** `<cafe-budget>`: the dialog that sets how much the cafe may keep in all. Fires `left` when it has closed. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { HostRoom } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes, fromGigabytes, gigabytes, taken } from '../format.ts'
import { failure, Plain } from './parts.ts'

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
    return html`<wa-dialog label="Room for your cafe" ?open=${this.open} @wa-after-hide=${this.#hidden}>
      ${this.#form()}
    </wa-dialog>`
  }

  #form(): TemplateResult {
    const { running, problem } = this.#set
    const wrong = this.wrong ?? false
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      <label class="field">
        <span>Keep at most <small>in gigabytes</small></span>
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
      ${
        wrong
          ? html`<p class="field-error" id="budget-wrong" role="alert">
              Enter a number of gigabytes, such as 8 or 2.5.
            </p>`
          : nothing
      }
      <p id="budget-hint" class="quiet small">
        ${bytes(taken(this.room))} is kept now. If you allow less than that, new uploads are refused and nothing is
        removed.
      </p>
      ${failure(problem)}
      <div class="row end">
        <button type="button" class="button" data-dialog="close">Cancel</button>
        <button class="button loud" aria-busy=${running ? 'true' : 'false'}>Save</button>
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
