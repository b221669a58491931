/** `<cafe-share-link>`: a link to hand on: what it lets its holder do, the link, its QR code. Fires `left` when it has closed. */
import '../viewer.css'
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, type TemplateResult } from 'lit'
import { plainName } from '../format.ts'
import { cafesOf, hasKey } from '../viewer/content.ts'
import type { CafeInvite } from './cafe-invite.ts'
import './cafe-invite.ts'
import './cafe-make-link.ts'
import { links as english } from '../texts/en/links.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('links', english)

export class CafeShareLink extends Plain {
  static override properties = { open: { type: Boolean }, link: {}, name: {}, folder: { attribute: false } }
  declare open: boolean
  /** Path of the gateway, with its key. */
  declare link: string
  declare name: string
  declare folder: boolean

  /** A dialog that is drawn open does not look for what it begins with. */
  protected override firstUpdated(): void {
    if (this.open) void this.querySelector<CafeInvite>('cafe-invite')?.goOn()
  }

  override render(): TemplateResult {
    const name = plainName(this.name, 60)
    return html`<wa-dialog class="share-link" label=${text.shareTitle(name)} ?open=${this.open} light-dismiss @wa-after-hide=${this.#hidden}>
      ${this.open ? this.#body() : ''}
    </wa-dialog>`
  }

  #body(): TemplateResult {
    return html`<ul class="facts can">
        ${hasKey(this.link) ? encrypted(this.folder) : open(this.folder)}
        <li>${icon('clock')}${cafesOf(this.link).length > 0 ? text.whileCafes : text.whileAnybody}</li>
      </ul>
      <cafe-invite
        first
        .link=${new URL(this.link, location.href).href}
        .name=${plainName(this.name, 120)}
        .what=${text.link}
        .help=${text.trust}
      ></cafe-invite>
      ${
        new URLSearchParams(this.link.split('#')[1]).has('key')
          ? html`<details class="take-back">
              <summary>${text.rather}</summary>
              <cafe-make-link .link=${this.link} .name=${this.name}></cafe-make-link>
            </details>`
          : ''
      }`
  }

  #hidden(event: Event): void {
    if (event.target instanceof Element && event.target.localName === 'wa-dialog') this.dispatchEvent(new Event('left'))
  }
}

function encrypted(folder: boolean): TemplateResult {
  return html`<li>${icon('lock')}${folder ? text.canReadFolder : text.canReadFile}</li>
    <li>${icon('hide')}${text.nobodyElse}</li>
    <li>${icon('warning')}${text.forGood}</li>`
}

function open(folder: boolean): TemplateResult {
  return html`<li>${icon('people')}${folder ? text.publicFolder : text.publicFile}</li>`
}
customElements.define('cafe-share-link', CafeShareLink)
