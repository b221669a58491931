/** `<cafe-share-link>`: a link to hand on: what it lets its holder do, the link, its QR code. Fires `left` when it has closed. */
import '../viewer.css'
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, type TemplateResult } from 'lit'
import { plainName } from '../format.ts'
import { cafesOf, hasKey } from '../viewer/content.ts'
import './cafe-invite.ts'
import './cafe-make-link.ts'
import { icon, Plain } from './parts.ts'

export class CafeShareLink extends Plain {
  static override properties = { open: { type: Boolean }, link: {}, name: {}, folder: { attribute: false } }
  declare open: boolean
  /** Path of the gateway, with its key. */
  declare link: string
  declare name: string
  declare folder: boolean

  override render(): TemplateResult {
    const name = plainName(this.name, 60)
    return html`<wa-dialog class="share-link" label=${`Share ${name}`} ?open=${this.open} light-dismiss @wa-after-hide=${this.#hidden}>
      ${this.open ? this.#body() : ''}
    </wa-dialog>`
  }

  #body(): TemplateResult {
    const what = this.folder ? 'folder' : 'file'
    return html`<ul class="facts can">
        ${hasKey(this.link) ? encrypted(what) : open(what)}
        <li>${icon('clock')}${
          cafesOf(this.link).length > 0
            ? 'It opens while a cafe that keeps it can be reached. The link says which to ask first.'
            : 'It opens while anybody who keeps it can be reached.'
        }</li>
      </ul>
      <cafe-invite
        .link=${new URL(this.link, location.href).href}
        .name=${plainName(this.name, 120)}
        .what=${'Link'}
        .help=${'Send it only over a way you trust: whoever reads the message has the link.'}
      ></cafe-invite>
      ${
        new URLSearchParams(this.link.split('#')[1]).has('key')
          ? html`<details class="take-back">
              <summary>Rather a link that ends, or that you can take back</summary>
              <cafe-make-link .link=${this.link} .name=${this.name}></cafe-make-link>
            </details>`
          : ''
      }`
  }

  #hidden(event: Event): void {
    if (event.target instanceof Element && event.target.localName === 'wa-dialog') this.dispatchEvent(new Event('left'))
  }
}

function encrypted(what: string): TemplateResult {
  return html`<li>${icon('lock')}Whoever has the link can read this ${what}, save it, and pass the link on. Nobody can change it.</li>
    <li>${icon('hide')}Nobody else can read it, not even the cafe. The key is at the end of the link and is never sent to a server.</li>
    <li>${icon('warning')}You cannot take it back: a key that was seen stays known.</li>`
}

function open(what: string): TemplateResult {
  return html`<li>${icon('people')}This ${what} is public. Whoever has the link, or guesses what is in it, can read it and pass it on.</li>`
}
customElements.define('cafe-share-link', CafeShareLink)
