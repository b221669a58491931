/** `<cafe-look>`: one file as what it is: a picture, sound, a video, text; or why it is saved rather than shown. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Shape } from '../../core/about.ts'
import { plainName } from '../format.ts'
import { choose } from '../link-keys.ts'
import { openHash } from '../route.ts'
import type { Item } from '../viewer/content.ts'
import { iconOf } from '../viewer/words.ts'
import './cafe-framed.ts'
import './cafe-text.ts'
import { icon, Plain } from './parts.ts'

export class CafeLook extends Plain {
  static override properties = {
    link: {},
    name: {},
    size: { attribute: false },
    shape: { attribute: false },
    beside: { attribute: false },
    broken: { state: true },
  }
  declare link: string
  declare name: string
  declare size: number
  declare shape: Shape
  /** Files of the folder it was chosen from. */
  declare beside: readonly Item[]
  declare broken: boolean
  readonly #keyed = (event: KeyboardEvent) => this.#turn(event)

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('keydown', this.#keyed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#keyed)
  }

  override render(): TemplateResult {
    return html`${this.#body()}
      ${this.broken ? html`<p class="warn" role="alert">${icon('warning')}It cannot be shown: this browser may not know its kind, or its cafe is away. It can still be saved.</p>` : nothing}
      ${this.#beside()}`
  }

  #body(): TemplateResult {
    const { link, shape } = this
    const failed = (): void => {
      this.broken = true
    }
    if (shape === 'image')
      return html`<img class="look" src=${link} alt=${plainName(this.name, 255)} @error=${failed} />`
    if (shape === 'audio') return html`<audio class="look" controls src=${link} @error=${failed}></audio>`
    if (shape === 'video') return html`<video class="look" controls playsinline src=${link} @error=${failed}></video>`
    if (shape === 'text') return html`<cafe-text .link=${link} .size=${this.size}></cafe-text>`
    if (shape === 'page') {
      return html`<cafe-framed .link=${link} .name=${this.name}></cafe-framed>
        <details>
          <summary>Its source text</summary>
          <cafe-text .link=${link} .size=${this.size}></cafe-text>
        </details>`
    }
    return html`<section class="card empty">
      <span class="mark" aria-hidden="true">${icon(iconOf(shape))}</span>
      <p>${
        shape === 'pdf'
          ? 'PDFs are saved, not shown: the viewers of browsers cannot be fenced in. Open it with an app you trust.'
          : 'Files of this kind are saved, not shown. Open it with an app you trust.'
      }</p>
    </section>`
  }

  #beside(): TemplateResult | typeof nothing {
    const [before, after] = this.#neighbours()
    if (before === undefined && after === undefined) return nothing
    return html`<nav class="row between turn" aria-label="Other files of this folder">
      ${turn(before, 'backward', 'Previous')} ${turn(after, 'forward', 'Next')}
    </nav>`
  }

  #neighbours(): [Item | undefined, Item | undefined] {
    const at = this.beside.findIndex(({ link }) => link === this.link)
    return at < 0 ? [undefined, undefined] : [this.beside[at - 1], this.beside[at + 1]]
  }

  /** Left and right turn the page, but where somebody types or seeks. */
  #turn(event: KeyboardEvent): void {
    const { target, key } = event
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (target instanceof Element && target.closest('input, select, textarea, audio, video, pre, wa-dialog')) return
    const name = key === 'ArrowLeft' ? 'Previous' : key === 'ArrowRight' ? 'Next' : undefined
    if (name !== undefined) this.querySelector<HTMLElement>(`.turn [data-turn="${name}"]`)?.click()
  }
}

function turn(item: Item | undefined, sign: string, text: string): TemplateResult {
  if (item?.link === undefined) return html`<span></span>`
  return html`<a
    class="button"
    data-turn=${text}
    href=${openHash(item.link)}
    title=${plainName(item.name, 255)}
    @click=${choose(item.link)}
    >${sign === 'backward' ? icon(sign) : nothing}${text}${sign === 'forward' ? icon(sign) : nothing}</a
  >`
}
customElements.define('cafe-look', CafeLook)
