/**
 * `<cafe-pin>`: one kept file: name, size, since when, which cafes keep it and when each last proved it, its link. Fires
 * `remove`, `retry` and `audit`.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Pin, PinAt } from '../../worker/api.ts'
import { explainCode } from '../explain.ts'
import { bytes, plainName, short } from '../format.ts'
import { safeHref } from '../link.ts'
import { choose } from '../link-keys.ts'
import { openHash } from '../route.ts'
import './cafe-share-link.ts'
import { files as english } from '../texts/en/files.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('files', english)

export class CafePin extends Plain {
  static override properties = {
    pin: { attribute: false },
    names: { attribute: false },
    trying: { attribute: false },
    checking: { attribute: false },
    sharing: { state: true },
  }
  declare pin: Pin
  /** It is being tried again. */
  declare trying: boolean
  /** Its cafes are being asked to prove that they have it. */
  declare checking: boolean
  /** Names of the cafes by peer id. */
  declare names: ReadonlyMap<string, string>
  declare sharing: boolean

  override render(): TemplateResult {
    const { pin } = this
    const name = plainName(pin.name, 255)
    const href = safeHref(pin.link)
    return html`<span class="mark small" aria-hidden="true">${icon('file')}</span>
      <div class="grow">
        <p class="title"><bdi>${name}</bdi></p>
        <p class="quiet small">${bytes(pin.size)} · <wa-relative-time .date=${new Date(pin.since)} sync></wa-relative-time></p>
        <ul class="tags" aria-label=${text.where}>
          ${pin.key === '' ? html`<li class="tag part">${text.publicTag}</li>` : nothing}
          ${pin.cafes.length === 0 ? html`<li class="tag part">${text.onlyHere}</li>` : pin.cafes.map((at) => this.#at(at))}
        </ul>
      </div>
      <div class="actions">
        ${this.#again(name)} ${href === undefined ? nothing : this.#link(href, name)}
        <button type="button" class="button icon-only" aria-label=${text.remove(name)} @click=${this.#remove}>${icon('trash')}</button>
      </div>`
  }

  #at(at: PinAt): TemplateResult {
    const name = plainName(this.names.get(at.cafe) ?? short(at.cafe))
    if (at.state === 'pinned') {
      return html`<li class="tag good">${icon('check')}<span><bdi>${name}</bdi>${proved(at.proved)}</span></li>`
    }
    if (at.state === 'degraded') {
      return html`<li class="tag bad">
        ${icon('warning')}<span>${text.damagedAt(html`<bdi>${name}</bdi>`, explainCode(at.reason, 'prove'))}${proved(at.proved)}</span>
      </li>`
    }
    if (at.state === 'queued') {
      return html`<li class="tag part">${icon('upload')}<span>${text.notYetAt(html`<bdi>${name}</bdi>`)}</span></li>`
    }
    return html`<li class="tag bad">
      ${icon('warning')}<span>${text.notAt(html`<bdi>${name}</bdi>`, explainCode(at.reason, 'keep'))}</span>
    </li>`
  }

  #again(name: string): TemplateResult | typeof nothing {
    if (this.pin.cafes.length > 0 && this.pin.cafes.every(({ state }) => state === 'pinned')) {
      return html`<button
        type="button"
        class="button icon-only"
        title=${text.check}
        aria-label=${text.checkLabel(name)}
        ?disabled=${this.checking}
        aria-busy=${this.checking ? 'true' : nothing}
        @click=${this.#audit}
      >
        ${icon('check')}
      </button>`
    }
    return html`<button
      type="button"
      class="button small"
      aria-label=${text.againLabel(name)}
      ?disabled=${this.trying}
      @click=${this.#retry}
    >
      ${text.again}
    </button>`
  }

  #link(href: string, name: string): TemplateResult {
    return html`<wa-copy-button
        .value=${new URL(href, location.href).href}
        copy-label=${text.copyLinkLabel(name)}
        success-label=${text.copied}
        tooltip="copy"
      >
        <button type="button" class="button small" aria-label=${text.copyLinkLabel(name)}>${icon('link')}${text.copyLink}</button>
      </wa-copy-button>
      <button type="button" class="button icon-only" title=${text.share} aria-label=${text.shareLabel(name)} @click=${this.#share}>${icon('share')}</button>
      <a class="button icon-only" href=${openHash(href)} title=${text.open} aria-label=${text.openLabel(name)} @click=${choose(href)}>${icon('open')}</a>
      ${
        this.sharing
          ? html`<cafe-share-link
              open
              .link=${href}
              .name=${this.pin.name}
              @left=${() => {
                this.sharing = false
              }}
            ></cafe-share-link>`
          : nothing
      }`
  }

  #share(): void {
    this.sharing = true
  }

  #retry(): void {
    this.dispatchEvent(new Event('retry'))
  }

  #audit(): void {
    this.dispatchEvent(new Event('audit'))
  }

  #remove(): void {
    this.dispatchEvent(new Event('remove'))
  }
}
/** When a cafe last proved that it has the file. */
function proved(when: number | undefined): TemplateResult | typeof nothing {
  if (when === undefined) return nothing
  return text.proved(html`<wa-relative-time .date=${new Date(when)} sync></wa-relative-time>`)
}
customElements.define('cafe-pin', CafePin)
