/** `<cafe-save>`: a button that saves a file, or many as one ZIP, and how far that is. */
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import { type SaveState, Saving, type Wanted } from '../controllers/saving.ts'
import { bytes } from '../format.ts'
import { files as english } from '../texts/en/files.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('files', english)

export class CafeSave extends Plain {
  static override properties = { wanted: { attribute: false } }
  declare wanted: Wanted
  readonly #saving = new Saving(this)

  override render(): TemplateResult {
    const { state, problem, said } = this.#saving
    const empty = this.wanted.kind === 'zip' && this.wanted.items.length === 0
    return html`<button
        type="button"
        class="button loud"
        ?disabled=${state !== undefined || empty}
        @click=${() => this.#saving.save(this.wanted)}
      >
        ${icon('download')}${this.wanted.kind === 'zip' ? text.saveAll : text.save}
      </button>
      ${state === undefined ? nothing : this.#progress(state)}
      ${failure(problem, () => void this.#saving.save(this.wanted))}
      <p class=${said === '' ? 'sr' : 'saved quiet'} role="status">${said}</p>`
  }

  #progress({ done, total, name }: SaveState): TemplateResult {
    const far = total === undefined ? text.saved(bytes(done)) : text.savedOf(bytes(done), bytes(total))
    return html`<div class="saving">
      <wa-progress-bar
        label=${text.saving(name)}
        ?indeterminate=${total === undefined}
        value=${total ? Math.floor((100 * done) / total) : 0}
      ></wa-progress-bar>
      <span class="quiet small tabular">${far}</span>
      <button type="button" class="button small" @click=${() => this.#saving.stop()}>${text.stop}</button>
    </div>`
  }
}
customElements.define('cafe-save', CafeSave)
