/**
 * `_redirects` of a website (https://specs.ipfs.tech/http-gateways/web-redirects-file/): what to answer for a path that is
 * not there. Rules hold only where a website has an origin of its own, and never for a path that exists. They are
 * somebody's text: bounded, read whole or refused whole, and what they make is always a path or an http(s) address.
 */
import { CafeError } from '../core/errors.ts'
import { KiB } from '../core/limits.ts'

/** The most the specification allows. */
export const MAX_REDIRECTS = 64 * KiB

const STATUSES = [200, 301, 302, 303, 307, 308, 404, 410, 451] as const
export type RedirectStatus = (typeof STATUSES)[number]
const DEFAULT_STATUS = 301

export interface RedirectRule {
  /** Decoded names, `:name` for one of any kind. */
  readonly from: readonly string[]
  /** It ends with `*`: whatever follows, also nothing, is `:splat`. */
  readonly splat: boolean
  readonly to: string
  readonly status: RedirectStatus
}

/** What a path that is not there becomes. */
export interface Redirected {
  readonly status: RedirectStatus
  /** For 200 and 4xx a path of this website, to be shown under that status; else where to go. Percent-encoded ASCII. */
  readonly to: string
}

/**
 * The rules in the text of a file, in its order.
 * @throws CafeError INTERNAL `{what: 'redirects', why, line?}` (the specification wants status 500) if any line is wrong.
 */
export function parseRedirects(text: string): RedirectRule[] {
  if (text.length > MAX_REDIRECTS) throw tooLarge()
  const rules: RedirectRule[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || line.trimStart().startsWith('#')) continue
    rules.push(parseRule(words, index + 1))
  }
  return rules
}

/** The failure of a file that is too large to be read. */
export const tooLarge = (): CafeError => wrong(`redirects file size cannot exceed ${MAX_REDIRECTS} bytes`)

function parseRule([from = '', to = '', code, ...more]: readonly string[], line: number): RedirectRule {
  if (to === '' || more.length > 0) throw wrong('a rule has two or three words', line)
  if (!from.startsWith('/')) throw wrong('a rule begins with a path', line)
  if (code?.endsWith('!')) throw wrong('forced redirects (or "shadowing") are not supported', line)
  const status = STATUSES.find((known) => String(known) === (code ?? String(DEFAULT_STATUS)))
  if (status === undefined) throw wrong('unsupported redirect status', line)
  const outside = /^https?:\/\/[^/]/i.test(to)
  const inside = to.startsWith('/') && !to.startsWith('//')
  if (!inside && !(outside && status >= 300 && status < 400)) throw wrong('a rule leads to a path or an address', line)
  const splat = from.endsWith('/*')
  const names = segmentsOf(splat ? from.slice(0, -1) : from)
  if (names.some((name) => name.includes('*'))) throw wrong('only the end of a path may be *', line)
  return { from: names, splat, to, status }
}

function wrong(why: string, line?: number): CafeError {
  return new CafeError('INTERNAL', { what: 'redirects', why, ...(line !== undefined && { line }) })
}

/** The names of a path, as they stand in it; a slash at the end says nothing. */
const segmentsOf = (path: string): string[] => path.split('/').filter(Boolean)

/** What the first rule that matches makes of a path, percent-encoded as a URL has it; undefined if none does. */
export function applyRedirects(rules: readonly RedirectRule[], pathname: string): Redirected | undefined {
  const segments = segmentsOf(pathname)
  for (const rule of rules) {
    const found = match(rule, segments)
    if (found) return { status: rule.status, to: expand(rule.to, found) }
  }
  return undefined
}

function match({ from, splat }: RedirectRule, segments: readonly string[]): Map<string, string> | undefined {
  if (splat ? segments.length < from.length : segments.length !== from.length) return undefined
  const found = new Map<string, string>()
  for (const [i, name] of from.entries()) {
    const segment = segments[i] ?? ''
    if (/^:./.test(name)) found.set(name.slice(1), segment)
    else if (decode(name) !== decode(segment)) return undefined
  }
  if (splat) found.set('splat', segments.slice(from.length).join('/'))
  return found
}

/** Only whole names are replaced, and only once, so that what is put in is never read as a placeholder. */
const expand = (to: string, found: ReadonlyMap<string, string>): string =>
  ascii(to.replaceAll(/:(\w+)/g, (whole, name: string) => found.get(name) ?? whole))

/** For a header and for a URL: what is not printable ASCII is percent-encoded. */
const ascii = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part))

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A stray percent sign stands for itself.
    return segment
  }
}
