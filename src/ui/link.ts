/**
 * Links that people paste and links that we show: pure functions that never let a dangerous scheme through, and never
 * leave a key where a server would see it.
 */
import { MAX_INVITE } from '../core/limits.ts'
import { MAX_LINK, MAX_THREAD_CODE } from './route.ts'

const SAFE_SCHEMES: readonly string[] = ['http:', 'https:', 'ipfs:', 'ipns:', 'mailto:']
/** CIDv0, or CIDv1 in base32, base36 or base58; the gateway checks it properly. */
const CID = /^(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|[bk][0-9a-z]{40,}|z[1-9A-HJ-NP-Za-km-z]{40,})$/
/** A link without a key, and one that came apart from it: of 45 characters, or one of Textile's. */
const WITH_KEY = /^([^\s#]+)\s+([\w-]{44,61})$/
const INVITE = /^[A-Za-z0-9_-]{20,}$/

/**
 * `value` for an `href`, or undefined if its scheme could run code or leave the web (security.md J2). Relative
 * addresses are resolved by the browser against the page and are safe.
 *
 * @example
 * ```ts
 * safeHref('javascript:alert(1)') // undefined
 * safeHref('/ipfs/bafy…#key=u…') // the same text
 * ```
 */
export function safeHref(value: string): string | undefined {
  if (value === '' || value.length > MAX_LINK) return undefined
  try {
    // The parser strips what browsers strip (tabs, newlines, leading controls), so it cannot be told another story.
    return SAFE_SCHEMES.includes(new URL(value, 'https://cafe.invalid/').protocol) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * The path, query and fragment of a gateway address with its key in the fragment, which no server ever sees, instead of
 * the query, which servers log (design §1.3).
 */
export function privatePath(url: URL): string {
  const query = new URLSearchParams(url.search)
  const key = query.get('key')
  if (key === null) return url.pathname + url.search + url.hash
  query.delete('key')
  const rest = query.size > 0 ? `?${query}` : ''
  const fragment = url.hash.replace(/^#/, '')
  return `${url.pathname}${rest}#key=${encodeURIComponent(key)}${fragment === '' ? '' : `&${fragment}`}`
}

/**
 * What a person pasted as a path of our own gateway: a link of any Popup Cafe or IPFS gateway, `ipfs://…`, a path, or a
 * CID, also with what follows it in a link; behind it, after a space, the key if that came apart. Undefined if it is none of these.
 */
export function readLink(text: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > MAX_LINK) return undefined
  if (CID.test(trimmed)) return `/ipfs/${trimmed}`
  const [, link, key] = WITH_KEY.exec(trimmed) ?? []
  if (link !== undefined && key !== undefined) return readLink(`${link}#key=${key}`)
  const native = /^(ip[fn]s):\/\/(?:ip[fn]s\/)?(.+)$/i.exec(trimmed)
  const path = CID.test(/^\w*/.exec(trimmed)?.[0] ?? '') ? `/ipfs/${trimmed}` : trimmed.replace(/^(?=ip[fn]s\/)/, '/')
  const address = native ? `/${native[1]?.toLowerCase()}/${native[2]}` : path
  try {
    const url = new URL(address, 'https://cafe.invalid/')
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
    const below = /^(?:\/c\/[^/]+)?(\/ip[fn]s\/.+)$/.exec(url.pathname)?.[1]
    if (below === undefined) return undefined
    url.pathname = below
    return privatePath(url)
  } catch {
    return undefined
  }
}

/** The invite code in what a person pasted: the link `…#join=<code>` or the bare code. Undefined if it is neither. */
export function readJoin(text: string): string | undefined {
  const trimmed = text.trim()
  const code = /#join=([^\s#]+)$/.exec(trimmed)?.[1] ?? trimmed
  return code.length <= MAX_INVITE && INVITE.test(code) ? code : undefined
}

/** The code of an invite to a thread in what a person pasted: the link `…#thread=<code>` or the bare code. */
export function readThreadCode(text: string): string | undefined {
  const trimmed = text.trim()
  const code = /#thread=([^\s#]+)$/.exec(trimmed)?.[1] ?? trimmed
  return code.length <= MAX_THREAD_CODE && INVITE.test(code.replace(/^~/, '')) ? code : undefined
}

/** The code of a contact link that somebody pasted whole. */
export function readContactCode(text: string): string | undefined {
  const code = /#contact=([^\s#]+)$/.exec(text.trim())?.[1]
  return code !== undefined && code.length <= MAX_INVITE ? code : undefined
}

/** The code in a pasted link of a device, `…#link=<code>`, or the bare code. Undefined if it is neither. */
export function readDeviceLink(text: string): string | undefined {
  const trimmed = text.trim()
  const code = /#link=([^\s#]+)$/.exec(trimmed)?.[1] ?? trimmed
  return code.length <= MAX_INVITE && INVITE.test(code) ? code : undefined
}

/** The last part of a gateway path as a name to show, or undefined if the path is only a CID. */
export function fileName(pathname: string): string | undefined {
  const parts = pathname.split('/').filter((part) => part !== '')
  const last = parts.length > 2 ? parts.at(-1) : undefined
  if (last === undefined) return undefined
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
