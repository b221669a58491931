/** Where in the app we are, read from the address: pure, so that every address has one tested meaning. */
import { MAX_INVITE } from '../core/limits.ts'

/** Longest code of a link to a thread: as much as the worker looks at. */
export const MAX_THREAD_CODE = 96 * 1024

/** Longest link to content we look at: a path, a key and a cafe's id are far below, and so is what browsers open. */
export const MAX_LINK = 8192

const PLAIN = [
  'host',
  'files',
  'threads',
  'feed',
  'news',
  'people',
  'mail',
  'you',
  'account',
  'recover',
  'pair',
  'settings',
  'doctor',
] as const

export type Route =
  | { readonly view: 'home' | 'try' | (typeof PLAIN)[number] }
  /** `code` is the invite of the link that was opened, if there was one. */
  | { readonly view: 'join'; readonly code?: string }
  /** `code` is the link of a device that is to be given this account. */
  | { readonly view: 'link'; readonly code: string }
  /** One of this account's threads. */
  | { readonly view: 'thread'; readonly id: string }
  /** Somebody, by their address. */
  | { readonly view: 'contact'; readonly address: string }
  /** `code` is somebody's contact link. */
  | { readonly view: 'introduced'; readonly code: string }
  /** Content, by a link of the gateway, `/ipfs/…`; with its key only until that is taken out of the address. */
  | { readonly view: 'open'; readonly link: string }
  /** An invite to a thread: of a link, or one that was received. */
  | { readonly view: 'invited'; readonly code: string }

/**
 * The route a fragment names: `#`, `#host`, `#files`, `#threads` and so on; `#join`, `#join=<code>`, `#link=<code>`; `#thread=<id>` with 64
 * hex digits for a thread that is here, `#thread=<code>` for an invite to one; `#contact=<address>` for somebody,
 * `#contact=<code>` for a contact link; `#open=<link>` for content, by its link of the gateway, `#open` to try links. Anything else is home.
 *
 * @example
 * ```ts
 * readRoute('#join=abc') // { view: 'join', code: 'abc' }
 * ```
 */
export function readRoute(hash: string): Route {
  const [name = '', ...rest] = hash.replace(/^#/, '').split('=')
  const plain = PLAIN.find((view) => view === name)
  if (plain !== undefined) return { view: plain }
  const code = rest.join('=')
  if (name === 'thread') return threadRoute(code)
  if (name === 'contact') return contactRoute(code)
  if (hash === '#open') return { view: 'try' }
  if (name === 'open')
    return isGatewayPath(code) && code.length <= MAX_LINK ? { view: 'open', link: code } : { view: 'home' }
  if (name === 'link') return code === '' || code.length > MAX_INVITE ? { view: 'account' } : { view: 'link', code }
  if (name !== 'join') return { view: 'home' }
  return code === '' || code.length > MAX_INVITE ? { view: 'join' } : { view: 'join', code }
}

function contactRoute(text: string): Route {
  if (/^P[1-9A-HJ-NP-Za-km-z]{47}$/.test(text)) return { view: 'contact', address: text }
  return text === '' || text.length > MAX_INVITE ? { view: 'people' } : { view: 'introduced', code: text }
}

function threadRoute(text: string): Route {
  if (/^[0-9a-f]{64}$/.test(text)) return { view: 'thread', id: text }
  return text === '' || text.length > MAX_THREAD_CODE ? { view: 'threads' } : { view: 'invited', code: text }
}

/** The fragment of a thread that is here, or of an invite to one. */
export function threadHash(idOrCode: string): string {
  return `#thread=${idOrCode}`
}

/** The fragment of somebody's page, by address, or of what their contact link says. */
export function contactHash(addressOrCode: string): string {
  return `#contact=${addressOrCode}`
}

/** The fragment of the app's view of content; `link` without its key, which no address of the app holds for long. */
export function openHash(link: string): string {
  return `#open=${link.split('#', 1)[0]}`
}

/** True for a path of the gateway, `/ipfs/…` or `/ipns/…`: this page then stands in for the service worker's answer. */
export function isGatewayPath(pathname: string): boolean {
  return /^\/ip[fn]s\/./.test(pathname)
}
