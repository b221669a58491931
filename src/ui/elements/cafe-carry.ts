/**
 * `<cafe-carry>`: the whole cafe of this browser elsewhere, or one from elsewhere here. Where a cafe is open: save it to a
 * file, or move it by the code of another device. Where none is: take one from a file, or show a code.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { CarryProgress, CarryStatus } from '../../worker/carry-api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { bytes, plainName, short } from '../format.ts'
import { saveAs } from '../object-url.ts'
import { failure, Plain } from './parts.ts'

/** Characters of a passphrase, as the worker demands. */
const MIN_PASSPHRASE = 8

export class CafeCarry extends Plain {
  static override properties = {
    cafe: { attribute: false },
    hosts: { type: Boolean },
    code: { state: true },
    progress: { state: true },
    done: { state: true },
  }
  declare cafe: CafeConsole
  /** A cafe is open here. */
  declare hosts: boolean
  declare code: string | undefined
  declare progress: CarryProgress | undefined
  /** What went well, in words. */
  declare done: string | undefined
  readonly #status = new Live<CarryStatus>(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.carried(),
  )
  readonly #work = new Action<(signal: AbortSignal) => Promise<string>>(this, 'carry', async (work, signal) => {
    this.done = undefined
    try {
      this.done = await work(signal)
    } finally {
      this.progress = undefined
    }
  })

  override render(): TemplateResult {
    const { running, problem } = this.#work
    return html`${this.#moved()} ${this.hosts ? this.#away() : this.#here()}
      ${running ? this.#running() : nothing}
      ${this.done === undefined ? nothing : html`<p role="status">${this.done}</p>`} ${failure(problem)}`
  }

  #moved(): TemplateResult | typeof nothing {
    const { departure, arrival } = this.#status.value ?? {}
    if (arrival) {
      return html`<p role="status">
        <bdi>${plainName(arrival.name)}</bdi> has come, and begins as soon as its old place says so. Keep this page open.
      </p>`
    }
    if (!departure) return nothing
    return html`<p role="status">
      <bdi>${plainName(departure.name)}</bdi> has moved to <code title=${departure.to}>${short(departure.to)}</code>.
      ${departure.told ? nothing : 'Keep this page open until its new place has heard of it.'}
    </p>`
  }

  #away(): TemplateResult {
    return html`<form class="stack" @submit=${this.#export}>
        <p class="quiet">
          A file with all that your cafe keeps and knows. Whoever has it and its passphrase can become your cafe.
        </p>
        ${passphrase('new-password')}
        <button class="button">Save to a file</button>
      </form>
      <form class="stack" @submit=${this.#move}>
        <p class="quiet">
          Your cafe can go on at another device. Have it show a code there. It closes here, and people find it at its new
          place by themselves.
        </p>
        <label class="field"><span>Code of the other device</span>
          <input name="code" type="text" required autocomplete="off" spellcheck="false" /></label>
        <button class="button">Move the cafe there</button>
      </form>`
  }

  #here(): TemplateResult {
    return html`<form class="stack" @submit=${this.#import}>
        <label class="field"><span>File of a cafe</span><input name="file" type="file" accept=".car" required /></label>
        ${passphrase('current-password')}
        <button class="button">Open the cafe of this file here</button>
      </form>
      <div class="stack">
        <p class="quiet">Or move a cafe here: show a code, and enter it on the device where the cafe is now.</p>
        ${
          this.code === undefined
            ? html`<button type="button" class="button" @click=${this.#receive}>Show a code</button>`
            : html`<p><code class="wrap">${this.code}</code>
                <wa-copy-button .value=${this.code} copy-label="Copy the code" success-label="Copied"></wa-copy-button></p>`
        }
      </div>`
  }

  #running(): TemplateResult {
    const { phase, bytes: so = 0, of } = this.progress ?? {}
    const text = phase !== 'blocks' ? 'Getting ready…' : `${bytes(so)}${of === undefined ? '' : ` of ${bytes(of)}`}`
    return html`<p class="row between" role="status">
      ${text}<button type="button" class="button small" @click=${() => this.#work.abort()}>Stop</button>
    </p>`
  }

  readonly #onProgress = (progress: CarryProgress): void => {
    this.progress = progress
  }

  #run(event: Event, work: (form: FormData, signal: AbortSignal) => Promise<string>): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    void this.#work.run((signal) => work(form, signal))
  }

  #export(event: Event): void {
    const { onProgress } = { onProgress: this.#onProgress }
    this.#run(event, async (form, signal) => {
      const { file, absent } = await this.cafe.host.export({
        passphrase: textOf(form, 'passphrase'),
        onProgress,
        signal,
      })
      if (file) saveAs(file, 'cafe.car')
      return absent === 0 ? 'Saved.' : 'Saved, but for blocks that were lost here; their owners will be asked for them.'
    })
  }

  #move(event: Event): void {
    this.#run(event, async (form, signal) => {
      const onProgress = this.#onProgress
      const { told } = await this.cafe.host.move(textOf(form, 'code'), { onProgress, signal })
      return told
        ? 'Your cafe has moved.'
        : 'Your cafe has moved. Keep this page open until its new place has heard of it.'
    })
  }

  #import(event: Event): void {
    this.#run(event, async (form, signal) => {
      const file = form.get('file')
      if (!(file instanceof File)) return ''
      const options = { passphrase: textOf(form, 'passphrase'), onProgress: this.#onProgress, signal }
      const { name } = await this.cafe.host.import(file, options)
      return `${plainName(name)} is here now, and opens in a moment.`
    })
  }

  #receive(): void {
    void this.#work.run(async () => {
      this.code = (await this.cafe.host.receive()).code
      return ''
    })
  }
}

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '')

const passphrase = (kind: 'new-password' | 'current-password'): TemplateResult => html`<label class="field">
  <span>Passphrase</span>
  <input name="passphrase" type="password" required minlength=${MIN_PASSPHRASE} autocomplete=${kind} />
</label>`

customElements.define('cafe-carry', CafeCarry)
