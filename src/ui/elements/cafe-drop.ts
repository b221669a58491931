/**
 * `<cafe-drop>`: a place to drop files, which is also a button that picks them; files can be pasted while it is shown. Fires
 * {@link FilesEvent}.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { files as english } from '../texts/en/files.ts'
import { spoken } from '../texts/say.ts'
import { acceptDrag, droppedFiles, hasLeft } from './drop-files.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('files', english)

/** The files that were dropped or picked; never empty. */
export class FilesEvent extends Event {
  readonly files: readonly File[]
  /** Not to be encrypted: the person has said so. */
  readonly plaintext: boolean
  constructor(files: readonly File[], plaintext = false) {
    super('cafe-drop-files')
    this.files = files
    this.plaintext = plaintext
  }
}

export class CafeDrop extends Plain {
  static override properties = { over: { state: true }, folder: { state: true }, plaintext: { state: true } }
  declare over: boolean
  /** A folder was among what was dropped. */
  declare folder: boolean
  /** What is given next is public. */
  declare plaintext: boolean
  readonly #pasted = (event: ClipboardEvent): void => this.#paste(event)

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('paste', this.#pasted)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('paste', this.#pasted)
  }

  override render(): TemplateResult {
    return html`<div
      class="drop ${this.over ? 'over' : ''}"
      @dragover=${this.#dragOver}
      @dragleave=${this.#dragLeave}
      @drop=${this.#drop}
    >
      <span class="mark" aria-hidden="true">${icon('upload')}</span>
      <p class="drop-text">${text.drop}</p>
      <button type="button" class="button loud" @click=${this.#pick}>${text.choose}</button>
      <input type="file" multiple hidden aria-label=${text.chooseLabel} @change=${this.#picked} />
      ${
        this.plaintext
          ? html`<p class="field-error" role="alert">${text.isPublic}</p>`
          : html`<p class="quiet small">${text.isPrivate}</p>`
      }
      <label class="check small">
        <input type="checkbox" .checked=${this.plaintext ?? false} @change=${this.#choose} />
        <span>${text.public}</span>
      </label>
      ${this.folder ? html`<p class="field-error" role="alert">${text.folder}</p>` : nothing}
    </div>`
  }

  #dragOver(event: DragEvent): void {
    if (acceptDrag(event)) this.over = true
  }

  #dragLeave(event: DragEvent): void {
    if (hasLeft(event, this)) this.over = false
  }

  #drop(event: DragEvent): void {
    event.preventDefault()
    this.over = false
    const { files, folder } = droppedFiles(event)
    this.folder = folder
    this.#give(files)
  }

  /** Files only: text that is pasted somewhere else is none of ours. */
  #paste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    this.folder = false
    this.#give(files)
  }

  #choose(event: Event): void {
    this.plaintext = event.target instanceof HTMLInputElement && event.target.checked
  }

  #pick(): void {
    this.querySelector('input')?.click()
  }

  #picked(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return
    const files = [...(event.target.files ?? [])]
    this.folder = false
    // The same file may be picked again.
    event.target.value = ''
    this.#give(files)
  }

  #give(files: readonly File[]): void {
    if (files.length === 0) return
    this.dispatchEvent(new FilesEvent(files, this.plaintext ?? false))
    // The next ones are private again, unless that is said again.
    this.plaintext = false
  }
}
customElements.define('cafe-drop', CafeDrop)
