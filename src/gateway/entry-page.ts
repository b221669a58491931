/** An entry of a thread as a page: each file's name, kind and size, with its small picture where there is one. */

import type { EntryFile, EntryItem } from './entry.ts'
import { typeByName } from './mime.ts'
import { escapeHtml, formatSize, page } from './pages.ts'
import type { GatewayWords } from './words/words.ts'

const STYLE = `
.items{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:1rem}
.items a{display:block;text-decoration:none}
.items img,.items .sign{display:flex;width:100%;height:9rem;object-fit:cover;border-radius:10px;border:1px solid var(--line);background:var(--card);color:var(--soft);align-items:center;justify-content:center}
.items bdi{display:block;overflow-wrap:anywhere;padding-top:.25rem}
`

/** `base` is what links begin with, relative to the request. */
export function entryPage(items: readonly EntryItem[], base: string, words: GatewayWords): string {
  const list = items.map((item) => tile(item, base, words)).join('')
  return page(
    words.shared,
    `<h1>${words.shared}</h1><p class="soft">${words.sharedLine(items.length)}</p><ul class="items">${list}</ul>`,
    { style: STYLE, language: words.language },
  )
}

function tile({ file, thumbnail }: EntryItem, base: string, words: GatewayWords): string {
  if (!file) return `<li><span class="sign">${words.closed}</span></li>`
  const href = escapeHtml(base + file.href)
  const picture = thumbnail
    ? `<img src="${escapeHtml(base + thumbnail.href)}" alt="" loading="lazy" decoding="async">`
    : `<span class="sign">${escapeHtml(signOf(file, words))}</span>`
  const about = [file.type, file.size === undefined ? '' : formatSize(file.size, words.point)]
    .filter(Boolean)
    .join(' · ')
  return (
    `<li><a href="${href}">${picture}<bdi>${escapeHtml(file.name.toWellFormed()) || words.noName}</bdi></a>` +
    `<span class="soft">${escapeHtml(about)}</span></li>`
  )
}

const signOf = ({ name, type }: EntryFile, { shapes }: GatewayWords): string =>
  (type || typeByName(name) || shapes.other).split(/[/;]/, 1)[0] ?? shapes.other
