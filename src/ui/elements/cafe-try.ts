/**
 * `<cafe-try>`: see what the gateway does with links: with one that somebody has, with a file of theirs that is encrypted
 * here and given to nobody, and with a sample in Textile's old form.
 */
import '../viewer.css'
import '../tester.css'
import { html, nothing, type TemplateResult } from 'lit'
import { TRIAL_SIZE } from '../../core/limits.ts'
import type { Trial } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes } from '../format.ts'
import { tester as english } from '../texts/en/tester.ts'
import { spoken } from '../texts/say.ts'
import './cafe-link.ts'
import './cafe-trial.ts'
import { catchFocus, failure, icon, Plain } from './parts.ts'

const text = spoken('tester', english)

export class CafeTry extends Plain {
  static override properties = {
    cafe: { attribute: false },
    trials: { state: true },
    tooLarge: { state: true },
    removed: { state: true },
  }
  declare cafe: CafeConsole
  declare trials: readonly Trial[]
  declare tooLarge: boolean
  declare removed: boolean
  readonly #add = new Action<File>(this, 'pin', async (file, signal) => {
    await this.cafe.trials.add(file, { signal })
    await this.#list()
  })
  readonly #sample = new Action<void>(this, 'pin', async () => {
    await this.cafe.trials.sample()
    await this.#list()
  })
  readonly #remove = new Action<string>(this, 'remove', async (cid) => {
    await this.cafe.trials.remove(cid)
    await this.#list()
    this.removed = true
    await this.updateComplete
    catchFocus(this)
  })
  readonly #look = new Action<void>(this, 'link', () => this.#list())

  constructor() {
    super()
    this.trials = []
    this.tooLarge = false
    this.removed = false
  }

  protected override firstUpdated(): void {
    void this.#look.run()
  }

  override render(): TemplateResult {
    return html`<h1 tabindex="-1">${text.title}</h1>
      <p class="lead">${text.lead}</p>
      <section class="card" aria-labelledby="try-link">
        <h2 id="try-link">${text.linkTitle}</h2>
        <p>${text.linkText}</p>
        <cafe-link></cafe-link>
      </section>
      <section class="card stack" aria-labelledby="try-file">
        <h2 id="try-file">${text.fileTitle}</h2>
        <p>${text.fileText(bytes(TRIAL_SIZE))}</p>
        <div class="row">
          <button type="button" class="button" aria-busy=${this.#add.running ? 'true' : 'false'} @click=${this.#choose}>
            ${icon('lock')}${text.choose}
          </button>
          <input type="file" hidden aria-label=${text.file} @change=${this.#chosen} />
        </div>
        ${this.tooLarge ? html`<p class="field-error" role="alert">${text.tooLarge(bytes(TRIAL_SIZE))}</p>` : nothing}
        ${failure(this.#add.problem)} ${this.#trial('file')}
      </section>
      <section class="card stack" aria-labelledby="try-sample">
        <h2 id="try-sample">${text.sampleTitle}</h2>
        <p>${text.sampleText}</p>
        <div class="row">
          <button type="button" class="button" aria-busy=${this.#sample.running ? 'true' : 'false'} @click=${this.#make}>
            ${icon('cup')}${text.makeSample}
          </button>
        </div>
        ${failure(this.#sample.problem)} ${this.#trial('sample')}
      </section>
      ${failure(this.#remove.problem)} ${failure(this.#look.problem, () => void this.#look.run())}
      <p role="status" class="small">${this.removed ? text.removed : nothing}</p>`
  }

  #trial(kind: Trial['kind']): TemplateResult | typeof nothing {
    const trial = this.trials.find((one) => one.kind === kind)
    if (trial === undefined) return nothing
    return html`<cafe-trial
      .cafe=${this.cafe}
      .trial=${trial}
      .busy=${this.#remove.running}
      @remove=${() => this.#remove.run(trial.cid)}
    ></cafe-trial>`
  }

  #choose(): void {
    this.querySelector<HTMLInputElement>('input[type=file]')?.click()
  }

  #chosen({ target }: Event): void {
    if (!(target instanceof HTMLInputElement)) return
    const [file] = target.files ?? []
    target.value = ''
    this.removed = false
    this.tooLarge = file !== undefined && file.size > TRIAL_SIZE
    if (file && !this.tooLarge) void this.#add.run(file)
  }

  #make(): void {
    this.removed = false
    void this.#sample.run()
  }

  async #list(): Promise<void> {
    this.trials = await this.cafe.trials.list()
  }
}
customElements.define('cafe-try', CafeTry)
