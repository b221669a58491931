/**
 * `<cafe-turn>`: from one file of a folder to those beside it, by buttons and by the arrow keys. It stands also while the
 * next one is being opened, or does not open, so that nobody has to wait before turning on.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { plainName } from '../format.ts'
import { choose } from '../link-keys.ts'
import { openHash } from '../route.ts'
import { look as english } from '../texts/en/look.ts'
import { spoken } from '../texts/say.ts'
import type { Item } from '../viewer/content.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('look', english)

export class CafeTurn extends Plain {
  static override properties = {
    link: {},
    beside: { attribute: false },
  }
  declare link: string
  /** Files of the folder it was chosen from. */
  declare beside: readonly Item[]
  readonly #keyed = (event: KeyboardEvent) => this.#turn(event)

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('keydown', this.#keyed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('keydown', this.#keyed)
  }

  override render(): TemplateResult | typeof nothing {
    const [before, after] = this.#neighbours()
    if (before === undefined && after === undefined) return nothing
    return html`<nav class="row between turn" aria-label=${text.beside}>
      ${turn(before, 'backward', text.previous)} ${turn(after, 'forward', text.next)}
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
    const name = key === 'ArrowLeft' ? 'backward' : key === 'ArrowRight' ? 'forward' : undefined
    if (name !== undefined) this.querySelector<HTMLElement>(`.turn [data-turn="${name}"]`)?.click()
  }
}

function turn(item: Item | undefined, sign: string, words: string): TemplateResult {
  if (item?.link === undefined) return html`<span></span>`
  return html`<a
    class="button"
    data-turn=${sign}
    href=${openHash(item.link)}
    title=${plainName(item.name, 255)}
    @click=${choose(item.link)}
    >${sign === 'backward' ? icon(sign) : nothing}${words}${sign === 'forward' ? icon(sign) : nothing}</a
  >`
}

customElements.define('cafe-turn', CafeTurn)
