/** `<cafe-storage>`: whether the browser keeps what is here for good, what that means, and a button that asks it to. */
import { html, nothing, type TemplateResult } from 'lit'
import { bytes } from '../format.ts'
import { settings as english } from '../texts/en/settings.ts'
import { spoken } from '../texts/say.ts'
import { Plain, waiting } from './parts.ts'

const text = spoken('settings', english)

interface Stored {
  /** Undefined where the browser does not say. */
  readonly persisted: boolean | undefined
  readonly used: number
  readonly quota: number
}

export class CafeStorage extends Plain {
  static override properties = { stored: { state: true }, refused: { state: true } }
  declare stored: Stored | undefined
  declare refused: boolean

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#look()
  }

  override render(): TemplateResult {
    return html`<section class="card stack" aria-labelledby="storage-heading">
      <h2 id="storage-heading">${text.storage}</h2>
      ${this.stored === undefined ? waiting('…') : this.#state(this.stored)}
    </section>`
  }

  #state({ persisted, used, quota }: Stored): TemplateResult {
    const name = persisted === undefined ? text.unknown : persisted ? text.kept : text.evictable
    const about = persisted === undefined ? text.unknownText : persisted ? text.keptText : text.evictableText
    return html`<details ?open=${persisted === false}>
        <summary><span class="tag ${persisted ? 'good' : 'part'}">${name}</span></summary>
        <p>${about}</p>
      </details>
      ${quota > 0 ? html`<p class="quiet small tabular">${text.used(bytes(used), bytes(quota))}</p>` : nothing}
      ${
        persisted === false
          ? html`<div class="row">
              <button type="button" class="button" @click=${this.#ask}>${text.askKeep}</button>
            </div>`
          : nothing
      }
      <p role="status" class="small">${this.refused && !persisted ? text.keepRefused : nothing}</p>`
  }

  async #look(): Promise<void> {
    const { storage } = navigator
    const [persisted, estimate] = await Promise.all([
      storage?.persisted?.().catch(() => undefined),
      storage?.estimate?.().catch(() => undefined),
    ])
    this.stored = { persisted, used: estimate?.usage ?? 0, quota: estimate?.quota ?? 0 }
  }

  async #ask(): Promise<void> {
    this.refused = !(await navigator.storage.persist().catch(() => false))
    await this.#look()
  }
}
customElements.define('cafe-storage', CafeStorage)
