/** `<cafe-shared>`: files that another app has shared with this one, until the person says what is to be done. Fires {@link FilesEvent}. */
import { html, nothing, type TemplateResult } from 'lit'
import { forgetShared, listShared } from '../../rpc/shared-files.ts'
import { bytes, plainName } from '../format.ts'
import { SHARED } from '../shared.ts'
import { files as english } from '../texts/en/files.ts'
import { spoken } from '../texts/say.ts'
import { FilesEvent } from './cafe-drop.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('files', english)

export class CafeShared extends Plain {
  static override properties = { held: { type: Boolean }, files: { state: true } }
  /** There is no cafe to keep them at: they wait. */
  declare held: boolean
  declare files: readonly File[]

  readonly #look = () => this.#list()

  constructor() {
    super()
    this.files = []
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener(SHARED, this.#look)
    this.#look()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener(SHARED, this.#look)
  }

  #list(): void {
    listShared(caches).then(
      (files) => {
        this.files = files
      },
      () => {}, // no caches here, so nothing was shared
    )
  }

  override render(): TemplateResult | typeof nothing {
    const { files } = this
    if (files.length === 0) return nothing
    return html`<section class="card" aria-labelledby="shared-heading">
      <h2 id="shared-heading">${text.sharedTitle}</h2>
      <p class="quiet">${this.held ? text.sharedHeld : text.sharedText(files.length)}</p>
      <ul class="rows">
        ${files.map(
          (file) => html`<li>
            <span class="mark small" aria-hidden="true">${icon('file')}</span>
            <div class="grow">
              <p class="title"><bdi>${plainName(file.name, 255)}</bdi></p>
              <p class="quiet small">${bytes(file.size)}</p>
            </div>
          </li>`,
        )}
      </ul>
      <div class="actions">
        ${this.held ? nothing : html`<button type="button" class="button loud" @click=${this.#keep}>${text.keep}</button>`}
        <button type="button" class="button" @click=${this.#discard}>${text.discard}</button>
      </div>
    </section>`
  }

  #keep(): void {
    this.dispatchEvent(new FilesEvent(this.files))
    this.#discard()
  }

  #discard(): void {
    this.files = []
    void forgetShared(caches).catch(() => {}) // they are asked about once more
  }
}
customElements.define('cafe-shared', CafeShared)
