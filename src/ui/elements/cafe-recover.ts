/**
 * `<cafe-recover>`: an account comes back from its words: enter them, say which cafes it was at if that is not known, and
 * watch thread after thread return. Each can be opened as soon as its first posts are here.
 */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { RecoverProgress, RecoverResult, RecoverStatus } from '../../worker/recover-api.ts'
import type { Errand, ErrandState } from '../controllers/errand.ts'
import type { RecoverWish } from '../controllers/errands.ts'
import { Live } from '../controllers/live.ts'
import { readJoin } from '../link.ts'
import { recoverLine } from '../recover-words.ts'
import './cafe-recover-report.ts'
import './cafe-restore.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { recover as recoverEnglish } from '../texts/en/recover.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('recover', recoverEnglish)

export class CafeRecover extends Plain {
  static override properties = {
    cafe: { attribute: false },
    errand: { attribute: false },
    state: { attribute: false },
    status: { state: true },
    wrong: { state: true },
  }
  declare cafe: CafeConsole
  declare errand: Errand<RecoverWish, RecoverProgress, RecoverResult>
  /** `errand.state` of this moment, so that a change draws the view. */
  declare state: ErrandState<RecoverProgress, RecoverResult>
  /** How far an earlier recovery came. */
  declare status: RecoverStatus | undefined
  /** A line among the links that is none. */
  declare wrong: string | undefined
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )
  #looked = false

  protected override updated(): void {
    if (this.#looked || !this.#account.value) return
    this.#looked = true
    // Without an earlier recovery there is nothing to go on with.
    this.cafe.recover.status().then(
      (status) => {
        this.status = status
      },
      () => undefined,
    )
  }

  override render(): TemplateResult {
    const account = this.#account.value
    return html`<h1 tabindex="-1">${text.title}</h1>
      ${failure(this.#account.problem)}
      ${account === undefined ? waiting(common.looking) : account === null ? this.#words() : this.#rest()}`
  }

  #words(): TemplateResult {
    return html`<p class="lead">${text.lead}</p>
      <div class="card narrow"><cafe-restore .cafe=${this.cafe}></cafe-restore></div>`
  }

  #rest(): TemplateResult {
    const { running, result, progress } = this.state
    const threads = result?.threads ?? progress?.threads ?? this.status?.threads ?? []
    return html`${running ? this.#running() : this.#form()}
      ${
        result === undefined && threads.length === 0
          ? nothing
          : html`<cafe-recover-report .threads=${threads} .result=${result}></cafe-recover-report>`
      }`
  }

  #running(): TemplateResult {
    return html`<section class="card stack narrow">
      ${waiting(recoverLine(this.state.progress))}
      <p class="quiet small">${text.keepsOn}</p>
      <div class="row"><button type="button" class="button" @click=${this.#stop}>${text.stopForNow}</button></div>
    </section>`
  }

  #form(): TemplateResult {
    const { problem, result } = this.state
    const again = result !== undefined || this.status?.unfinished === true
    const damaged = problem?.code === 'CORRUPT'
    return html`<form class="card stack narrow" @submit=${this.#submit}>
      <div class="notice good">
        ${icon('check')}
        <p>${again ? text.isHere : text.wordsRight}</p>
      </div>
      <label class="field">
        <span>${text.links} <small>${text.linksHint}</small></span>
        <textarea
          name="cafes"
          rows="2"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-invalid=${this.wrong === undefined ? nothing : 'true'}
          aria-describedby="cafes-help"
        ></textarea>
      </label>
      <p id="cafes-help" class=${this.wrong === undefined ? 'quiet small' : 'field-error'} role=${this.wrong === undefined ? nothing : 'alert'}>
        ${this.wrong === undefined ? text.linksHelp : text.noLink(this.wrong)}
      </p>
      ${failure(problem)}
      <div class="row">
        <button class="button loud big">${again ? text.goOn : text.look}</button>
        ${
          damaged
            ? html`<button type="button" class="button" @click=${() => this.#start(true)}>${text.salvage}</button>`
            : nothing
        }
      </div>
      ${damaged ? html`<p class="quiet small">${text.salvageText}</p>` : nothing}
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    this.#start(false)
  }

  #start(salvage: boolean): void {
    const lines = (this.querySelector('textarea')?.value ?? '').split(/\s+/).filter((line) => line !== '')
    const codes = lines.map((line) => ({ line, code: readJoin(line) }))
    this.wrong = codes.find(({ code }) => code === undefined)?.line.slice(0, 60)
    if (this.wrong !== undefined) return
    void this.errand.run({ cafes: codes.flatMap(({ code }) => (code === undefined ? [] : [code])), salvage })
  }

  #stop(): void {
    this.errand.stop()
  }
}
customElements.define('cafe-recover', CafeRecover)
