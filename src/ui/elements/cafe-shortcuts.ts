/** `<cafe-shortcuts>`: does what the shortcuts of the keyboard say, wherever nobody types, and shows which there are. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, type TemplateResult } from 'lit'
import { areShortcutsOn, BACK, GO, Keys, LEAD } from '../shortcuts.ts'
import { keys as english } from '../texts/en/keys.ts'
import { spoken } from '../texts/say.ts'
import { Plain } from './parts.ts'

const text = spoken('keys', english)

/** Where keys are letters, or belong to what has the focus. */
const TAKEN = 'input, textarea, select, [contenteditable], wa-dialog[open], dialog[open], audio, video, iframe'

export class CafeShortcuts extends Plain {
  static override properties = { open: { state: true } }
  declare open: boolean
  readonly #keys = new Keys()
  readonly #pressed = (event: KeyboardEvent) => this.#press(event)

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('keydown', this.#pressed)
    addEventListener('hashchange', this.#moved)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('keydown', this.#pressed)
    removeEventListener('hashchange', this.#moved)
  }

  override render(): TemplateResult {
    return html`<wa-dialog label=${text.title} ?open=${this.open ?? false} light-dismiss @wa-after-hide=${this.#left}>
      <dl class="keys">
        ${Object.entries(GO).map(([key, view]) => line(html`<kbd>${LEAD}</kbd> <kbd>${key}</kbd>`, text[view]))}
        ${line(html`<kbd>${text.pageDown}</kbd> <kbd>${text.pageUp}</kbd>`, text.posts)}
        ${line(html`<kbd>${text.control}</kbd> <kbd>${BACK}</kbd>`, text.undo)} ${line(html`<kbd>?</kbd>`, text.help)}
      </dl>
      <p class="quiet small">${text.off}</p>
    </wa-dialog>`
  }

  #press(event: KeyboardEvent): void {
    const { key, ctrlKey, altKey, metaKey, repeat, isComposing, defaultPrevented } = event
    if (key === 'Shift') return
    if (
      ctrlKey ||
      altKey ||
      metaKey ||
      repeat ||
      isComposing ||
      defaultPrevented ||
      isTaken(event) ||
      !areShortcutsOn()
    ) {
      this.#keys.clear()
      return
    }
    const asked = this.#keys.press(key, event.timeStamp)
    if (asked === undefined) return
    event.preventDefault()
    if (asked === 'help') this.open = true
    else location.hash = asked === 'home' ? '#' : `#${asked}`
  }

  #left(): void {
    this.open = false
  }

  /** Another view was asked for: the browser's own way back is one that leads out of here. */
  readonly #moved = (): void => {
    this.open = false
  }
}

function isTaken(event: KeyboardEvent): boolean {
  if (document.querySelector('wa-dialog[open], dialog[open]')) return true
  return event.composedPath().some((target) => target instanceof Element && target.matches(TAKEN))
}

function line(keys: TemplateResult, does: string): TemplateResult {
  return html`<div><dt>${keys}</dt><dd>${does}</dd></div>`
}
customElements.define('cafe-shortcuts', CafeShortcuts)
