/** `<cafe-move>`: moves what one cafe keeps to another, and leaves the first only when all of it has arrived. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Session } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { MoveInfo } from '../../worker/recover-api.ts'
import { Action } from '../controllers/action.ts'
import type { Errand, ErrandState } from '../controllers/errand.ts'
import type { MoveWish } from '../controllers/errands.ts'
import { Live } from '../controllers/live.ts'
import { plainName, short } from '../format.ts'
import { readJoin } from '../link.ts'
import { moveLine, movePercent } from '../recover-words.ts'
import { cafes as english } from '../texts/en/cafes.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('cafes', english)

export class CafeMove extends Plain {
  static override properties = {
    cafe: { attribute: false },
    errand: { attribute: false },
    state: { attribute: false },
    to: { state: true },
    wrong: { state: true },
  }
  declare cafe: CafeConsole
  declare errand: Errand<MoveWish, MoveInfo, boolean>
  /** `errand.state` of this moment, so that a change draws the view. */
  declare state: ErrandState<MoveInfo, boolean>
  /** Peer id of the cafe chosen to go to; empty for one with an invite. */
  declare to: string
  declare wrong: boolean
  /** What was left to copy when there was most of it. */
  #most = 0
  readonly #cafes = new Live<readonly Session[]>(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #moving = new Live<MoveInfo | null>(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.recover.moving(),
  )
  readonly #stay = new Action<void>(this, 'move', async () => {
    await this.cafe.recover.stay()
    this.#moving.refresh()
  })

  constructor() {
    super()
    this.to = ''
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#most = Math.max(this.#most, this.state.progress?.left ?? 0)
    const before = changed.get('state') as ErrandState<MoveInfo, boolean> | undefined
    if (!before?.running || this.state.running) return
    this.#most = 0
    this.#moving.refresh()
  }

  override render(): TemplateResult | typeof nothing {
    const cafes = (this.#cafes.value ?? []).filter(({ state }) => state === 'active')
    const { running, problem, result } = this.state
    const moving = this.#moving.value
    if (cafes.length === 0 && !result && !moving) return nothing
    return html`<section class="card stack" aria-labelledby="move-heading">
      <h2 id="move-heading">${text.moveTitle}</h2>
      <p class="quiet">${text.moveText}</p>
      ${result ? html`<div class="notice good" role="status">${icon('check')}<p>${text.moved}</p></div>` : nothing}
      ${failure(problem ?? this.#stay.problem)}
      ${running ? this.#running() : moving ? this.#cutOff(moving) : cafes.length === 0 ? nothing : this.#form(cafes)}
    </section>`
  }

  #running(): TemplateResult {
    const { progress } = this.state
    const percent = progress === undefined ? 0 : movePercent(progress, this.#most)
    return html`<div>
        <p class="quiet small tabular between" role="status">
          ${progress === undefined ? text.beginning : moveLine(progress)}<span>${progress === undefined ? '' : `${percent}%`}</span>
        </p>
        <wa-progress-bar .value=${percent} label=${text.moving} ?indeterminate=${progress === undefined}></wa-progress-bar>
      </div>
      <p class="quiet small">${text.waitsForIt}</p>
      <div class="row"><button type="button" class="button" @click=${this.#stop}>${text.stopForNow}</button></div>`
  }

  /** A move that was cut off: nothing is lost, and it goes on. */
  #cutOff(move: MoveInfo): TemplateResult {
    return html`<div>
        <p class="title">${text.fromTo(html`<bdi>${this.#name(move.from, move.fromName)}</bdi>`, html`<bdi>${this.#name(move.to, move.toName)}</bdi>`)}</p>
        <p class="quiet small">${text.notFinished(moveLine(move))}</p>
      </div>
      <div class="row">
        <button type="button" class="button loud" @click=${() => this.errand.run('resume')}>${text.goOn}</button>
        ${
          move.step === 'leave'
            ? nothing
            : html`<button type="button" class="button" ?disabled=${this.#stay.running} @click=${() => this.#stay.run()}>${text.stayAtBoth}</button>`
        }
      </div>`
  }

  #form(cafes: readonly Session[]): TemplateResult {
    return html`<form class="stack" @submit=${this.#submit}>
      <div class="pair wide">
        <label class="field">
          <span>${text.from}</span>
          <select name="from">
            ${cafes.map(({ cafe, name }) => html`<option value=${cafe}>${plainName(name)}</option>`)}
          </select>
        </label>
        <label class="field">
          <span>${text.to}</span>
          <select
            name="to"
            @change=${(event: Event) => {
              if (event.target instanceof HTMLSelectElement) this.to = event.target.value
            }}
          >
            <option value="">${text.newByInvite}</option>
            ${cafes.map(({ cafe, name }) => html`<option value=${cafe}>${plainName(name)}</option>`)}
          </select>
        </label>
      </div>
      ${this.to === '' ? this.#invite() : nothing}
      <div class="row"><button class="button">${text.move}</button></div>
    </form>`
  }

  #invite(): TemplateResult {
    return html`<label class="field">
        <span>${text.linkOfNew}</span>
        <input
          name="invite"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-invalid=${this.wrong ? 'true' : nothing}
          aria-describedby=${this.wrong ? 'move-wrong' : nothing}
        />
      </label>
      ${this.wrong ? html`<p class="field-error" id="move-wrong" role="alert">${text.wrong}</p>` : nothing}`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    const from = String(form.get('from') ?? '')
    if (this.to !== '') {
      void this.errand.run({ from, to: this.to })
      return
    }
    const invite = readJoin(String(form.get('invite') ?? ''))
    this.wrong = invite === undefined
    if (invite !== undefined) void this.errand.run({ from, invite })
    else this.querySelector<HTMLInputElement>('input[name=invite]')?.focus()
  }

  #name(cafe: string, name: string): string {
    const known = this.#cafes.value?.find((session) => session.cafe === cafe)?.name ?? name
    return known === '' ? short(cafe) : plainName(known)
  }

  #stop(): void {
    this.errand.stop()
  }
}
customElements.define('cafe-move', CafeMove)
