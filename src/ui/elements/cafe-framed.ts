/**
 * `<cafe-framed>`: a page that somebody made, in a frame under a banner that says so. The frame is fenced in twice: by its
 * own `sandbox`, and by what the gateway's answer says. `allow-same-origin` lets its request reach the service worker,
 * which frames without an origin go past; nothing can use it, since no script runs.
 */
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { plainName } from '../format.ts'
import { fileName, safeHref } from '../link.ts'
import { type PageAddress, pageAddress, saveLink } from '../page-link.ts'
import { icon, Plain, waiting } from './parts.ts'

export class CafeFramed extends Plain {
  static override properties = { cafe: { attribute: false }, page: { attribute: false }, link: { attribute: false } }
  declare cafe: CafeConsole
  declare page: PageAddress
  /** The whole link, if this page still has it. */
  declare link: string | undefined
  readonly #pins = new Live(
    this,
    () => this.cafe,
    ['pins'],
    (cafe) => cafe.pins.list(),
  )

  override render(): TemplateResult {
    const own = this.#pins.value?.find(({ link }) => pageAddress(link)?.path === this.page.path)
    const link = safeHref(this.link ?? own?.link ?? '')
    if (link !== undefined) return this.#framed(link, own !== undefined)
    return this.#pins.value === undefined ? waiting('Opening…') : this.#closed()
  }

  #framed(link: string, own: boolean): TemplateResult {
    const name = this.#name()
    return html`<div class="framed">
      <section class="banner" aria-label="About this page">
        <div class="grow">
          <h1 tabindex="-1"><bdi>${name}</bdi></h1>
          <p class="quiet small">
            ${icon('lock')}${own ? 'A page among your files' : 'Somebody else’s page'}, not part of Popup Cafe. It runs no
            scripts, sends nothing, and cannot see your account. Never type your words into it.
          </p>
        </div>
        <div class="actions">
          <a class="button small" href=${link} data-plain target="_blank" rel="noopener noreferrer">${icon('open')}Open plain</a>
          <a class="button small" href=${saveLink(link)} data-plain rel="noreferrer">${icon('download')}Save</a>
          <button type="button" class="button icon-only" aria-label="Close this page" @click=${this.#close}>${icon('xmark')}</button>
        </div>
      </section>
      <iframe
        src=${link}
        title="The page ${name}"
        sandbox="allow-same-origin allow-downloads"
        referrerpolicy="no-referrer"
        allow=""
      ></iframe>
    </div>`
  }

  /** The key was in memory only, and that was another page's, or before a reload. */
  #closed(): TemplateResult {
    return html`<div class="card">
      <h1 tabindex="-1"><bdi>${this.#name()}</bdi></h1>
      <p>
        This page is encrypted, and its key is not kept anywhere. Open the complete link again: where you got it, or in the
        thread it was in.
      </p>
      <p class="row"><a class="button loud" href="#">Open a link</a></p>
    </div>`
  }

  #name(): string {
    const { pathname, searchParams } = new URL(this.page.path, location.href)
    return plainName(searchParams.get('filename') ?? fileName(pathname) ?? 'A page', 120)
  }

  #close(): void {
    if (history.length > 1) history.back()
    else location.hash = ''
  }
}
customElements.define('cafe-framed', CafeFramed)
