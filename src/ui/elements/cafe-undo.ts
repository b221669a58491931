/**
 * `<cafe-undo>`: says what has just gone, and gives it back to who wants that: by its button, or by Ctrl+Z (⌘Z) where no
 * text is written. It waits while the pointer or the focus is on it. All elements below the document ask it for the undo.
 */
import { html, type TemplateResult } from 'lit'
import { Undo, type UndoAskEvent } from '../controllers/undo.ts'
import { BACK } from '../shortcuts.ts'
import { common as english } from '../texts/en/common.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, failure, icon, Plain } from './parts.ts'

const common = spoken('common', english)

export class CafeUndo extends Plain {
  readonly #undo = new Undo()
  readonly #changed = () => this.requestUpdate()
  readonly #asked = (event: Event) => {
    ;(event as UndoAskEvent).undo = this.#undo
  }
  readonly #typed = (event: KeyboardEvent) => this.#type(event)

  override connectedCallback(): void {
    super.connectedCallback()
    this.#undo.addEventListener('change', this.#changed)
    document.addEventListener('cafe-undo-ask', this.#asked)
    document.addEventListener('keydown', this.#typed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#undo.removeEventListener('change', this.#changed)
    document.removeEventListener('cafe-undo-ask', this.#asked)
    document.removeEventListener('keydown', this.#typed)
  }

  override render(): TemplateResult {
    const { waiting, problem } = this.#undo
    return html`<div
      class="undo ${waiting || problem ? '' : 'away'}"
      @pointerenter=${() => this.#undo.hold(true)}
      @pointerleave=${() => this.#undo.hold(this.#hasFocus())}
      @focusin=${() => this.#undo.hold(true)}
      @focusout=${() => this.#undo.hold(false)}
    >
      <p role="status">${waiting?.text ?? ''}</p>
      ${
        waiting
          ? html`<button type="button" class="button small" aria-keyshortcuts="Control+Z Meta+Z" @click=${this.#back}>
              ${common.undo}
            </button>
            <button type="button" class="button icon-only" aria-label=${common.close} @click=${this.#close}>
              ${icon('xmark')}
            </button>`
          : ''
      }
      ${failure(problem)}
      ${
        problem
          ? html`<button type="button" class="button small" @click=${() => this.#undo.clear()}>${common.close}</button>`
          : ''
      }
    </div>`
  }

  protected override updated(): void {
    // Buttons that are gone do not say that the focus has left them.
    if (this.#undo.waiting === undefined) this.#undo.hold(false)
  }

  #hasFocus(): boolean {
    return this.contains(document.activeElement)
  }

  #back(): void {
    this.#undo.undo()
    this.#leave()
  }

  #close(): void {
    void this.#undo.finish()
    this.#leave()
  }

  /** The button that had the focus is gone. */
  #leave(): void {
    const main = document.querySelector('main')
    if (main) void this.updateComplete.then(() => catchFocus(main))
  }

  #type(event: KeyboardEvent): void {
    const { key, target, ctrlKey, metaKey, shiftKey } = event
    if (key.toLowerCase() !== BACK || !(ctrlKey || metaKey) || shiftKey || this.#undo.waiting === undefined) return
    if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]')) return
    event.preventDefault()
    this.#undo.undo()
  }
}
customElements.define('cafe-undo', CafeUndo)
