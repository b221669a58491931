/**
 * `<cafe-compose>`: a post being written: text, and files that are picked, dropped or pasted. What was begun stays when the
 * person looks elsewhere.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { MAX_FILES, MAX_TEXT } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import type { Sending } from '../controllers/sending.ts'
import { bytes, plainName } from '../format.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { acceptDrag, droppedFiles, hasLeft } from './drop-files.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('posts', english)

export class CafeCompose extends Plain {
  static override properties = {
    cafe: { attribute: false },
    thread: { attribute: false },
    sending: { attribute: false },
    files: { state: true },
    over: { state: true },
    problem: { state: true },
    done: { state: true },
  }
  declare cafe: CafeConsole
  declare thread: string
  declare sending: Sending
  declare files: readonly File[]
  declare over: boolean
  /** Why files were not taken, or the text cannot go. */
  declare problem: string
  /** For the live region. */
  declare done: string
  readonly #post = new Action<string>(this, 'post', async (written) => {
    await this.cafe.thread.post(this.thread, written)
    this.#clear()
    this.done = text.posted
  })

  constructor() {
    super()
    this.files = []
    this.problem = ''
    this.done = ''
  }

  protected override updated(changed: PropertyValues): void {
    const area = this.querySelector('textarea')
    if (changed.has('thread') && area) area.value = this.sending.draft(this.thread)
  }

  override render(): TemplateResult {
    const { running, problem } = this.#post
    return html`<form
      class="card compose ${this.over ? 'over' : ''}"
      aria-label=${text.newPost}
      @submit=${this.#submit}
      @keydown=${this.#key}
      @dragover=${this.#dragOver}
      @dragleave=${this.#dragLeave}
      @drop=${this.#drop}
    >
      <label class="field">
        <span class="sr">${text.write}</span>
        <textarea name="text" rows="2" dir="auto" placeholder=${text.write} @input=${this.#typed} @paste=${this.#paste}></textarea>
      </label>
      ${this.#chosen()}
      ${this.problem === '' ? nothing : html`<p class="field-error" role="alert">${this.problem}</p>`} ${failure(problem)}
      <div class="row between">
        <button type="button" class="button small" @click=${this.#pick}>${icon('image')}${text.addFiles}</button>
        <input type="file" multiple hidden aria-label=${text.filesToPost} @change=${this.#picked} />
        <button class="button loud" aria-busy=${running ? 'true' : 'false'}>${icon('send')}${running ? text.posting : text.post}</button>
      </div>
      <p class="sr" role="status">${this.done}</p>
    </form>`
  }

  #chosen(): TemplateResult | typeof nothing {
    if (this.files.length === 0) return nothing
    return html`<ul class="chosen" aria-label=${text.gallery}>
      ${this.files.map(
        (file) => html`<li>
          <bdi class="grow">${plainName(file.name, 255)}</bdi><span class="quiet small">${bytes(file.size)}</span>
          <button
            type="button"
            class="button icon-only"
            aria-label=${text.doNotPost(plainName(file.name, 255))}
            @click=${() => this.#remove(file)}
          >
            ${icon('xmark')}
          </button>
        </li>`,
      )}
    </ul>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const written = this.querySelector('textarea')?.value.trim() ?? ''
    if (new TextEncoder().encode(written).byteLength > MAX_TEXT) {
      this.problem = text.tooLong
      return
    }
    this.problem = ''
    if (this.files.length > 0) {
      this.sending.add(this.thread, this.files, written)
      this.#clear()
    } else if (written !== '') void this.#post.run(written)
    else this.querySelector('textarea')?.focus()
  }

  #clear(): void {
    this.files = []
    this.sending.keep(this.thread, '')
    const area = this.querySelector('textarea')
    if (!area) return
    area.value = ''
    area.focus()
  }

  #typed(event: Event): void {
    if (!(event.target instanceof HTMLTextAreaElement)) return
    this.sending.keep(this.thread, event.target.value)
    this.problem = ''
    this.done = ''
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.querySelector('form')?.requestSubmit()
  }

  #paste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    this.#take(files, false)
  }

  #pick(): void {
    this.querySelector<HTMLInputElement>('input[type=file]')?.click()
  }

  #picked(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return
    const files = [...(event.target.files ?? [])]
    // The same file may be picked again.
    event.target.value = ''
    this.#take(files, false)
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
    this.#take(files, folder)
  }

  #take(files: readonly File[], folder: boolean): void {
    const all = [...this.files, ...files]
    this.files = all.slice(0, MAX_FILES)
    this.problem = folder ? text.noFolder : all.length > MAX_FILES ? text.tooMany(MAX_FILES) : ''
  }

  #remove(gone: File): void {
    this.files = this.files.filter((file) => file !== gone)
    this.querySelector('textarea')?.focus()
  }
}

customElements.define('cafe-compose', CafeCompose)
