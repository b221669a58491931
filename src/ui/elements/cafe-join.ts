/** `<cafe-join>`: join a cafe by its invite. Without an account the first step is to make one. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { MAX_NOTICE } from '../../core/limits.ts'
import type { AccountStatus, InvitePreview, Session } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { explainCode } from '../explain.ts'
import { plainName, short } from '../format.ts'
import { readJoin } from '../link.ts'
import './cafe-account.ts'
import './cafe-cafes.ts'
import './cafe-network.ts'
import './cafe-scan.ts'
import type { ScanEvent } from './cafe-scan.ts'
import './cafe-words.ts'
import { join as english } from '../texts/en/join.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('join', english)

/** Everything of an account is to be brought back from these cafes; the frame does so while the person goes on. */
export class RecoverEvent extends Event {
  readonly codes: readonly string[]
  constructor(codes: readonly string[]) {
    super('cafe-recover', { bubbles: true })
    this.codes = codes
  }
}

export class CafeJoin extends Plain {
  static override properties = {
    cafe: { attribute: false },
    code: { attribute: false },
    eager: { type: Boolean },
    preview: { state: true },
    wrong: { state: true },
  }
  declare cafe: CafeConsole
  /** The invite of the link that was opened. */
  declare code: string | undefined
  /** The account was made here, to join: that is not asked again. */
  declare eager: boolean
  /** What the invite says; null if it cannot be read. */
  declare preview: InvitePreview | null | undefined
  declare wrong: boolean
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )
  readonly #cafes = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #join = new Action<string>(this, 'join', async (code) => {
    const greeting = this.querySelector<HTMLInputElement>('input[name=greeting]')?.value.trim() ?? ''
    await this.cafe.account.register(code, { greeting })
    // The invite admits whoever holds it, so it does not stay in the history.
    location.replace('#files')
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('code')) return
    this.wrong = false
    this.preview = undefined
    if (this.code !== undefined) void this.#read(this.code)
  }

  #again: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#again)
  }

  /** A paused cafe is asked again while somebody waits here, until the host lets guests go on. */
  #wait(): void {
    const { problem, running } = this.#join
    if (running) return
    clearTimeout(this.#again)
    const { code } = this
    if (problem?.after === undefined || code === undefined) return
    this.#again = setTimeout(() => this.code === code && void this.#join.run(code), problem.after)
  }

  protected override updated(): void {
    this.#wait()
    const { code, preview } = this
    if (!this.eager || code === undefined || !preview?.token || !this.#account.value) return
    this.eager = false
    void this.#join.run(code)
  }

  /** Where it was before, an account needs no invite; the way to the cafe is all it takes. */
  #restored(): void {
    if (this.code === undefined || !this.preview) return
    this.dispatchEvent(new RecoverEvent([this.code]))
    location.replace('#files')
  }

  override render(): TemplateResult {
    const account = this.#account.value
    return html`<h1 tabindex="-1">${text.title}</h1>
      ${this.#intro()} ${failure(this.#account.problem)}
      ${account === undefined ? waiting(text.looking) : this.#step(account)}`
  }

  #intro(): TemplateResult {
    if (this.code === undefined) {
      return html`<p class="lead">${text.lead}</p>`
    }
    if (this.preview === undefined) return html``
    if (this.preview === null) {
      return html`<div class="notice bad" role="alert">
        ${icon('warning')}
        <p>${explainCode('BAD_REQUEST', 'join')}</p>
      </div>`
    }
    return html`<section class="card invited">
      <span class="mark" aria-hidden="true">${icon('cup')}</span>
      <div>
        <p class="quiet">${text.invited}</p>
        <p class="cafe-name"><bdi>${plainName(this.preview.name)}</bdi></p>
        <p class="quiet small">${text.id} <code title=${this.preview.cafe}>${short(this.preview.cafe)}</code></p>
      </div>
    </section>`
  }

  #step(account: AccountStatus | null): TemplateResult {
    if (account === null) {
      return html`${this.preview ? this.#sees() : nothing}<cafe-account .cafe=${this.cafe} @restored=${this.#restored}></cafe-account>`
    }
    const { code, preview } = this
    const joined = this.#cafes.value ?? []
    return html`${code !== undefined && preview ? this.#ready(code, preview, joined) : this.#paste()}
      ${joined.length === 0 ? nothing : html`<cafe-cafes .cafe=${this.cafe}></cafe-cafes>`}`
  }

  #ready(code: string, preview: InvitePreview, joined: readonly Session[]): TemplateResult {
    const { running, problem } = this.#join
    const state = joined.find((session) => session.cafe === preview.cafe)?.state
    if (!running && state === 'waiting') {
      return html`<div class="notice">
          ${icon('people')}
          <p>${text.asked}</p>
        </div>`
    }
    if (!running && state === 'active') {
      return html`<div class="notice good">
          ${icon('check')}
          <p>${text.joined}</p>
        </div>
        <p><a class="button loud" href="#files">${text.keepFile}</a></p>`
    }
    const join = () => void this.#join.run(code)
    return html`<div class="stack narrow">
      ${this.#sees()}
      <cafe-network .near=${preview.near}></cafe-network>
      ${preview.token ? nothing : this.#greeting()} ${problem?.after === undefined || running ? failure(problem) : paused(problem.text)}
      <button type="button" class="button loud big" aria-busy=${running ? 'true' : 'false'} @click=${join}>
        ${running ? text.joining : preview.token ? text.join : text.ask}
      </button>
    </div>`
  }

  #sees(): TemplateResult {
    return html`<p>${text.sees}</p>`
  }

  #greeting(): TemplateResult {
    return html`<label class="field">
        <span>${text.who} <small>${text.whoHint}</small></span>
        <input name="greeting" type="text" maxlength=${MAX_NOTICE} autocomplete="off" placeholder=${text.whoExample} />
      </label>
      <p class="quiet small">${text.hostAsked}</p>`
  }

  #paste(): TemplateResult {
    return html`<form class="card stack narrow" novalidate @submit=${this.#submit}>
      <label class="field">
        <span>${text.link}</span>
        <input
          name="invite"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-invalid=${this.wrong ? 'true' : nothing}
          aria-describedby="invite-help"
        />
      </label>
      <p id="invite-help" class=${this.wrong ? 'field-error' : 'quiet small'} role=${this.wrong ? 'alert' : nothing}>
        ${this.wrong ? text.wrong : text.paste}
      </p>
      <button class="button loud big">${text.goOn}</button>
      <cafe-scan .what=${text.theInvite} @cafe-scan=${(event: ScanEvent) => this.#take(event.text)}></cafe-scan>
      <p class="quiet small">
        ${text.noInternet((words) => html`<a href="#pair">${words}</a>`)}
      </p>
    </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    this.#take(String(new FormData(event.currentTarget).get('invite') ?? ''))
  }

  #take(text: string): void {
    const code = readJoin(text)
    this.wrong = code === undefined
    if (code !== undefined) location.replace(`#join=${code}`)
    else this.querySelector('input')?.focus()
  }

  async #read(code: string): Promise<void> {
    const { previewInvite } = await import('../connect.ts')
    // Whatever is wrong with an invite, the person needs another one.
    const preview = await previewInvite(code).catch(() => null)
    if (this.code === code) this.preview = preview
  }
}
/** Not a failure: the person need do nothing but wait. */
const paused = (why: string): TemplateResult => html`<div class="notice part" role="status">
  ${icon('clock')}
  <div class="grow">
    <p>${why}</p>
    <p class="small">${text.triesAgain}</p>
  </div>
</div>`

customElements.define('cafe-join', CafeJoin)
