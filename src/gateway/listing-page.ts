/**
 * A folder as a page: without scripts, so that sorting and the choice of looks are links. Ten thousand rows stay quick:
 * one pass writes them, and what is out of sight is not laid out.
 */
import { SHAPES } from '../core/about.ts'
import type { ShapedLink } from './directory.ts'
import { escapeHtml, formatSize, page } from './pages.ts'
import type { GatewayWords } from './words/words.ts'

const SORTS = ['name', 'size', 'type'] as const
const LOOKS = ['list', 'pictures'] as const

/** How the page shows the entries: `?sort=…&view=…`. */
export interface Looks {
  readonly sort: (typeof SORTS)[number]
  readonly view: (typeof LOOKS)[number]
}

/** The looks a query asks for; what it does not know is ignored. */
export function readLooks(search: string): Looks {
  const query = new URLSearchParams(search)
  return {
    sort: SORTS.find((sort) => sort === query.get('sort')) ?? 'name',
    view: LOOKS.find((view) => view === query.get('view')) ?? 'list',
  }
}

export interface ListingPage {
  /** What to call it: its name, which the root has none of. */
  readonly title: string
  readonly cid: string
  readonly entries: readonly ShapedLink[]
  readonly more: boolean
  /** What links to entries begin with, relative to the request: `./`, or `./<name>/` if its path has no final slash. */
  readonly base: string
  /** Where the folder above is, if this is not the root. */
  readonly parent: string | undefined
  /** Path of the folder on this origin, encoded: `/ipfs/…`; none where a website has its origin to itself. */
  readonly path: string | undefined
  readonly looks: Looks
  readonly words: GatewayWords
}

const STYLE = `
main{max-width:54rem}
.card{list-style:none;padding:0 1rem}
.card li{display:flex;gap:1rem;align-items:baseline;padding:.65rem 0;border-top:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 2.9rem}
.card li:first-child{border-top:0}
.name{flex:1;min-width:0;overflow-wrap:anywhere}
.size,.type{color:var(--soft);font-size:.875rem;white-space:nowrap}
.size{min-width:4.5rem;text-align:right;font-variant-numeric:tabular-nums}
.row [aria-current]{color:inherit;font-weight:600;text-decoration:none}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.75rem;margin:1.25rem 0;padding:0;list-style:none}
.grid li{content-visibility:auto;contain-intrinsic-size:auto 11rem}
.grid a{display:block;text-decoration:none}
.grid img,.grid .sign{display:flex;width:100%;height:9rem;border-radius:10px;object-fit:cover;background:var(--card);align-items:center;justify-content:center;color:var(--soft);border:1px solid var(--line)}
.grid bdi{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:.875rem;padding-top:.25rem}
@media(max-width:30rem){.type{display:none}}
`

/** A folder for people: names, sizes, kinds, links; sorted; as a list or as pictures. */
export function listingPage(listing: ListingPage): string {
  const { title, cid, entries, more, parent, words } = listing
  const count = words.entries(entries.length, more)
  const up = parent === undefined ? '' : `<p><a class="up" href="${escapeHtml(parent)}">${words.above}</a></p>`
  const rest = more ? `<p>${words.onlyFirst(entries.length)}</p>` : ''
  return page(
    title,
    `${up}<h1><bdi>${escapeHtml(title)}</bdi></h1><p class="soft">${count} · ${cid}</p>${actions(listing)}` +
      (entries.length === 0 ? `<p>${words.empty}</p>` : choices(listing) + list(listing)) +
      rest,
    { style: STYLE, language: words.language },
  )
}

function actions({ path, words }: ListingPage): string {
  // On an origin of its own a website is alone: neither the app nor the gateway's paths are there.
  if (path === undefined) return ''
  const address = escapeHtml(path)
  return (
    `<p class="row"><a class="button" href="/#open=${address}" rel="noreferrer">${words.openInApp}</a>` +
    `<span>${words.download} <a href="?format=tar&amp;download=true" rel="nofollow">TAR</a> · ` +
    `<a href="?format=car&amp;download=true" rel="nofollow">CAR</a></span></p>`
  )
}

function choices({ looks, words }: ListingPage): string {
  const choice = (text: string, chosen: Looks): string => {
    const current = chosen.sort === looks.sort && chosen.view === looks.view ? ' aria-current="true"' : ''
    return `<a href="?sort=${chosen.sort}&amp;view=${chosen.view}"${current}>${text}</a>`
  }
  const sorts = SORTS.map((sort) => choice(words.sorts[sort], { ...looks, sort }))
  const views = LOOKS.map((view) => choice(words.views[view], { ...looks, view }))
  return `<nav class="row soft" aria-label="${words.looks}">${[...sorts, '<span aria-hidden="true">|</span>', ...views].join(' ')}</nav>`
}

function list({ entries, base, looks, words }: ListingPage): string {
  const items = sorted(entries, looks.sort)
  if (looks.view === 'pictures')
    return `<ul class="grid">${items.map((entry) => tile(entry, base, words)).join('')}</ul>`
  return `<ul class="card">${items.map((entry) => row(entry, base, words)).join('')}</ul>`
}

/** Entries come by name, and sorting is stable. Large ones come first, folders before files. */
function sorted(entries: readonly ShapedLink[], sort: Looks['sort']): readonly ShapedLink[] {
  const rank = ({ shape }: ShapedLink): number => (shape === undefined ? SHAPES.length : SHAPES.indexOf(shape))
  if (sort === 'size') return [...entries].sort((a, b) => (b.size ?? -1) - (a.size ?? -1))
  return sort === 'type' ? [...entries].sort((a, b) => rank(a) - rank(b)) : entries
}

function row({ name, size, shape }: ShapedLink, base: string, words: GatewayWords): string {
  const label = labelOf(name, words)
  const linked = isLinkable(name)
    ? `<a class="name" href="${hrefOf(name, base)}">${label}</a>`
    : `<span class="name">${label}</span>`
  const type = shape === undefined ? '' : words.shapes[shape]
  const bytes = size === undefined ? '' : formatSize(size, words.point)
  return `<li>${linked}<span class="type">${type}</span><span class="size">${bytes}</span></li>`
}

function tile({ name, shape }: ShapedLink, base: string, words: GatewayWords): string {
  const label = labelOf(name, words)
  if (!isLinkable(name)) return `<li><span class="sign">${words.shapes.other}</span>${label}</li>`
  const href = hrefOf(name, base)
  const picture =
    shape === 'image'
      ? `<img src="${href}" alt="" loading="lazy" decoding="async">`
      : `<span class="sign">${words.shapes[shape ?? 'other']}</span>`
  return `<li><a class="name" href="${href}">${picture}${label}</a></li>`
}

const hrefOf = (name: string, base: string): string => escapeHtml(base + encodeURIComponent(name))

/** The element isolates the direction of its text, so that a name cannot turn around what stands beside it. */
const labelOf = (name: string, { noName }: GatewayWords): string =>
  `<bdi>${escapeHtml(name.toWellFormed()) || noName}</bdi>`

/** Names no URL can express: they would be resolved away, split or refused. */
const isLinkable = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !/[/\0]/.test(name)
