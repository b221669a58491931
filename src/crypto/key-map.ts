/**
 * The keys of all files of one entry of a thread in one link: `#keys=…`, base64url of a JSON map from path to key, as
 * Textile's files blocks have it. Paths are those of directories below the entry's root that hold a file and what is known
 * of it: `/<index>/` or `/<index>/<link>/`. Of a file that is not encrypted the key is empty.
 *
 * @example
 * ```ts
 * formatKeyMap(new Map([['/0/raw/', 'uAgAB…'], ['/0/thumb/', 'uAkJC…']]))
 * ```
 */
import { base64urlnopad } from '@scure/base'
import { CafeError, isCafeError } from '../core/errors.ts'
import { decodeJson } from '../core/json.ts'
import { KiB, MAX_FILES } from '../core/limits.ts'
import { parse, text, v } from '../core/schema.ts'
import { utf8 } from './bytes.ts'

/** Two for every file of a post, itself and its small picture; Textile made up to four of a picture. */
const MAX_ENTRIES = 4 * MAX_FILES
/** As text of the link. All keys of a post of ours are 10 KiB; what is longer fits no link that the gateway reads. */
const MAX_TEXT = 14 * KiB

const path = v.pipe(v.string(), v.regex(/^\/[^/]{1,64}\/(?:[^/]{1,64}\/)?$/))
/** Longer than any key (see file-key.ts), which are read one by one. */
const keyText = text(64)
const schema = v.pipe(v.record(path, keyText), v.minEntries(1), v.maxEntries(MAX_ENTRIES))

/** Key texts by path. */
export type KeyMap = ReadonlyMap<string, string>

/** The map as text for a link. */
export const formatKeyMap = (keys: KeyMap): string =>
  base64urlnopad.encode(utf8(JSON.stringify(Object.fromEntries(keys))))

/**
 * The map in a link.
 * @throws CafeError BAD_REQUEST `{what: 'key'}`, never with any part of the text.
 */
export function parseKeyMap(encoded: string): KeyMap {
  try {
    if (encoded.length > MAX_TEXT) throw new CafeError('BAD_REQUEST', { what: 'key' })
    return new Map(Object.entries(parse(schema, decodeJson(base64urlnopad.decode(encoded), MAX_TEXT))))
  } catch (cause) {
    // The cause of a text that is no base64 has the text in it.
    throw new CafeError('BAD_REQUEST', { what: 'key' }, isCafeError(cause) ? { cause } : {})
  }
}
