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
import { ViewFocus } from '../controllers/view-focus.ts'
import { bytes, erasedLine, plainName, short } from '../format.ts'
import './cafe-confirm.ts'
import { cafes as english } from '../texts/en/cafes.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('cafes', english)

/** What helps when a session has ended, by why it has. */
const NEXT: Readonly<Record<NonNullable<Session['why']>, Next>> = {
  ...{ evicted: 'invite', revoked: 'invite', refused: 'forget', expired: 'ask', dropped: 'invite', unknown: 'invite' },
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
  readonly #focus = new ViewFocus()
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
          <h2 id="cafes-heading" tabindex="-1">${text.title}</h2>
          <a class="button small" href="#join">${text.another}</a>
        </div>
        ${failure(this.#again.problem)}
        ${cafes.length === 0 ? html`<p class="quiet">${text.noneNow}</p>` : nothing}
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
      return html`<button type="button" class="button small" aria-label=${text.leaveLabel(name)} @click=${leave}>${text.leave}</button>`
    }
    if (session.state === 'waiting') {
      return html`<div class="answers">
        <button type="button" class="button small" aria-label=${text.takeBackLabel(name)} @click=${this.#forget(session)}>
          ${text.takeBack}
        </button>
      </div>`
    }
    const next = NEXT[session.why ?? 'unknown']
    if (next === 'forget') {
      return html`<button type="button" class="button small" aria-label=${text.forgetLabel(name)} @click=${this.#forget(session)}>${text.forget}</button>`
    }
    return html`<div class="answers">
      ${
        next === 'ask'
          ? html`<button type="button" class="button small loud" aria-label=${text.askAgainLabel(name)} @click=${() => this.#again.run(session)}>
              ${text.askAgain}
            </button>`
          : html`<a class="button small loud" href="#join" aria-label=${text.newInviteLabel(name)}>${text.newInvite}</a>`
      }
      <button type="button" class="button icon-only" aria-label=${text.forgetLabel(name)} @click=${this.#forget(session)}>
        ${icon('trash')}
      </button>
    </div>`
  }

  #dialog(): TemplateResult {
    const { leaving } = this
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${leaving === undefined ? text.leaveThis : text.leaveTitle(plainName(leaving.name))}
      .text=${text.leaveText}
      .verb=${this.#unreachable ? text.leaveAnyway : text.leaveVerb}
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
    return () => {
      this.#focus.keepIn(this)
      void this.#leave.run({ session, force: true })
    }
  }

  #ask(session: Session): void {
    this.leaving = session
    this.asking = true
  }
}

function tag({ state, paused, farewell }: Session): TemplateResult | typeof nothing {
  if (state === 'active') {
    if (farewell !== null) return html`<span class="tag part">${text.closed}</span>`
    return paused ? html`<span class="tag part">${text.paused}</span>` : nothing
  }
  return state === 'waiting'
    ? html`<span class="tag part">${text.waitsForHost}</span>`
    : html`<span class="tag bad">${text.over}</span>`
}

/** What there is to say about it. */
function line({ state, why, notice, quota, since, cafe, paused, farewell }: Session): TemplateResult {
  const id = html`<code title=${cafe}>${short(cafe)}</code>`
  const time = html`<wa-relative-time .date=${new Date(since)} sync></wa-relative-time>`
  if (state === 'active')
    return html`${farewell === null ? (paused ? html`<p class="small">${text.pausedText}</p>` : nothing) : closed(farewell)}
      <p class="quiet small">${text.ofRoom(bytes(quota))} · ${text.joined(time)} · ${id}</p>`
  if (state === 'waiting') {
    return html`<p class="quiet small">${text.asked(time)} · ${id}</p>`
  }
  return html`<p class="small">${text.ended[why ?? 'unknown']}</p>
    ${notice === '' ? nothing : html`<p class="said"><bdi>“${plainName(notice, 200)}”</bdi></p>`}`
}

/** Its host has closed it, with words or without. */
function closed({ words, at }: NonNullable<Session['farewell']>): TemplateResult {
  const when = html`<wa-relative-time .date=${new Date(at)} sync></wa-relative-time>`
  return html`<p class="small">${text.closedText(when)}</p>
    ${words === '' ? nothing : html`<p class="said"><bdi>“${plainName(words, 200)}”</bdi></p>`}`
}

function alarm({ alarm, state }: Session): TemplateResult | typeof nothing {
  if (alarm === null || state !== 'active' || Date.now() - alarm > ALARM_SHOWN) return nothing
  return html`<p class="small warn">
    ${icon('warning')}${text.alarm(html`<wa-relative-time .date=${new Date(alarm)} sync></wa-relative-time>`)}
  </p>`
}

/** What the cafes that were left have signed. */
function left(receipts: readonly ReceiptInfo[]): TemplateResult | typeof nothing {
  if (receipts.length === 0) return nothing
  return html`<details class="more">
    <summary>${text.left}</summary>
    <ul class="rows">
      ${receipts.map(
        ({ cafe, name, at, receipt }) => html`<li>
          <span class="mark small" aria-hidden="true">${icon('check')}</span>
          <div class="grow">
            <p class="title"><bdi>${plainName(name)}</bdi></p>
            <p class="small">${text.erased(erasedLine(receipt.erased))}</p>
            <p class="quiet small">
              ${text.leftAt(html`<wa-relative-time .date=${new Date(at)} sync></wa-relative-time>`)} ·
              ${text.signedBy(html`<code title=${cafe}>${short(cafe)}</code>`)}
            </p>
          </div>
        </li>`,
      )}
    </ul>
  </details>`
}
customElements.define('cafe-cafes', CafeCafes)
