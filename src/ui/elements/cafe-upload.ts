/** `<cafe-upload>`: one file on its way: a progress bar with words, or why it failed. Fires `cancel` and `again`. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Upload } from '../controllers/uploads.ts'
import { plainName, share, step } from '../format.ts'
import { files as english } from '../texts/en/files.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('files', english)

export class CafeUpload extends Plain {
  static override properties = { item: { attribute: false } }
  declare item: Upload

  override render(): TemplateResult {
    const { item } = this
    const name = plainName(item.name, 255)
    const failed = item.state === 'failed'
    return html`<span class="mark small ${failed ? 'bad' : ''}" aria-hidden="true">${icon(failed ? 'warning' : 'upload')}</span>
      <div class="grow">
        <p class="title"><bdi>${name}</bdi></p>
        ${failed ? html`<p class="field-error">${item.problem?.text}</p>` : this.#progress(name)}
      </div>
      <div class=${failed ? 'actions' : nothing}>
        ${
          failed
            ? html`<button
                type="button"
                class="button small"
                aria-label=${text.againUpload(name)}
                @click=${() => this.#tell('again')}
              >
                ${text.again}
              </button>`
            : nothing
        }
        <button
          type="button"
          class="button icon-only"
          aria-label=${failed ? text.dismissUpload(name) : text.stopUpload(name)}
          @click=${() => this.#tell('cancel')}
        >
          ${icon('xmark')}
        </button>
      </div>`
  }

  #progress(name: string): TemplateResult {
    const { progress, size, state } = this.item
    const percent = progress === undefined ? 0 : Math.round(100 * share(progress, size))
    return html`<p class="quiet small tabular between">
        ${state === 'waiting' ? text.waiting : step(progress, size)}<span>${percent}%</span>
      </p>
      <wa-progress-bar
        .value=${percent}
        label=${text.keeping(name)}
        ?indeterminate=${state === 'running' && progress === undefined}
      ></wa-progress-bar>`
  }

  #tell(what: 'again' | 'cancel'): void {
    this.dispatchEvent(new Event(what))
  }
}
customElements.define('cafe-upload', CafeUpload)
