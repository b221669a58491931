/**
 * What the service worker tells a page of the app about requests that the page watches: how each was answered, and where
 * each block came from. It goes over a port that the page made, in no header, and has no part of a link's fragment in it.
 * A link is watched by a random name in its fragment, `#…&watch=<name>`.
 */
import { WATCHED_BLOCKS, WATCHED_HEADERS, WATCHED_REQUESTS } from './limits.ts'
import { count, peerId, text, v } from './schema.ts'

/** Milliseconds. */
const time = count()

/** Who gave a block over the network, and by which way it came. */
const giverSchema = v.strictObject({ peer: peerId, path: v.picklist(['direct', 'relayed']) })
export type Giver = v.InferOutput<typeof giverSchema>

const blockSchema = v.strictObject({
  cid: text(256),
  size: count(),
  /** Absent where the source does not say. */
  from: v.optional(v.picklist(['local', 'network'])),
  giver: v.optional(giverSchema),
  ms: time,
})
export type WatchedBlock = v.InferOutput<typeof blockSchema>

/** Longest value of a header we tell: our own policies are longer than anything else, and shorter than this. */
export const MAX_HEADER = 1024

const requestSchema = v.strictObject({
  method: v.picklist(['GET', 'HEAD']),
  /** `about`: the app asked what is there; `part`: a range of it; `content`: the whole. */
  asked: v.picklist(['about', 'part', 'content']),
  status: v.optional(count(599, 100)),
  headers: v.pipe(v.array(v.strictTuple([text(64), text(MAX_HEADER)])), v.maxLength(WATCHED_HEADERS)),
  /** Until the answer began, and until all of it was sent; absent until then. */
  first: v.optional(time),
  whole: v.optional(time),
})
export type WatchedRequest = v.InferOutput<typeof requestSchema>

/** What has come of many blocks. */
const sumSchema = v.strictObject({ blocks: count(), bytes: count() })
export type Sum = v.InferOutput<typeof sumSchema>

export const watchedSchema = v.strictObject({
  /** The first WATCHED_REQUESTS; the others are counted. */
  requests: v.pipe(v.array(requestSchema), v.maxLength(WATCHED_REQUESTS)),
  moreRequests: count(),
  /** The first WATCHED_BLOCKS, in the order in which they came; the others are counted. */
  blocks: v.pipe(v.array(blockSchema), v.maxLength(WATCHED_BLOCKS)),
  moreBlocks: sumSchema,
  /** Of all blocks. */
  local: sumSchema,
  network: sumSchema,
})
export type Watched = v.InferOutput<typeof watchedSchema>

const NAME = /^[0-9a-f]{32}$/

/** A name to watch requests by: 128 bits, as hex. */
export const isWatchName = (name: unknown): name is string => typeof name === 'string' && NAME.test(name)

/** The name in a link's fragment by which its requests are watched. */
export function watchNameIn(address: string): string | undefined {
  const at = address.indexOf('#')
  if (at < 0 || !address.includes('watch=', at)) return undefined
  const name = new URLSearchParams(address.slice(at + 1)).get('watch')
  return isWatchName(name) ? name : undefined
}

/**
 * The link with a name to watch it by.
 *
 * @example
 * ```ts
 * withWatch('/ipfs/bafy…#key=u…', name) // '/ipfs/bafy…#key=u…&watch=…'
 * ```
 */
export function withWatch(link: string, name: string): string {
  return `${link}${link.includes('#') ? '&' : '#'}watch=${name}`
}
