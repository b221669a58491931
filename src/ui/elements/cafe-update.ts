/**
 * `<cafe-update>`: a bar that says when there is a newer version of the app, and takes it when the person wants it and
 * nothing is on its way. A tab that another one has taken along is asked to reload: its own code is the old one.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { takeUpdate, type Update, watchUpdates } from '../service-worker.ts'
import { frame as english } from '../texts/en/frame.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('frame', english)

export class CafeUpdate extends Plain {
  static override properties = {
    ...{ busy: { type: Boolean }, news: { state: true }, taking: { state: true }, streams: { state: true } },
  }
  /** Something of this page is on its way that a reload would cut off. */
  declare busy: boolean
  declare news: Update | undefined
  /** The person has said yes. */
  declare taking: boolean
  /** Transfers that are waited for. */
  declare streams: number
  #watching: AbortController | undefined
  #free: (() => void) | undefined

  constructor() {
    super()
    this.busy = false
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
                ${this.news === 'ready' ? text.updateNow : text.reload}
              </button>
              <button type="button" class="button small" @click=${this.#later}>${text.later}</button>`
      }
    </div>`
  }

  protected override updated(): void {
    if (!this.busy) this.#free?.()
  }

  #text(): string {
    if (this.taking && this.busy) return text.afterUploads
    if (this.streams > 0) return text.afterTransfers(this.streams)
    if (this.taking) return text.updating
    return this.news === 'ready' ? text.newVersion : text.updatedElsewhere
  }

  async #take(): Promise<void> {
    this.taking = true
    if (this.busy) {
      await new Promise<void>((resolve) => {
        this.#free = resolve
      })
    }
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
