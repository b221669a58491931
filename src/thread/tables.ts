/**
 * The rows of a thread. Each begins with the thread's id; blocks are keyed so that newest first is key order, and all a
 * page or an opening needs is found by ranges and single keys, however long the thread is.
 */
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { hex } from '../core/ids.ts'
import { KiB } from '../core/limits.ts'
import { address, bytes, cid, count, name, peerId, text, v } from '../core/schema.ts'
import type { Change, Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import { charterSchema } from './charter.ts'
import { EPOCH_KEY_ID } from './epoch-key.ts'
import { grantSchema } from './grant.ts'
import { cafesSchema, door, type Kind } from './kinds.ts'
import type { ThreadIdText } from './thread.ts'

const DAG_CBOR = 0x71
const SHA_256 = 0x12
const hash = bytes(32, 32)
/** Bytes of one part of a value, below what a row may have. */
export const PART = 48 * KiB
const kindText = v.pipe(
  text(16),
  v.transform((value) => value as Kind),
)

/** What must be known of a block without opening it. `standing`: by which its author was in. */
const blockRow = v.strictObject({
  kind: kindText,
  author: address,
  dev: peerId,
  seq: count(),
  standing: count(),
  epoch: count(),
  key: bytes(EPOCH_KEY_ID, EPOCH_KEY_ID),
  parents: v.array(hash),
  size: count(),
})
export type BlockRow = v.InferOutput<typeof blockRow>

/** Where a block is among the others, and the standings after it. */
const placeRow = v.strictObject({ depth: count(), ts: count(), standings: text(32) })
export type Place = v.InferOutput<typeof placeRow>

/** Blocks of one device that have the same number: one, if all is well. */
const linkRow = v.strictObject({
  blocks: v.array(v.strictObject({ hash, prev: v.nullable(hash), depth: count() })),
})
export type Link = v.InferOutput<typeof linkRow>['blocks'][number]

const nothing = v.strictObject({})

/** Keys of the rows, below the thread's id, are said with each. */
export const threadTables = (rows: Rows) => ({
  /** Changes for {@link Rows.commit}; staged, where the rows are (`staged.ts`). */
  stage: (changes: readonly Change[]) => rows.commit(changes),
  thread: table(rows, 'thread', v.strictObject({ charter: charterSchema, name, grant: v.nullable(grantSchema) })),
  /** What all blocks together come to. `standings`: of all of them, merged. */
  tally: table(
    rows,
    'thread-tally',
    v.strictObject({
      blocks: count(),
      updated: count(),
      standings: text(32),
      renamed: v.nullable(v.strictObject({ name, at: text(128) })),
    }),
  ),
  /** By order. */
  block: table(rows, 'thread-block', blockRow),
  /** By hash. */
  place: table(rows, 'thread-place', placeRow),
  /** By order. */
  head: table(rows, 'thread-head', nothing),
  /** By name of the value, then part of it. */
  standings: table(rows, 'thread-standings', v.strictObject({ part: bytes(PART) })),
  /** By author, device, number from above. */
  link: table(rows, 'thread-link', linkRow),
  /** By kind, author, device, number. */
  alarm: table(rows, 'thread-alarm', nothing),
  /** By target, 'comment', order from below; or by target, kind, author, level, device. */
  about: table(rows, 'thread-about', v.strictObject({ at: text(128), seq: count() })),
  /** By author. */
  said: table(
    rows,
    'thread-said',
    v.strictObject({ at: text(128), name: v.nullable(name), avatar: v.nullable(cid), cafes: cafesSchema, door }),
  ),
  /** By address. */
  since: table(rows, 'thread-since', v.strictObject({ standing: count(), ts: count(), at: text(128) })),
  /** By epoch, key id. */
  key: table(rows, 'thread-key', v.strictObject({ key: bytes(32, 32) })),
  /** By epoch, key id, hash of a block with letters. */
  letter: table(rows, 'thread-letter', nothing),
  /** By hash. */
  wait: table(rows, 'thread-wait', v.strictObject({ n: count(), size: count(), parents: v.array(hash) })),
  /** By slot. */
  refused: table(rows, 'thread-refused', v.strictObject({ hash, why: text(64) })),
})
export type ThreadTables = ReturnType<typeof threadTables>

/** Removes all rows of a thread; the first of them first, so that it is gone from then on. */
export async function removeAll(rows: Rows, id: ThreadIdText): Promise<void> {
  const { stage: _, ...tables } = threadTables(rows)
  for (const one of Object.values(tables)) {
    const first = one.remove(id)
    if (await rows.get(first.key)) await rows.commit([first])
    for (;;) {
      const page = await rows.range(`${first.key}/`, { limit: 500 })
      if (page.length === 0) break
      await rows.commit(page.map(([key]): Change => ({ key })))
    }
  }
}

/** The SHA-256 in a block's CID, as hex: how rows name blocks. */
export const hashOf = (cid: CID): string => hex(cid.multihash.digest)
export const cidOf = (hash: string): CID => CID.createV1(DAG_CBOR, Digest.create(SHA_256, unhex(hash)))
export const unhex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
/** Can a thread block be called so? Whatever else a block names is none of ours, and no row has a place for it. */
export const isBlockCid = ({ version, code, multihash }: CID): boolean =>
  version === 1 && code === DAG_CBOR && multihash.code === SHA_256 && multihash.digest.byteLength === 32

const DEPTH = 16 ** 10 - 1
const TIME = 16 ** 12 - 1
const DEPTH_DIGITS = 10
const TIME_DIGITS = 12
/** Digits of any whole number. */
const DIGITS = 14

/** Deeper sorts first, then later, then by hash: the order of pages. */
export const orderOf = ({ depth, ts }: Pick<Place, 'depth' | 'ts'>, hash: string): string =>
  digits(DEPTH - depth, DEPTH_DIGITS) + digits(TIME - ts, TIME_DIGITS) + hash
/** Comes before all orders of this depth, and after those of greater ones. */
export const depthPrefix = (depth: number): string => digits(DEPTH - depth, DEPTH_DIGITS)
export const orderHash = (order: string): string => order.slice(DEPTH_DIGITS + TIME_DIGITS)
export const orderDepth = (order: string): number => DEPTH - Number.parseInt(order.slice(0, DEPTH_DIGITS), 16)

/** A number as part of a key, and from above: the greatest sorts first. */
export const up = (n: number): string => digits(n, DIGITS)
export const down = (n: number): string => up(Number.MAX_SAFE_INTEGER - n)
export const fromDown = (part: string): number => Number.MAX_SAFE_INTEGER - Number.parseInt(part, 16)

const digits = (n: number, size: number): string => n.toString(16).padStart(size, '0')
