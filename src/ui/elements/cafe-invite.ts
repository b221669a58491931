/** `<cafe-invite>`: an invite to hand on: the link, a button to copy it, the phone's share sheet, and a QR code. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/qr-code/qr-code.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { HostStatus } from '../../worker/api.ts'
import { admit as english } from '../texts/en/admit.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('admit', english)

type Mode = Extract<HostStatus, { open: true }>['mode']

/** Characters: the largest code takes 2953. */
const MAX_CODE = 2900
/** From here on dots get small, so the code is made larger where there is room. */
const LONG_CODE = 1000

export class CafeInvite extends Plain {
  static override properties = { link: {}, name: {}, mode: {}, help: {}, what: {}, first: { type: Boolean } }
  declare link: string
  declare name: string
  /** Whom the link admits; without it, whoever has it. */
  declare mode: Mode | undefined
  /** What the link does, where it is no cafe's. */
  declare help: string | undefined
  /** What it is, where it is no invite. */
  declare what: string | undefined
  /** The dialog it is in begins with it. */
  declare first: boolean

  override render(): TemplateResult {
    return html`<div class="invite">
      ${this.#code()}
      <div class="stack">
        <label class="field">
          <span>${this.what ?? text.link}</span>
          <input type="text" readonly .value=${this.link} @focus=${selectAll} />
        </label>
        <div class="row">
          <wa-copy-button .value=${this.link} copy-label=${text.copyLink} success-label=${text.copied} tooltip="copy">
            <button type="button" class="button loud" ?autofocus=${this.first}>${icon('copy')}${text.copyLink}</button>
          </wa-copy-button>
          ${
            'share' in navigator
              ? html`<button type="button" class="button" @click=${this.#share}>${icon('upload')}${text.share}</button>`
              : nothing
          }
        </div>
        <p class="quiet small">${this.help ?? text.help[this.mode ?? 'invite']}</p>
      </div>
    </div>`
  }

  /** To call when what had the focus has made way for this: the person goes on here. */
  async goOn(): Promise<void> {
    await this.updateComplete
    this.querySelector<HTMLElement>('.row button')?.focus()
  }

  #code(): TemplateResult | typeof nothing {
    if (this.link.length > MAX_CODE) return nothing
    // Error correction L: an invite is long, and a screen is not torn or stained; fewer dots scan better.
    return html`<div class="qr">
      <wa-qr-code .value=${this.link} size=${codeSize(this.link)} error-correction="L" label=${this.what === undefined ? text.qr : text.qrOf(this.what)}></wa-qr-code>
    </div>`
  }

  async #share(): Promise<void> {
    // Closing the share sheet rejects; there is nothing to tell then, and the link is still there to copy.
    await navigator.share({ title: this.name, url: this.link }).catch(() => undefined)
  }
}

/** Side of the code in pixels: an invite fills a large code, so as large as the screen lets it be. */
function codeSize(link: string): number {
  return Math.max(160, Math.min(link.length > LONG_CODE ? 432 : 288, innerWidth - 120))
}

function selectAll(event: FocusEvent): void {
  if (event.target instanceof HTMLInputElement) event.target.select()
}
customElements.define('cafe-invite', CafeInvite)
