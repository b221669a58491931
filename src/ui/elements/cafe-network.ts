/**
 * `<cafe-network>`: says, before the browser asks, why it asks whether this page may talk to devices of one's own network
 * (Local Network Access); and what to do if that was refused. Nothing is said where it is not going to ask.
 */
import { html, type TemplateResult } from 'lit'
import { type Permission, permissionHere } from '../permission.ts'
import { join as english } from '../texts/en/join.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('join', english)

export class CafeNetwork extends Plain {
  static override properties = { near: { type: Boolean }, state: { state: true } }
  /** What is about to be reached is in one's own network. */
  declare near: boolean
  declare state: Permission | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#look()
  }

  override render(): TemplateResult {
    if (!this.near) return html``
    if (this.state === 'prompt') {
      return html`<div class="notice" role="note">
        ${icon('device')}
        <p>
          ${text.near((words) => html`<strong>${words}</strong>`)}
        </p>
      </div>`
    }
    if (this.state === 'denied') {
      return html`<div class="notice bad" role="alert">
        ${icon('warning')}
        <p>
          ${text.denied((words) => html`<a href="#pair">${words}</a>`)}
        </p>
      </div>`
    }
    return html``
  }

  async #look(): Promise<void> {
    this.state = await permissionHere('network')
  }
}
customElements.define('cafe-network', CafeNetwork)
