/**
 * `<cafe-site-link>`: opens a folder as a website with its scripts, on an origin of its own; or says why that cannot be.
 * Saving it, and looking at it without scripts, are offered beside it by whoever shows the folder.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { type ContentHost, contentHost, offerSite } from '../site-link.ts'
import { viewer as english } from '../texts/en/viewer.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('viewer', english)

export class CafeSiteLink extends Plain {
  static override properties = { cid: {}, keyed: { type: Boolean }, host: { state: true } }
  /** Of the folder with the `index.html`. */
  declare cid: string
  /** Its link has a key. */
  declare keyed: boolean
  /** Undefined until the app's host has been asked. */
  declare host: ContentHost | undefined

  constructor() {
    super()
    this.cid = ''
    this.keyed = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void contentHost().then((host) => {
      this.host = host
    })
  }

  override render(): TemplateResult | typeof nothing {
    if (this.host === undefined) return nothing
    const offer = offerSite({ cid: this.cid, keyed: this.keyed, contentHost: this.host, at: location })
    if ('why' in offer) return html`<p class="quiet small">${text.noSite[offer.why]}</p>`
    return html`<a class="button" href=${offer.href} target="_blank" rel="noopener noreferrer">
      ${icon('open')}${text.asWebsite}
    </a>`
  }
}
customElements.define('cafe-site-link', CafeSiteLink)
