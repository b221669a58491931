/** `<cafe-install>`: a bar that offers to install the app, once. Fires `install` and `dismiss`. */
import { html, nothing, type TemplateResult } from 'lit'
import type { InstallOffer } from '../controllers/install.ts'
import { settings as english } from '../texts/en/settings.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('settings', english)

export class CafeInstall extends Plain {
  static override properties = { offer: { attribute: false } }
  declare offer: InstallOffer

  override render(): TemplateResult | typeof nothing {
    if (this.offer === undefined) return nothing
    return html`<section class="update" aria-label=${text.installTitle}>
      ${icon('device')}
      <p>
        <strong>${text.installTitle}</strong><br />
        ${this.offer === 'ios' ? text.installIos : text.installText}
      </p>
      ${
        this.offer === 'ios'
          ? nothing
          : html`<button type="button" class="button small loud" @click=${this.#say('install')}>${text.install}</button>`
      }
      <button type="button" class="button small" @click=${this.#say('dismiss')}>${text.notNow}</button>
    </section>`
  }

  #say(what: 'install' | 'dismiss'): () => void {
    return () => void this.dispatchEvent(new Event(what))
  }
}
customElements.define('cafe-install', CafeInstall)
