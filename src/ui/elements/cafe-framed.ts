/**
 * `<cafe-framed>`: a page that somebody made, in a frame under a banner that says so. The frame is fenced in twice: by its
 * own `sandbox`, and by what the gateway's answer says. `allow-same-origin` lets its request reach the service worker,
 * which frames without an origin go past; nothing can use it, since no script runs.
 */
import { html, type TemplateResult } from 'lit'
import { plainName } from '../format.ts'
import { safeHref } from '../link.ts'
import { viewer as english } from '../texts/en/viewer.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('viewer', english)

export class CafeFramed extends Plain {
  static override properties = { link: {}, shown: {}, name: {} }
  /** The whole link, with its key. */
  declare link: string
  /** The same as the frame asks for it; `link` without. */
  declare shown: string | undefined
  declare name: string

  override render(): TemplateResult {
    const link = safeHref(this.link)
    const name = plainName(this.name, 120)
    if (link === undefined) return html``
    return html`<section class="framed" aria-label=${text.thePage(name)}>
      <div class="banner">
        <p class="grow">
          <strong>${text.madeBy}</strong>
          <span class="quiet small">${text.fenced}</span>
        </p>
        <a class="button small" href=${link} target="_blank" rel="noopener noreferrer">${icon('open')}${text.openPlain}</a>
      </div>
      <iframe
        src=${safeHref(this.shown ?? link) ?? link}
        title=${text.thePage(name)}
        sandbox="allow-same-origin allow-downloads"
        referrerpolicy="no-referrer"
        allow=""
      ></iframe>
    </section>`
  }
}
customElements.define('cafe-framed', CafeFramed)
