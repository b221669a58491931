/**
 * `<cafe-why>`: why content does not open: what happened, who was asked and how that ended, and what to do. Fires `again`.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Trouble } from '../../core/about.ts'
import { mayPass, report, triedLines } from '../viewer/words.ts'
import './cafe-link.ts'
import { look as english } from '../texts/en/look.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('look', english)

export class CafeWhy extends Plain {
  static override properties = {
    trouble: { attribute: false },
    names: { attribute: false },
    from: { attribute: false },
    keyless: { attribute: false },
    busy: { attribute: false },
  }
  declare trouble: Trouble
  /** Names of cafes by peer id. */
  declare names: ReadonlyMap<string, string>
  /** Cafes the link names. */
  declare from: readonly string[]
  /** The link has no key. */
  declare keyless: boolean
  declare busy: boolean

  override render(): TemplateResult {
    const { trouble } = this
    const lines = triedLines(trouble.tried ?? [], this.names, this.from)
    const unlocks = trouble.error === 'SEALED' || (this.keyless && trouble.what === 'path')
    return html`<section class="card why" role="alert">
      <span class="mark bad" aria-hidden="true">${icon('warning')}</span>
      <h2>${trouble.message}</h2>
      <p>${trouble.next}</p>
      ${this.keyless && trouble.what === 'path' ? html`<p>${text.keyInLink}</p>` : nothing}
      ${unlocks ? html`<cafe-link></cafe-link>` : nothing}
      ${
        lines.length === 0
          ? nothing
          : html`<h3>${text.tried}</h3>
              <ul class="tried">${lines.map((line) => html`<li>${line}</li>`)}</ul>`
      }
      <div class="row">
        ${
          mayPass(trouble)
            ? html`<button type="button" class="button loud" aria-busy=${this.busy} @click=${this.#again}>${icon('again')}${text.again}</button>`
            : nothing
        }
        <wa-copy-button .value=${report(trouble, lines, new Date())} copy-label=${text.report} success-label=${text.copied} tooltip="copy">
          <button type="button" class="button">${icon('copy')}${text.report}</button>
        </wa-copy-button>
      </div>
      <p class="quiet small">${text.reportHolds}</p>
    </section>`
  }

  #again(): void {
    this.dispatchEvent(new Event('again'))
  }
}
customElements.define('cafe-why', CafeWhy)
