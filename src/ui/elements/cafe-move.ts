/** `<cafe-move>`: moves what one cafe keeps to another, and leaves the first only when all of it has arrived. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Session } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { MoveInfo } from '../../worker/recover-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { plainName, short } from '../format.ts'
import { readJoin } from '../link.ts'
import { moveLine, movePercent } from '../recover-words.ts'
import { failure, icon, Plain } from './parts.ts'

type Wish = { readonly from: string; readonly to?: string; readonly invite?: string }

export class CafeMove extends Plain {
  static override properties = {
    cafe: { attribute: false },
    to: { state: true },
    progress: { state: true },
    wrong: { state: true },
    moved: { state: true },
  }
  declare cafe: CafeConsole
  /** Peer id of the cafe chosen to go to; empty for one with an invite. */
  declare to: string
  declare progress: MoveInfo | undefined
  declare wrong: boolean
  declare moved: boolean
  readonly #cafes = new Live<readonly Session[]>(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #moves = new Live<readonly MoveInfo[]>(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.recover.moves(),
  )
  readonly #move = new Action<Wish>(this, 'move', async (wish, signal) => {
    this.progress = undefined
    this.moved = false
    await this.cafe.recover.move(wish, {
      signal,
      onProgress: (progress) => {
        this.progress = progress
      },
    })
    this.moved = true
    this.#moves.refresh()
  })

  constructor() {
    super()
    this.to = ''
  }

  override render(): TemplateResult | typeof nothing {
    const cafes = (this.#cafes.value ?? []).filter(({ state }) => state === 'active')
    if (cafes.length === 0 && !this.moved) return nothing
    const { running, problem } = this.#move
    return html`<section class="card stack" aria-labelledby="move-heading">
      <h2 id="move-heading">Move to another cafe</h2>
      <p class="quiet">Everything is copied and checked first. Your old cafe is left only when the new one has all of it.</p>
      ${
        this.moved
          ? html`<div class="notice good" role="status">${icon('check')}<p>You have moved. Nothing was left behind.</p></div>`
          : nothing
      }
      ${failure(problem)} ${running ? this.#running() : html`${this.#cutOff()} ${cafes.length === 0 ? nothing : this.#form(cafes)}`}
    </section>`
  }

  #running(): TemplateResult {
    const { progress } = this
    return html`<div>
        <p class="quiet small tabular between" role="status">
          ${progress === undefined ? 'Beginning…' : moveLine(progress)}<span>${progress === undefined ? '' : `${movePercent(progress)}%`}</span>
        </p>
        <wa-progress-bar
          .value=${progress === undefined ? 0 : movePercent(progress)}
          label="Moving"
          ?indeterminate=${progress === undefined}
        ></wa-progress-bar>
      </div>
      <div class="row"><button type="button" class="button" @click=${this.#stop}>Stop for now</button></div>`
  }

  /** Moves that were cut off: nothing is lost, and each goes on. */
  #cutOff(): TemplateResult | typeof nothing {
    const moves = this.#moves.value ?? []
    if (moves.length === 0) return nothing
    return html`<ul class="rows">
      ${moves.map(
        (move) => html`<li>
          <div class="grow">
            <p class="title">From <bdi>${this.#name(move.from)}</bdi> to <bdi>${this.#name(move.to)}</bdi></p>
            <p class="quiet small">Was stopped at: ${moveLine(move)}</p>
          </div>
          <button type="button" class="button small loud" @click=${() => this.#move.run({ from: move.from, to: move.to })}>Go on</button>
        </li>`,
      )}
    </ul>`
  }

  #form(cafes: readonly Session[]): TemplateResult {
    return html`<form class="stack" @submit=${this.#submit}>
      <div class="pair">
        <label class="field">
          <span>From</span>
          <select name="from">
            ${cafes.map(({ cafe, name }) => html`<option value=${cafe}>${plainName(name)}</option>`)}
          </select>
        </label>
        <label class="field">
          <span>To</span>
          <select
            name="to"
            @change=${(event: Event) => {
              if (event.target instanceof HTMLSelectElement) this.to = event.target.value
            }}
          >
            <option value="">a new cafe, by its invite</option>
            ${cafes.map(({ cafe, name }) => html`<option value=${cafe}>${plainName(name)}</option>`)}
          </select>
        </label>
      </div>
      ${this.to === '' ? this.#invite() : nothing}
      <div class="row"><button class="button">Move</button></div>
    </form>`
  }

  #invite(): TemplateResult {
    return html`<label class="field">
        <span>Invite link of the new cafe</span>
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
      ${
        this.wrong
          ? html`<p class="field-error" id="move-wrong" role="alert">This is not an invite. Paste the whole link you were sent.</p>`
          : nothing
      }`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    const from = String(form.get('from') ?? '')
    if (this.to !== '') {
      void this.#move.run({ from, to: this.to })
      return
    }
    const invite = readJoin(String(form.get('invite') ?? ''))
    this.wrong = invite === undefined
    if (invite !== undefined) void this.#move.run({ from, invite })
    else this.querySelector<HTMLInputElement>('input[name=invite]')?.focus()
  }

  #name(cafe: string): string {
    const known = this.#cafes.value?.find((session) => session.cafe === cafe)
    return known ? plainName(known.name) : short(cafe)
  }

  #stop(): void {
    this.#move.abort()
    this.#moves.refresh()
    this.requestUpdate()
  }
}
customElements.define('cafe-move', CafeMove)
