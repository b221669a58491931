/**
 * Logging that cannot leak: every line passes {@link redact}, which removes keys, tokens and JWTs from anything that
 * looks like a URL or a credential.
 */

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** Writes one line; `facts` are small plain values. */
export type Log = (level: Level, message: string, facts?: Readonly<Record<string, unknown>>) => void

const QUERY_OR_FRAGMENT = /[?#][^\s"'<>]*/g
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g
/** Not between word boundaries: base64url may end with `-`. */
const STREAM_KEY = /(?<![\w-])u[\w-]{44}(?![\w-])/g
/**
 * 44 bytes in base58: access tokens and legacy keys, hardly ever below 59 characters. Peer ids have 52; a CID in base32
 * may look the same, but has no capitals.
 */
const BASE58_SECRET = /\b(?![a-z2-7]+\b)[1-9A-HJ-NP-Za-km-z]{53,61}\b/g

/** A key as a parameter of a path, as in `/name;key=…`, however its name is spelt. */
const KEY_IN_PATH = /;(?:k|%6b)(?:e|%65)(?:y|%79)=[^;/?#\s"'<>]*/gi

/**
 * A URL, whole or relative, as it may be written down anywhere: without query and fragment, without a key in its path.
 * Whoever logs a URL, or part of one, gives it to this function; {@link redact} does so for URLs in a sentence.
 *
 * @example
 * ```ts
 * redactUrl('/ipfs/bafy…/a.jpg?download=true#key=u…') // '/ipfs/bafy…/a.jpg[…]'
 * ```
 */
export function redactUrl(url: string): string {
  return redactSecrets(url.replace(/[?#].*$/s, '[…]').replaceAll(KEY_IN_PATH, ';[…]'))
}

/** `text` without query strings, fragments, JWTs, file keys and access tokens. */
export function redact(text: string): string {
  return redactSecrets(text.replace(QUERY_OR_FRAGMENT, '[…]').replace(KEY_IN_PATH, ';[…]'))
}

/** Secrets by their looks, wherever they stand. */
function redactSecrets(text: string): string {
  return text.replace(JWT, '[jwt]').replace(STREAM_KEY, '[key]').replace(BASE58_SECRET, '[token]')
}

/** A log that writes redacted lines to `sink`, nothing below `least`. */
export function createLog(sink: (level: Level, line: string) => void, least: Level = 'info'): Log {
  const order: Level[] = ['debug', 'info', 'warn', 'error']
  return (level, message, facts) => {
    if (order.indexOf(level) < order.indexOf(least)) return
    sink(level, redact(facts ? `${message} ${describe(facts)}` : message))
  }
}

/** A log that drops everything: for tests of something else. */
export const silentLog: Log = () => {}

function describe(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value instanceof Error ? `${value.name}: ${value.message}` : String(value)}`)
    .join(' ')
}
