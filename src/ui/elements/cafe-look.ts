/** `<cafe-look>`: one file as what it is: a picture, sound, a video, text; or why it is saved rather than shown. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Shape } from '../../core/about.ts'
import { withWatch } from '../../core/watched.ts'
import { plainName } from '../format.ts'
import { iconOf } from '../viewer/words.ts'
import './cafe-framed.ts'
import './cafe-text.ts'
import { look as english } from '../texts/en/look.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('look', english)

export class CafeLook extends Plain {
  static override properties = {
    link: {},
    name: {},
    size: { attribute: false },
    shape: { attribute: false },
    watch: {},
    broken: { state: true },
  }
  declare link: string
  declare name: string
  declare size: number
  declare shape: Shape
  /** Name by which what is asked for it is watched (core/watched.ts). */
  declare watch: string | undefined
  declare broken: boolean

  override render(): TemplateResult {
    return html`${this.#body()}
      ${this.broken ? html`<p class="warn" role="alert">${icon('warning')}${text.broken}</p>` : nothing}`
  }

  #body(): TemplateResult {
    const { shape, watch } = this
    const link = watch === undefined ? this.link : withWatch(this.link, watch)
    const failed = (): void => {
      this.broken = true
    }
    if (shape === 'image')
      return html`<img class="look" src=${link} alt=${plainName(this.name, 255)} @error=${failed} />`
    if (shape === 'audio') return html`<audio class="look" controls src=${link} @error=${failed}></audio>`
    if (shape === 'video') return html`<video class="look" controls playsinline src=${link} @error=${failed}></video>`
    if (shape === 'text') return html`<cafe-text .link=${link} .size=${this.size}></cafe-text>`
    if (shape === 'page') {
      return html`<cafe-framed .link=${this.link} .shown=${link} .name=${this.name}></cafe-framed>
        <details>
          <summary>${text.source}</summary>
          <cafe-text .link=${link} .size=${this.size}></cafe-text>
        </details>`
    }
    return html`<section class="card empty">
      <span class="mark" aria-hidden="true">${icon(iconOf(shape))}</span>
      <p>${shape === 'pdf' ? text.pdf : text.other}</p>
    </section>`
  }
}

customElements.define('cafe-look', CafeLook)
