/** `<cafe-cafes>`: the cafes this account has joined, how much is kept at each, and the way out of one. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole, Session } from '../../worker/api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { bytes, plainName, short } from '../format.ts'
import './cafe-confirm.ts'
import { icon, Plain } from './parts.ts'

export class CafeCafes extends Plain {
  static override properties = { cafe: { attribute: false }, leaving: { state: true }, asking: { state: true } }
  declare cafe: CafeConsole
  /** The cafe the dialog is about; stays while the dialog fades. */
  declare leaving: Session | undefined
  declare asking: boolean
  readonly #cafes = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #leave = new Action<{ session: Session; force: boolean }>(this, 'leave', async ({ session, force }) => {
    await this.cafe.account.deregister(session.cafe, { force })
    this.asking = false
  })

  /** It was asked and did not answer: the person may leave without it. */
  get #unreachable(): boolean {
    const code = this.#leave.problem?.code
    return code === 'UNREACHABLE' || code === 'TIMEOUT'
  }

  override render(): TemplateResult | typeof nothing {
    const cafes = this.#cafes.value
    if (cafes === undefined || (cafes.length === 0 && this.leaving === undefined)) return nothing
    return html`<section class="card" aria-labelledby="cafes-heading">
        <div class="heading">
          <h2 id="cafes-heading">Your cafes</h2>
          <a class="button small" href="#join">Join another</a>
        </div>
        <ul class="rows">
          ${cafes.map((session) => this.#row(session))}
        </ul>
      </section>
      ${this.#dialog()}`
  }

  #row(session: Session): TemplateResult {
    const name = plainName(session.name)
    return html`<li>
      <span class="mark small" aria-hidden="true">${icon('cup')}</span>
      <div class="grow">
        <p class="title"><bdi>${name}</bdi></p>
        <p class="quiet small">
          ${bytes(session.quota)} of room · joined
          <wa-relative-time .date=${new Date(session.since)} sync></wa-relative-time>
          · <code title=${session.cafe}>${short(session.cafe)}</code>
        </p>
      </div>
      <button type="button" class="button small" aria-label="Leave ${name}" @click=${() => this.#ask(session)}>Leave</button>
    </li>`
  }

  #dialog(): TemplateResult {
    const { leaving } = this
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${`Leave ${leaving === undefined ? 'this cafe' : plainName(leaving.name)}?`}
      .text=${'The cafe erases what it keeps for you. Links to files that only this cafe keeps stop working.'}
      .verb=${this.#unreachable ? 'Leave anyway' : 'Leave the cafe'}
      .running=${this.#leave.running}
      .problem=${this.#leave.problem}
      @agreed=${() => leaving && this.#leave.run({ session: leaving, force: this.#unreachable })}
      @left=${() => {
        this.asking = false
        this.#leave.clear()
      }}
    ></cafe-confirm>`
  }

  #ask(session: Session): void {
    this.leaving = session
    this.asking = true
  }
}
customElements.define('cafe-cafes', CafeCafes)
