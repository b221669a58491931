/**
 * What this node is told from outside: which relays to use, and which ICE servers if any. It comes from the host of the
 * app (`/config.json`), and from the last known copy when that cannot be reached.
 */
import { decode, encode } from '../core/codec.ts'
import { sameBytes } from '../core/ids.ts'
import { KiB } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { multiaddrText, parse, text, v } from '../core/schema.ts'
import type { Rows } from '../store/rows.ts'

const iceServer = v.strictObject({
  urls: v.union([text(512), v.pipe(v.array(text(512)), v.maxLength(8))]),
  username: v.optional(text(256)),
  credential: v.optional(text(256)),
})

const configSchema = v.object({
  /** Multiaddrs that end in `/p2p/<id>`. */
  relay: v.pipe(v.array(v.pipe(multiaddrText, v.regex(/\/p2p\/[\w]+$/))), v.maxLength(8)),
  iceServers: v.optional(v.pipe(v.array(iceServer), v.maxLength(8)), []),
})

export type Config = v.InferOutput<typeof configSchema>

const KEY = '/cafe/config'
const MAX_CONFIG = 16 * KiB
const FETCH_TIMEOUT = 3000

/** The configuration. The question is on its way while the store that keeps the last answer is still being opened. */
export async function loadConfig(opening: Promise<Rows>, log: Log, origin: string): Promise<Config> {
  try {
    const response = await fetch(`${origin}/config.json`, {
      cache: 'no-store',
      // A website below the app's host could have set so many cookies that the host refuses to answer.
      credentials: 'omit',
      signal: AbortSignal.timeout(FETCH_TIMEOUT),
    })
    const body = await response.text()
    if (!response.ok || body.length > MAX_CONFIG) throw new Error(`config.json answered ${response.status}`)
    const config = parse(configSchema, JSON.parse(body))
    await keep(await opening, encode(config))
    return config
  } catch (cause) {
    log('warn', 'no config.json, using the last one', { cause })
    const stored = await (await opening).get(KEY)
    return stored ? parse(configSchema, decode(stored, MAX_CONFIG)) : { relay: [], iceServers: [] }
  }
}

/** Writes only what has changed: a strict commit is a good part of a start. */
async function keep(rows: Rows, value: Uint8Array): Promise<void> {
  const before = await rows.get(KEY)
  if (!before || !sameBytes(before, value)) await rows.commit([{ key: KEY, value }])
}
