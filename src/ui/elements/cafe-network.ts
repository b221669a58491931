/**
 * `<cafe-network>`: says, before the browser asks, why it asks whether this page may talk to devices of one's own network
 * (Local Network Access); and what to do if that was refused. Nothing is said where it is not going to ask.
 */
import { html, type TemplateResult } from 'lit'
import { type Permission, permissionHere } from '../permission.ts'
import { icon, Plain } from './parts.ts'

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
          This cafe is in a network near you. Your browser may ask whether Popup Cafe may find and connect to devices in your
          network: say <strong>Allow</strong>. It connects to the cafe of this invite and its relay, and looks for no others.
        </p>
      </div>`
    }
    if (this.state === 'denied') {
      return html`<div class="notice bad" role="alert">
        ${icon('warning')}
        <p>
          This browser does not let Popup Cafe connect to devices in your network, where this cafe is. To allow it, open the
          settings of this site, beside the address. Or <a href="#pair">connect by codes</a> that both devices show.
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
