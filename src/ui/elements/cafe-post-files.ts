/** `<cafe-post-files>`: the files of a post: pictures as pictures, everything else by name and size; each opens by its link; many can be looked through. */
import { html, nothing, type TemplateResult } from 'lit'
import type { PostFile } from '../../worker/thread-api.ts'
import { bytes, plainName } from '../format.ts'
import { safeHref } from '../link.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'
import type { Gallery } from './post-gallery.ts'

const text = spoken('posts', english)

/** Shown before somebody asks for all: two rows of pictures on a phone. */
const FIRST = 6

export class CafePostFiles extends Plain {
  static override properties = { files: { attribute: false }, all: { state: true }, looking: { state: true } }
  declare files: readonly PostFile[]
  declare all: boolean
  declare looking: Gallery | undefined

  override render(): TemplateResult | typeof nothing {
    if (this.files.length === 0) return nothing
    const shown = this.all ? this.files : this.files.slice(0, FIRST)
    const pictures = shown.filter(({ thumbnail }) => thumbnail !== null)
    const others = shown.filter(({ thumbnail }) => thumbnail === null)
    const hidden = this.files.length - shown.length
    return html`${
      pictures.length === 0
        ? nothing
        : html`<ul class="pictures ${pictures.length === 1 ? 'one' : ''}" aria-label=${text.pictures}>
              ${pictures.map((file) => html`<li>${picture(file)}</li>`)}
            </ul>`
    }
      ${
        others.length === 0
          ? nothing
          : html`<ul class="attached" aria-label=${text.files}>
              ${others.map((file) => html`<li>${plain(file)}</li>`)}
            </ul>`
      }
      ${
        hidden === 0
          ? nothing
          : html`<button type="button" class="button small" @click=${this.#showAll}>${text.moreFiles(hidden)}</button>`
      }
      ${
        this.files.length === 1
          ? nothing
          : html`<button type="button" class="button small" @click=${this.#look}>${icon('grid')}${text.lookAtAll(this.files.length)}</button>`
      }
      ${this.looking === undefined ? nothing : this.looking(this.files, this.#left)}`
  }

  /** Looking through many is a view of its own, whose code comes when it is wanted. */
  async #look(): Promise<void> {
    const { gallery } = await import('./post-gallery.ts')
    this.looking = gallery
  }

  readonly #left = (): void => {
    this.looking = undefined
  }

  #showAll(): void {
    this.all = true
  }
}

function picture(file: PostFile): TemplateResult {
  const { thumbnail } = file
  const href = safeHref(file.link)
  const src = thumbnail && safeHref(thumbnail.link)
  if (!thumbnail || href === undefined || !src) return plain(file)
  const name = plainName(file.name, 255)
  return html`<a class="picture" href=${href} target="_blank" rel="noopener noreferrer" aria-label=${text.openFile(name, bytes(file.size))} title=${name}>
    ${icon('image')}
    <img src=${src} width=${thumbnail.width} height=${thumbnail.height} alt="" loading="lazy" decoding="async" @error=${drop} />
  </a>`
}

function plain(file: PostFile): TemplateResult {
  const name = plainName(file.name, 255)
  const href = safeHref(file.link)
  const inside = html`<span class="mark small" aria-hidden="true">${icon('file')}</span>
    <span class="grow"><bdi class="title">${name}</bdi> <span class="quiet small">${bytes(file.size)}</span></span>`
  if (href === undefined) return html`<span class="attached-file">${inside}</span>`
  return html`<a class="attached-file" href=${href} target="_blank" rel="noopener noreferrer">${inside}</a>`
}

/** Its cafe is away: the sign behind the picture stays. */
function drop(event: Event): void {
  if (event.target instanceof HTMLImageElement) event.target.hidden = true
}
customElements.define('cafe-post-files', CafePostFiles)
