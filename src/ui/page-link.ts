/**
 * Links to content that would be a page of its author's making. Inside the app such a link leads to a frame that says whose
 * page it is (`<cafe-framed>`), and its key never enters an address: the app hands it to the frame in memory, so that
 * neither the address bar nor the browser's history ever has it (rules A7, B3).
 */

/** Names of documents with markup, which their authors could use to look like somebody else. */
const PAGES = /\.(?:x?html?|shtml|xht|svgz?|xml|xsl|mathml|mml|rss|atom|mht(?:ml)?)$/i
/** Longest path a fragment may name: what the gateway reads, less a key. */
const MAX_PATH = 8192

/** A page as an address names it. */
export interface PageAddress {
  /** Path and query, without key. */
  readonly path: string
  /** It opens only with a key, which the address does not have. */
  readonly sealed: boolean
}

/** True for a gateway link whose name says that a browser would show a document with markup. */
export function isPageLink(link: string): boolean {
  const url = gatewayUrl(link)
  if (url === undefined || url.searchParams.get('download') === 'true') return false
  return PAGES.test(url.searchParams.get('filename') ?? url.pathname)
}

/** The link without key: path and query, and whether a key is missing. Undefined if it is no gateway link. */
export function pageAddress(link: string): PageAddress | undefined {
  const url = gatewayUrl(link)
  if (url === undefined) return undefined
  const sealed = url.searchParams.has('key') || new URLSearchParams(url.hash.slice(1)).has('key')
  url.searchParams.delete('key')
  return { path: url.pathname + url.search, sealed }
}

/** The fragment of the view that frames a page. */
export const pageHash = ({ path, sealed }: PageAddress): string => `#page=${sealed ? '~' : ''}${path}`

/** What `#page=<text>` names; undefined if that is no path of the gateway. */
export function readPage(text: string): PageAddress | undefined {
  const [, mark = '', path = ''] = /^(~?)(.*)$/s.exec(text) ?? []
  const address = path.length <= MAX_PATH ? pageAddress(path) : undefined
  return address && { path: address.path, sealed: mark !== '' || address.sealed }
}

/** The same content, to be saved. */
export function saveLink(link: string): string {
  const url = new URL(link, BASE)
  url.searchParams.set('download', 'true')
  return url.pathname + url.search + url.hash
}

const BASE = 'https://cafe.invalid'

function gatewayUrl(link: string): URL | undefined {
  if (!/^\/ip[fn]s\/./.test(link) || !URL.canParse(link, BASE)) return undefined
  const url = new URL(link, BASE)
  // Dots may have led out of it.
  return /^\/ip[fn]s\/./.test(url.pathname) ? url : undefined
}
