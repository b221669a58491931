/**
 * `<cafe-cafes>`: the cafes of this account: joined, waiting for their hosts, or ended and why, each with what to do next;
 * and what those that were left have signed to have erased.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { ReceiptInfo, Session } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { bytes, erasedLine, plainName, short } from '../format.ts'
import './cafe-confirm.ts'
import { failure, icon, Plain } from './parts.ts'

/** Why a session has ended, and what helps. */
const ENDED: Readonly<Record<NonNullable<Session['why']>, { readonly text: string; readonly next: Next }>> = {
  evicted: { text: 'The host removed you. What you kept there is erased.', next: 'invite' },
  revoked: { text: 'The invite you joined with was withdrawn. What you keep there stays for now.', next: 'invite' },
  refused: { text: 'The host said no.', next: 'forget' },
  expired: { text: 'The host did not answer in time.', next: 'ask' },
  dropped: { text: 'Another of your devices has removed this one.', next: 'invite' },
  unknown: { text: 'This cafe does not know you any more.', next: 'invite' },
}
type Next = 'invite' | 'ask' | 'forget'

/** Milliseconds for which an alarm is worth showing. */
const ALARM_SHOWN = 7 * 86_400_000

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
  readonly #receipts = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.receipts(),
  )
  readonly #leave = new Action<{ session: Session; force: boolean }>(this, 'leave', async ({ session, force }) => {
    await this.cafe.account.deregister(session.cafe, { force })
    this.asking = false
  })
  readonly #again = new Action<Session>(this, 'join', async ({ cafe }) => void (await this.cafe.account.ask(cafe)))

  /** It was asked and did not answer, or signs nothing that can be believed: the person may leave without it. */
  get #unreachable(): boolean {
    const code = this.#leave.problem?.code
    return code === 'UNREACHABLE' || code === 'TIMEOUT' || code === 'CORRUPT' || code === 'UNSUPPORTED'
  }

  override render(): TemplateResult | typeof nothing {
    const cafes = this.#cafes.value
    if (cafes === undefined) return nothing
    const receipts = this.#receipts.value ?? []
    if (cafes.length === 0 && receipts.length === 0 && this.leaving === undefined) return nothing
    return html`<section class="card" aria-labelledby="cafes-heading">
        <div class="heading">
          <h2 id="cafes-heading">Your cafes</h2>
          <a class="button small" href="#join">Join another</a>
        </div>
        ${failure(this.#again.problem)}
        ${cafes.length === 0 ? html`<p class="quiet">None now.</p>` : nothing}
        <ul class="rows">
          ${cafes.map((session) => this.#row(session))}
        </ul>
        ${left(receipts)}
      </section>
      ${this.#dialog()}`
  }

  #row(session: Session): TemplateResult {
    const name = plainName(session.name)
    const ended = session.state === 'ended'
    return html`<li>
      <span class="mark small ${ended ? 'bad' : ''}" aria-hidden="true">${icon(ended ? 'warning' : 'cup')}</span>
      <div class="grow">
        <p class="title"><bdi>${name}</bdi> ${tag(session)}</p>
        ${line(session)} ${alarm(session)}
      </div>
      ${this.#next(session, name)}
    </li>`
  }

  #next(session: Session, name: string): TemplateResult {
    const leave = () => this.#ask(session)
    if (session.state === 'active') {
      return html`<button type="button" class="button small" aria-label="Leave ${name}" @click=${leave}>Leave</button>`
    }
    if (session.state === 'waiting') {
      return html`<div class="answers">
        <button type="button" class="button small" aria-label="Take back the request to ${name}" @click=${this.#forget(session)}>
          Take it back
        </button>
      </div>`
    }
    const { next } = ENDED[session.why ?? 'unknown']
    if (next === 'forget') {
      return html`<button type="button" class="button small" aria-label="Forget ${name}" @click=${this.#forget(session)}>Forget</button>`
    }
    return html`<div class="answers">
      ${
        next === 'ask'
          ? html`<button type="button" class="button small loud" aria-label="Ask ${name} again" @click=${() => this.#again.run(session)}>
              Ask again
            </button>`
          : html`<a class="button small loud" href="#join" aria-label="Use a new invite to ${name}">Use a new invite</a>`
      }
      <button type="button" class="button icon-only" aria-label="Forget ${name}" @click=${this.#forget(session)}>
        ${icon('trash')}
      </button>
    </div>`
  }

  #dialog(): TemplateResult {
    const { leaving } = this
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${`Leave ${leaving === undefined ? 'this cafe' : plainName(leaving.name)}?`}
      .text=${'The cafe erases what it keeps for you, and signs that it has. Links to files that only this cafe keeps stop working.'}
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

  /** Nothing is lost by it, so nothing is asked. */
  #forget(session: Session): () => void {
    return () => void this.#leave.run({ session, force: true })
  }

  #ask(session: Session): void {
    this.leaving = session
    this.asking = true
  }
}

function tag({ state }: Session): TemplateResult | typeof nothing {
  if (state === 'active') return nothing
  return state === 'waiting'
    ? html`<span class="tag part">waiting for the host</span>`
    : html`<span class="tag bad">ended</span>`
}

/** What there is to say about it. */
function line({ state, why, notice, quota, since, cafe }: Session): TemplateResult {
  const id = html`<code title=${cafe}>${short(cafe)}</code>`
  const time = html`<wa-relative-time .date=${new Date(since)} sync></wa-relative-time>`
  if (state === 'active') return html`<p class="quiet small">${bytes(quota)} of room · joined ${time} · ${id}</p>`
  if (state === 'waiting') {
    return html`<p class="quiet small">You asked ${time}. You are in as soon as its host says yes. · ${id}</p>`
  }
  return html`<p class="small">${ENDED[why ?? 'unknown'].text}</p>
    ${notice === '' ? nothing : html`<p class="said"><bdi>“${plainName(notice, 200)}”</bdi></p>`}`
}

function alarm({ alarm, state }: Session): TemplateResult | typeof nothing {
  if (alarm === null || state !== 'active' || Date.now() - alarm > ALARM_SHOWN) return nothing
  return html`<p class="small warn">
    ${icon('warning')}Somebody used an old session of yours
    <wa-relative-time .date=${new Date(alarm)} sync></wa-relative-time>. It was ended and you have a new one. If this profile
    was copied or restored from a backup, that is why.
  </p>`
}

/** What the cafes that were left have signed. */
function left(receipts: readonly ReceiptInfo[]): TemplateResult | typeof nothing {
  if (receipts.length === 0) return nothing
  return html`<details class="more">
    <summary>Cafes you left</summary>
    <ul class="rows">
      ${receipts.map(
        ({ cafe, name, at, receipt }) => html`<li>
          <span class="mark small" aria-hidden="true">${icon('check')}</span>
          <div class="grow">
            <p class="title"><bdi>${plainName(name)}</bdi></p>
            <p class="small">Erased ${erasedLine(receipt.erased)}.</p>
            <p class="quiet small">
              Left <wa-relative-time .date=${new Date(at)} sync></wa-relative-time> · signed by
              <code title=${cafe}>${short(cafe)}</code>
            </p>
          </div>
        </li>`,
      )}
    </ul>
  </details>`
}
customElements.define('cafe-cafes', CafeCafes)
