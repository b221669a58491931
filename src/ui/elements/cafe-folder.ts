/**
 * `<cafe-folder>`: files and folders to look through: searched, sorted, of one kind, as a list or as pictures; sound and video
 * play one after the other. Rows are added as they come into sight, so that ten thousand entries stay quick.
 */
import '../viewer.css'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { bytes, plainName } from '../format.ts'
import { choose } from '../link-keys.ts'
import { openHash } from '../route.ts'
import type { Item } from '../viewer/content.ts'
import { arrange, iconOf, isKind, isOrder, isPlayable, type Kind, type Order, shapeText } from '../viewer/words.ts'
import './cafe-play.ts'
import { viewer as english } from '../texts/en/viewer.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const say = spoken('viewer', english)

/** Entries added at a time: some screens of them. */
const PAGE = 120
/** Largest picture fetched whole to be shown small: what a phone's camera makes. */
const MAX_PREVIEW = 12_000_000
/** From so many on there is something to search in. */
const MANY = 8

export class CafeFolder extends Plain {
  static override properties = {
    items: { attribute: false },
    query: { state: true },
    kind: { state: true },
    order: { state: true },
    pictures: { state: true },
    shown: { state: true },
    playing: { state: true },
  }
  declare items: readonly Item[]
  declare query: string
  declare kind: Kind
  declare order: Order
  declare pictures: boolean
  declare shown: number
  declare playing: boolean
  #arranged: readonly Item[] = []
  readonly #more = new IntersectionObserver(
    (seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) this.shown += PAGE
    },
    { rootMargin: '800px' },
  )

  constructor() {
    super()
    this.query = ''
    this.kind = 'all'
    this.order = 'name'
    this.pictures = false
    this.shown = PAGE
    this.playing = false
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('items')) {
      const { items } = this
      // What is mostly pictures is looked at as pictures.
      this.pictures = items.length > 1 && items.filter(({ shape }) => shape === 'image').length * 2 > items.length
      this.playing = false
    }
    const parts = ['items', 'query', 'kind', 'order']
    if (!parts.some((name) => changed.has(name))) return
    this.#arranged = arrange(this.items, this)
    this.shown = PAGE
  }

  protected override updated(): void {
    this.#more.disconnect()
    const end = this.querySelector('.more')
    if (end) this.#more.observe(end)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#more.disconnect()
  }

  override render(): TemplateResult {
    if (this.items.length === 0) {
      return html`<section class="card empty"><span class="mark" aria-hidden="true">${icon('folder')}</span><p>${say.empty}</p></section>`
    }
    const items = this.#arranged
    const tracks = items.filter((item) => isPlayable(item) && item.link !== undefined)
    return html`${this.#tools(tracks.length)}
      ${this.playing && tracks.length > 0 ? html`<cafe-play .tracks=${tracks}></cafe-play>` : nothing}
      <p class=${this.query === '' ? 'sr' : 'quiet small'} role="status">${items.length === this.items.length ? '' : say.matches(items.length, this.items.length)}</p>
      ${items.length === 0 ? this.#nothing() : this.#list(items)}`
  }

  #tools(tracks: number): TemplateResult {
    const choice = (name: 'kind' | 'order', label: string, texts: Readonly<Record<string, string>>): TemplateResult =>
      html`<select aria-label=${label} .value=${this[name]} @change=${this.#chosen(name)}>
        ${Object.entries(texts).map(([value, text]) => html`<option value=${value} ?selected=${this[name] === value}>${text}</option>`)}
      </select>`
    return html`<div class="tools" role="search">
      ${
        this.items.length < MANY
          ? nothing
          : html`<div class="find">
              ${icon('search')}
              <input type="search" aria-label=${say.searchLabel} placeholder=${say.search} .value=${this.query} @input=${this.#typed} />
            </div>`
      }
      ${choice('kind', say.kind, say.kinds)} ${choice('order', say.order, say.orders)}
      <button
        type="button"
        class="button icon-only"
        aria-pressed=${this.pictures}
        aria-label=${say.asPictures}
        title=${say.asPictures}
        @click=${() => {
          this.pictures = !this.pictures
        }}
      >
        ${icon(this.pictures ? 'list' : 'grid')}
      </button>
      ${
        tracks === 0
          ? nothing
          : html`<button
              type="button"
              class="button small"
              aria-pressed=${this.playing}
              @click=${() => {
                this.playing = !this.playing
              }}
            >
              ${icon(this.playing ? 'xmark' : 'play')}${this.playing ? say.closePlayer : say.play(tracks)}
            </button>`
      }
    </div>`
  }

  #list(items: readonly Item[]): TemplateResult {
    const shown = items.slice(0, this.shown)
    const one = this.pictures ? tile : row
    return html`<ul class=${this.pictures ? 'tiles' : 'card entries'} aria-label=${say.list} @keydown=${this.#moved}>
        ${repeat(
          shown,
          ({ name, link }) => link ?? name,
          (item) => html`<li>${one(item)}</li>`,
        )}
      </ul>
      ${
        shown.length === items.length
          ? nothing
          : html`<button type="button" class="button more" @click=${() => {
              this.shown += PAGE
            }}>${say.more(items.length)}</button>`
      }`
  }

  #nothing(): TemplateResult {
    const all = (): void => {
      this.query = ''
      this.kind = 'all'
    }
    return html`<section class="card empty">
      <span class="mark" aria-hidden="true">${icon('search')}</span>
      <p>${say.noMatch}</p>
      <button type="button" class="button" @click=${all}>${say.showAll}</button>
    </section>`
  }

  #chosen(name: 'kind' | 'order'): (event: Event) => void {
    return ({ currentTarget }) => {
      const { value } = currentTarget as HTMLSelectElement
      if (name === 'kind' && isKind(value)) this.kind = value
      if (name === 'order' && isOrder(value)) this.order = value
    }
  }

  #typed({ currentTarget }: Event): void {
    if (currentTarget instanceof HTMLInputElement) this.query = currentTarget.value
  }

  /** Arrow keys go from entry to entry, Home and End to the ends; Enter follows the link as everywhere. */
  #moved(event: KeyboardEvent): void {
    const links = [...this.querySelectorAll<HTMLElement>('.entry')]
    const at = links.indexOf(event.target as HTMLElement)
    if (at < 0) return
    const across = this.pictures ? links.filter((link) => link.offsetTop === links[0]?.offsetTop).length : 1
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: across, ArrowUp: -across, ArrowRight: 1, ArrowLeft: -1 },
      ...{ Home: -at, End: links.length - 1 - at },
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus()
  }
}

function row(item: Item): TemplateResult {
  const { link, name, shape, size } = item
  const inside = html`<span class="sign" aria-hidden="true">${icon(iconOf(shape))}</span>
    <bdi class="title grow">${plainName(name, 255)}</bdi>
    <span class="quiet small kind">${shapeText(shape)}</span>
    <span class="quiet small tabular size">${size === undefined ? '' : bytes(size)}</span>`
  return link === undefined ? html`<span class="entry">${inside}</span>` : anchor(link, inside)
}

function tile(item: Item): TemplateResult {
  const { link, name, shape } = item
  const inside = html`<span class="tile-picture">${icon(iconOf(shape))}${preview(item)}</span>
    <bdi class="small tile-name">${plainName(name, 255)}</bdi>`
  return link === undefined ? html`<span class="entry">${inside}</span>` : anchor(link, inside)
}

function anchor(link: string, inside: TemplateResult): TemplateResult {
  return html`<a class="entry" href=${openHash(link)} @click=${choose(link)}>${inside}</a>`
}

function preview({ link, shape, size, thumbnail }: Item): TemplateResult | typeof nothing {
  const src = thumbnail ?? (shape === 'image' && (size ?? 0) <= MAX_PREVIEW ? link : undefined)
  if (src === undefined) return nothing
  return html`<img src=${src} alt="" loading="lazy" decoding="async" @error=${drop} />`
}

/** Its cafe is away: the sign behind the picture stays. */
function drop(event: Event): void {
  if (event.target instanceof HTMLImageElement) event.target.hidden = true
}
customElements.define('cafe-folder', CafeFolder)
