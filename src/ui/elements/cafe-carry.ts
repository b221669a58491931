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
import { carry as english } from '../texts/en/carry.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('carry', english)

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
        ${text.arrival(html`<bdi>${plainName(arrival.name)}</bdi>`)}
      </p>`
    }
    if (!departure) return nothing
    return html`<p role="status">
      ${text.departure(html`<bdi>${plainName(departure.name)}</bdi>`, html`<code title=${departure.to}>${short(departure.to)}</code>`)}
      ${departure.told ? nothing : text.keepOpen}
    </p>`
  }

  #away(): TemplateResult {
    return html`<form class="stack" @submit=${this.#export}>
        <p class="quiet">${text.fileText}</p>
        ${passphrase('new-password')}
        <button class="button">${text.saveFile}</button>
      </form>
      <form class="stack" @submit=${this.#move}>
        <p class="quiet">${text.moveText}</p>
        <label class="field"><span>${text.codeOf}</span>
          <input name="code" type="text" required autocomplete="off" spellcheck="false" /></label>
        <button class="button">${text.moveThere}</button>
      </form>`
  }

  #here(): TemplateResult {
    return html`<form class="stack" @submit=${this.#import}>
        <label class="field"><span>${text.fileOf}</span><input name="file" type="file" accept=".car" required /></label>
        ${passphrase('current-password')}
        <button class="button">${text.openFile}</button>
      </form>
      <div class="stack">
        <p class="quiet">${text.orMove}</p>
        ${
          this.code === undefined
            ? html`<button type="button" class="button" @click=${this.#receive}>${text.showCode}</button>`
            : html`<p><code class="wrap">${this.code}</code>
                <wa-copy-button .value=${this.code} copy-label=${text.copyCode} success-label=${text.copied}></wa-copy-button></p>`
        }
      </div>`
  }

  #running(): TemplateResult {
    const { phase, bytes: so = 0, of } = this.progress ?? {}
    const line = phase !== 'blocks' ? text.ready : of === undefined ? bytes(so) : text.progress(bytes(so), bytes(of))
    return html`<p class="row between" role="status">
      ${line}<button type="button" class="button small" @click=${() => this.#work.abort()}>${text.stop}</button>
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
      return absent === 0 ? text.saved : text.savedBut
    })
  }

  #move(event: Event): void {
    this.#run(event, async (form, signal) => {
      const onProgress = this.#onProgress
      const { told } = await this.cafe.host.move(textOf(form, 'code'), { onProgress, signal })
      return told ? text.moved : text.movedWait
    })
  }

  #import(event: Event): void {
    this.#run(event, async (form, signal) => {
      const file = form.get('file')
      if (!(file instanceof File)) return ''
      const options = { passphrase: textOf(form, 'passphrase'), onProgress: this.#onProgress, signal }
      const { name } = await this.cafe.host.import(file, options)
      return text.isHere(plainName(name))
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
  <span>${text.passphrase}</span>
  <input name="passphrase" type="password" required minlength=${MIN_PASSPHRASE} autocomplete=${kind} />
</label>`

customElements.define('cafe-carry', CafeCarry)
