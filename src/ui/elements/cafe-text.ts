/** `<cafe-text>`: the text of a file, a part at a time, as text and never as anything else. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { KiB } from '../../core/limits.ts'
import { Action } from '../controllers/action.ts'
import { bytes } from '../format.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { responseError } from '../viewer/failed.ts'
import { failure, Plain, waiting } from './parts.ts'

const words = spoken('posts', english)

/** Bytes shown at a time: more than anybody reads at once, and quick to lay out. */
const PART = 128 * KiB
/** Bytes shown in all: beyond that browsers get slow, and an editor is the right place. */
const MOST = 16 * PART

export class CafeText extends Plain {
  static override properties = { link: {}, size: { attribute: false }, text: { state: true }, shown: { state: true } }
  declare link: string
  declare size: number
  declare text: string
  /** Bytes read so far. */
  declare shown: number
  #decoder = new TextDecoder()
  readonly #read = new Action<void>(this, 'link', async (_, signal) => {
    const { link, shown } = this
    if (shown >= this.size) return
    const end = Math.min(this.size, shown + PART)
    const response = await fetch(link, { headers: { Range: `bytes=${shown}-${end - 1}` }, signal })
    if (response.status !== 206) throw await responseError(response)
    const part = await response.arrayBuffer()
    signal.throwIfAborted()
    this.text += this.#decoder.decode(part, { stream: end < this.size })
    this.shown = shown + part.byteLength
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('link')) return
    this.#read.abort()
    this.#decoder = new TextDecoder()
    this.text = ''
    this.shown = 0
    void this.#read.run()
  }

  override render(): TemplateResult {
    const { text, shown, size } = this
    if (size === 0) return html`<p class="quiet">${words.emptyFile}</p>`
    const more = (): void => void this.#read.run()
    return html`${failure(this.#read.problem, more)}
      ${shown === 0 ? (this.#read.running ? waiting(words.reading) : nothing) : html`<pre class="card text" tabindex="0" dir="auto">${text}</pre>`}
      ${
        shown === 0 || shown >= size
          ? nothing
          : html`<div class="row">
              <span class="quiet small">${words.first(bytes(shown), bytes(size))}</span>
              ${shown < MOST ? html`<button type="button" class="button small" @click=${more}>${words.showMore}</button>` : nothing}
            </div>`
      }`
  }
}
customElements.define('cafe-text', CafeText)
