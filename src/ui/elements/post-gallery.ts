/** The files of a post to look through: as a folder in a dialog, to be searched, played and saved together. */
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, type TemplateResult } from 'lit'
import type { Shape } from '../../core/about.ts'
import type { PostFile } from '../../worker/thread-api.ts'
import { safeHref } from '../link.ts'
import type { Item } from '../viewer/content.ts'
import './cafe-folder.ts'
import './cafe-save.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'

const text = spoken('posts', english)

export type Gallery = (files: readonly PostFile[], left: () => void) => TemplateResult

export function gallery(files: readonly PostFile[], left: () => void): TemplateResult {
  const items = files.map(itemOf)
  const hidden = (event: Event): void => {
    if (event.target === event.currentTarget) left()
  }
  return html`<wa-dialog class="gallery" label=${text.gallery} open light-dismiss @wa-after-hide=${hidden} @cafe-open-link=${left}>
    <div class="row view-actions"><cafe-save .wanted=${{ kind: 'zip', name: text.files, items }}></cafe-save></div>
    <cafe-folder .items=${items}></cafe-folder>
  </wa-dialog>`
}

function itemOf({ name, link, size, mime, thumbnail }: PostFile): Item {
  const small = thumbnail && safeHref(thumbnail.link)
  return { name, link: safeHref(link), size, shape: shapeOf(mime), ...(small && { thumbnail: small }) }
}

/** By the type the post gives; the viewer asks again when it is opened. */
function shapeOf(mime: string): Shape {
  const family = /^(image|audio|video|text)\//.exec(mime)?.[1]
  return (family as Shape | undefined) ?? 'other'
}
