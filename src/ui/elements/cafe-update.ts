/**
 * `<cafe-update>`: a bar that says when there is a newer version of the app, and takes it when the person wants it and
 * nothing is on its way. A tab that another one has taken along is asked to reload: its own code is the old one.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { count } from '../format.ts'
import { takeUpdate, type Update, watchUpdates } from '../service-worker.ts'
import { icon, Plain } from './parts.ts'

export class CafeUpdate extends Plain {
  static override properties = { news: { state: true }, taking: { state: true }, streams: { state: true } }
  declare news: Update | undefined
  /** The person has said yes. */
  declare taking: boolean
  /** Transfers that are waited for. */
  declare streams: number
  #watching: AbortController | undefined

  constructor() {
    super()
    this.taking = false
    this.streams = 0
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#watching = new AbortController()
    const tell = (update: Update): void => {
      this.news = update
    }
    // Where there is no service worker there are no versions of it.
    watchUpdates(tell, { signal: this.#watching.signal }).catch(() => undefined)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#watching?.abort()
  }

  override render(): TemplateResult | typeof nothing {
    if (this.news === undefined) return nothing
    return html`<div class="update" role="status">
      ${icon('again')}
      <p>${this.#text()}</p>
      ${
        this.taking
          ? html`<span class="dots" aria-hidden="true"></span>`
          : html`<button type="button" class="button small loud" @click=${this.#take}>
                ${this.news === 'ready' ? 'Update now' : 'Reload'}
              </button>
              <button type="button" class="button small" @click=${this.#later}>Later</button>`
      }
    </div>`
  }

  #text(): string {
    if (this.streams > 0) return `The update follows when ${count(this.streams, 'transfer')} through this app ended.`
    if (this.taking) return 'Updating…'
    return this.news === 'ready'
      ? 'A new version of Popup Cafe is ready. Your cafe and your files stay as they are.'
      : 'Popup Cafe was updated in another tab. Reload to use the new version here.'
  }

  async #take(): Promise<void> {
    this.taking = true
    if (this.news === 'ready') {
      await takeUpdate((streams) => {
        this.streams = streams
      })
    }
    location.reload()
  }

  #later(): void {
    this.news = undefined
  }
}
customElements.define('cafe-update', CafeUpdate)
