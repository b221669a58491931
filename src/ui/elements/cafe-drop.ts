/** `<cafe-drop>`: a place to drop files, which is also a button that picks them. Fires {@link FilesEvent}. */
import { html, nothing, type TemplateResult } from 'lit'
import { droppedFiles, hasFiles } from './drop-files.ts'
import { icon, Plain } from './parts.ts'

/** The files that were dropped or picked; never empty. */
export class FilesEvent extends Event {
  readonly files: readonly File[]
  constructor(files: readonly File[]) {
    super('cafe-drop-files')
    this.files = files
  }
}

export class CafeDrop extends Plain {
  static override properties = { over: { state: true }, folder: { state: true } }
  declare over: boolean
  /** A folder was among what was dropped. */
  declare folder: boolean

  override render(): TemplateResult {
    return html`<div
      class="drop ${this.over ? 'over' : ''}"
      @dragover=${this.#dragOver}
      @dragleave=${this.#dragLeave}
      @drop=${this.#drop}
    >
      <span class="mark" aria-hidden="true">${icon('upload')}</span>
      <p class="drop-text">Drop files here</p>
      <button type="button" class="button loud" @click=${this.#pick}>Choose files</button>
      <input type="file" multiple hidden aria-label="Files to keep" @change=${this.#picked} />
      <p class="quiet small">Each file gets its own key, on this device. Only people with the link can read it.</p>
      ${
        this.folder
          ? html`<p class="field-error" role="alert">A folder cannot be kept as one thing. Drop the files inside it.</p>`
          : nothing
      }
    </div>`
  }

  #dragOver(event: DragEvent): void {
    if (!hasFiles(event)) return
    event.preventDefault()
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
    this.over = true
  }

  #dragLeave(event: DragEvent): void {
    // Moving over the children of the place is not leaving it.
    if (event.relatedTarget instanceof Node && this.contains(event.relatedTarget)) return
    this.over = false
  }

  #drop(event: DragEvent): void {
    event.preventDefault()
    this.over = false
    const { files, folder } = droppedFiles(event)
    this.folder = folder
    this.#give(files)
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
    if (files.length > 0) this.dispatchEvent(new FilesEvent(files))
  }
}
customElements.define('cafe-drop', CafeDrop)
