/** `<cafe-parcel>`: files on their way into a post: a progress bar with words, or why they failed. Fires `cancel` and `again`. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Parcel } from '../controllers/sending.ts'
import { bytes, plainName } from '../format.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { posts as postsEnglish } from '../texts/en/posts.ts'
import { units as unitsEnglish } from '../texts/en/units.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('posts', postsEnglish)
const units = spoken('units', unitsEnglish)

export class CafeParcel extends Plain {
  static override properties = { parcel: { attribute: false } }
  declare parcel: Parcel

  override render(): TemplateResult {
    const { names, state, problem } = this.parcel
    const name = names.length === 1 ? plainName(names[0] ?? '', 255) : units.files(names.length)
    const failed = state === 'failed'
    return html`<span class="mark small ${failed ? 'bad' : ''}" aria-hidden="true">${icon(failed ? 'warning' : 'upload')}</span>
      <div class="grow">
        <p class="title"><bdi>${name}</bdi></p>
        ${failed ? html`<p class="field-error" role="alert">${problem?.text}</p>` : this.#progress(name)}
      </div>
      <div class=${failed ? 'actions' : nothing}>
        ${
          failed
            ? html`<button type="button" class="button small" aria-label=${text.againLabel(name)} @click=${() => this.#tell('again')}>
                ${common.again}
              </button>`
            : nothing
        }
        <button
          type="button"
          class="button icon-only"
          aria-label=${failed ? text.dismissLabel(name) : text.stopLabel(name)}
          @click=${() => this.#tell('cancel')}
        >
          ${icon('xmark')}
        </button>
      </div>`
  }

  #progress(name: string): TemplateResult {
    const { progress, size, state } = this.parcel
    const total = Math.max(progress?.total ?? size, 1)
    const percent = Math.round(100 * Math.min(1, (progress?.done ?? 0) / total))
    const words =
      state === 'waiting' ? text.waiting : text.encrypting(bytes(progress?.done ?? 0), bytes(progress?.total ?? size))
    return html`<p class="quiet small tabular between">${words}<span>${percent}%</span></p>
      <wa-progress-bar
        .value=${percent}
        label=${text.postingFiles(name)}
        ?indeterminate=${state === 'running' && progress === undefined}
      ></wa-progress-bar>`
  }

  #tell(what: 'again' | 'cancel'): void {
    this.dispatchEvent(new Event(what))
  }
}
customElements.define('cafe-parcel', CafeParcel)
