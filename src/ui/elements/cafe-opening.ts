/**
 * `<cafe-opening>`: the calm screen on a link while the service worker and the node start, and the clear one when the
 * link cannot be opened. It never shows more of the link than the file's name. Where the node would not survive a reload
 * of this page, the content is shown in a frame that fills it; so too where the key stood in the query, which is said.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { Action } from '../controllers/action.ts'
import { plainName } from '../format.ts'
import { fileName, privatePath } from '../link.ts'
import { sealedLinkOf } from '../sealed-link.ts'
import { frame as english } from '../texts/en/frame.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('frame', english)

export class CafeOpening extends Plain {
  readonly #open = new Action<void>(this, 'link', async () => {
    const { openLink } = await import('../connect.ts')
    this.#content = await openLink({ stay: this.#told })
  })
  /** The host was told the key: it stood where browsers send it. */
  #told = false
  /** The link takes a password, which was not given yet. */
  #locked = false
  /** Address of the content, once it can be shown. */
  #content: string | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    // A key in the query has been seen by the host once; it must not be sent again, nor stay in the history.
    const url = new URL(location.href)
    this.#told = url.searchParams.has('key')
    history.replaceState(history.state, '', privatePath(url))
    this.#locked = sealedLinkOf(location.hash).password
    if (this.#locked) void import('./cafe-link-password.ts')
    else void this.#open.run()
  }

  /** The link was rewritten; what was sent cannot be called back. */
  #warning(): TemplateResult {
    const hide = (): void => {
      this.#told = false
      this.requestUpdate()
    }
    return html`<div class="update told" role="alert">
      ${icon('warning')}
      <p>${text.told}</p>
      <button type="button" class="button small" @click=${hide}>${text.gotIt}</button>
    </div>`
  }

  override render(): TemplateResult {
    const name = fileName(location.pathname)
    if (this.#content) {
      return html`${this.#told ? this.#warning() : nothing}
        <iframe class="opened" src=${this.#content} title=${name ?? text.content}></iframe>`
    }
    if (this.#locked) return this.#password()
    const { problem } = this.#open
    return html`<main class="opening">
      <p class="mark" aria-hidden="true">${icon('cup')}</p>
      <h1 role=${problem ? nothing : 'status'}>${problem ? text.linkClosed : text.opening}</h1>
      ${name === undefined ? nothing : html`<p class="name"><bdi>${plainName(name, 120)}</bdi></p>`}
      ${
        problem === undefined
          ? html`<p class="quiet">${/[#&](?:key|link)=/.test(location.hash) ? text.decryptedHere : text.checkedHere}</p>
              <span class="dots" aria-hidden="true"></span>`
          : html`${failure(problem)}
              <p class="row center">
                <button type="button" class="button loud" @click=${() => location.reload()}>${text.again}</button>
                <a class="button" href="/">${text.toApp}</a>
              </p>`
      }
    </main>`
  }

  #password(): TemplateResult {
    const opened = (): void => {
      this.#locked = false
      this.requestUpdate()
      void this.#open.run()
    }
    return html`<main class="opening">
      <p class="mark" aria-hidden="true">${icon('cup')}</p>
      <h1>${text.takesPassword}</h1>
      <cafe-link-password .link=${location.href} @opened=${opened}></cafe-link-password>
    </main>`
  }
}
customElements.define('cafe-opening', CafeOpening)
