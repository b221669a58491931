/** `<cafe-qr>`: a QR code of capitals and digits, drawn as large as there is room. */
import { html, nothing, type PropertyValues, svg, type TemplateResult } from 'lit'
import { Plain } from './parts.ts'

export class CafeQr extends Plain {
  static override properties = { text: {}, label: {}, drawn: { state: true } }
  declare text: string
  /** What it is a code of, for those who do not see it. */
  declare label: string
  declare drawn: { readonly path: string; readonly size: number } | undefined

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('text')) void this.#draw(this.text)
  }

  override render(): TemplateResult {
    const { drawn } = this
    return html`<div class="qr own">
      ${
        drawn === undefined
          ? nothing
          : svg`<svg role="img" aria-label=${this.label} viewBox="0 0 ${drawn.size} ${drawn.size}" shape-rendering="crispEdges">
              <rect width="100%" height="100%" fill="#fff"></rect><path d=${drawn.path} fill="#241f1b"></path>
            </svg>`
      }
    </div>`
  }

  async #draw(text: string): Promise<void> {
    const { qrPath } = await import('../qr.ts')
    if (this.text === text) this.drawn = qrPath(text)
  }
}
customElements.define('cafe-qr', CafeQr)
