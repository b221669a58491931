/**
 * `<cafe-words>`: the words of a new account, shown once. They leave the page when the person says that they are
 * written down, and the clipboard a minute after they were copied (security.md J4).
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, type TemplateResult } from 'lit'
import { icon, Plain } from './parts.ts'

/** Milliseconds the words may stay in the clipboard: enough to paste them into a password manager. */
const CLIPBOARD_TIME = 60_000

/** Carries the words of a new account to the frame, which shows them whatever the route says. */
export class WordsEvent extends Event {
  readonly words: string
  constructor(words: string) {
    super('account-words', { bubbles: true })
    this.words = words
  }
}

export class CafeWords extends Plain {
  static override properties = { words: { attribute: false } }
  declare words: string

  override firstUpdated(): void {
    this.querySelector('h1')?.focus()
  }

  override render(): TemplateResult {
    const words = this.words.split(' ')
    return html`<h1 tabindex="-1">Write these words down</h1>
      <p class="lead">
        They are your account. With them you get everything back on any device; without them nobody can, not even us. They are
        shown only now.
      </p>
      <section class="card stack narrow">
        <ol class="words notranslate" translate="no" aria-label="The words of your account, in order">
          ${words.map((word) => html`<li>${word}</li>`)}
        </ol>
        <div class="row">
          <wa-copy-button .value=${this.words} copy-label="Copy" success-label="Copied" tooltip="copy" @wa-copy=${wipeLater}>
            <button type="button" class="button">${icon('copy')}Copy</button>
          </wa-copy-button>
          <button type="button" class="button loud" @click=${this.#noted}>I wrote them down</button>
        </div>
        <p class="quiet small">Paper or a password manager is best. If you copy them, the clipboard is emptied after a minute.</p>
      </section>`
  }

  #noted(): void {
    this.dispatchEvent(new Event('noted'))
  }
}

/** Empties the clipboard in a minute, or as soon after as the page has the focus, which browsers ask for. */
function wipeLater(): void {
  setTimeout(() => {
    const wipe = () => void navigator.clipboard.writeText('').catch(() => undefined)
    if (document.hasFocus()) wipe()
    else addEventListener('focus', wipe, { once: true })
  }, CLIPBOARD_TIME)
}
customElements.define('cafe-words', CafeWords)
