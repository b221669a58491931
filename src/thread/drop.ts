/**
 * What a member leaves at its cafes for the others: where each of its devices is in the thread. Found and opened by who
 * knows the thread's id, so also by a member who has not got the newest key yet; a cafe sees only who leaves something, and
 * how often. Where the devices can be dialled is under the newest key, so that who was put out does not learn it.
 *
 * ```
 * id  = HMAC-SHA256(thread id, "textile-cafe/drop/1" ‖ 0 ‖ address)[0..16]
 * key = HMAC-SHA256(thread id, "textile-cafe/drop-key/1" ‖ 0 ‖ address)
 * ```
 */
import type { Random } from '../core/clock.ts'
import { decode, encode } from '../core/codec.ts'
import { CafeError, isCafeError } from '../core/errors.ts'
import { type Address, hex } from '../core/ids.ts'
import { KiB, MAX_ADDRESSES } from '../core/limits.ts'
import { bytes, cid, count, multiaddrText, parse, peerId, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { concat, unshared, utf8 } from '../crypto/bytes.ts'
import { openBytes, sealBytes } from '../crypto/sealed-bytes.ts'
import { MAX_HEADS } from './sync-protocol.ts'
import type { HeldKey } from './thread.ts'

/** Devices of one account that tell where they are. */
const MAX_DEVICES = 8
/** Roots of packs: eight of each size reach further than any thread. */
export const MAX_PACKS = 64
/** Bytes of the newest own blocks that go along: some posts, so that nothing else need be fetched for them. */
export const DROP_BLOCKS = 12 * KiB
/** And how many. */
export const MAX_DROP_BLOCKS = 16
const LIMIT = 64 * KiB

const addresses = v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES))
const placeSchema = v.strictObject({
  dev: peerId,
  ts: count(),
  heads: v.pipe(v.array(cid), v.maxLength(MAX_HEADS)),
  packs: v.pipe(v.array(cid), v.maxLength(MAX_PACKS)),
  blocks: v.pipe(v.array(bytes(DROP_BLOCKS, 1)), v.maxLength(MAX_DROP_BLOCKS)),
  /** Addresses, sealed once more. */
  where: v.nullable(bytes(4 * KiB, 256)),
})
const dropSchema = v.strictObject({
  v: v.literal(1),
  devices: v.pipe(v.array(placeSchema), v.maxLength(MAX_DEVICES)),
})
/** Where one device is in the thread. */
export type DropPlace = v.InferOutput<typeof placeSchema>

async function mac(threadId: Uint8Array, domain: string, who: DropName): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', unshared(threadId), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(`textile-cafe/${domain}/1\0${who}`)))
}

/**
 * Whose drop it is. A guest of whom the members have not heard yet leaves one under the word of its invite, which the
 * inviter looks for: some, as an external invite may bring several guests.
 */
export type DropName = Address | KnockName
export type KnockName = `knock ${string}`
export const knockNames = (grant: Uint8Array): KnockName[] =>
  Array.from({ length: KNOCKS }, (_, n) => `knock ${hex(grant)} ${n}` as const)
const KNOCKS = 4

/** Under which id `who` leaves what it leaves for this thread. */
export const dropId = async (threadId: Uint8Array, who: DropName): Promise<Uint8Array<ArrayBuffer>> =>
  (await mac(threadId, 'drop', who)).slice(0, 16)

const boundTo = (id: Uint8Array): Uint8Array<ArrayBuffer> => concat(utf8('textile-cafe/drop/1\0'), id)

/** The newest devices of `who`, sealed: as long as a bucket. */
export async function sealDrop(
  threadId: Uint8Array,
  who: DropName,
  devices: readonly DropPlace[],
  random?: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  const newest = devices.toSorted((a, b) => b.ts - a.ts).slice(0, MAX_DEVICES)
  for (let fit = newest; ; fit = fit.slice(0, -1)) {
    const plain = encode({ v: 1, devices: fit })
    // A body of the largest bucket has room for a kilobyte less.
    if (plain.byteLength > LIMIT - KiB && fit.length > 1) continue
    const key = new Secret(await mac(threadId, 'drop-key', who))
    return sealBytes(key, boundTo(await dropId(threadId, who)), plain, { random })
  }
}

/** @throws CafeError SEALED or BAD_REQUEST for what is no drop of `who` in this thread. */
export async function openDrop(threadId: Uint8Array, who: DropName, body: Uint8Array): Promise<readonly DropPlace[]> {
  const key = new Secret(await mac(threadId, 'drop-key', who))
  const plain = await openBytes(key, boundTo(await dropId(threadId, who)), body)
  return parse(dropSchema, decode(plain, LIMIT)).devices
}

const WHERE = utf8('textile-cafe/drop-where/1\0')

/** Addresses for who has the newest key; null where there is none to seal with. */
export async function sealWhere(keys: readonly HeldKey[], where: readonly string[], random?: Random) {
  const newest = keys.toSorted((a, b) => b.epoch - a.epoch)[0]
  return newest ? sealBytes(newest.key, WHERE, encode(where), { random }) : null
}

/** The addresses, or none if they are not for us. */
export async function openWhere(keys: readonly HeldKey[], sealed: Uint8Array | null): Promise<readonly string[]> {
  for (const { key } of sealed ? keys : []) {
    try {
      return parse(addresses, decode(await openBytes(key, WHERE, sealed as Uint8Array), LIMIT))
    } catch (error) {
      // Sealed under another key, or not by an honest member.
      if (!isCafeError(error)) throw new CafeError('SEALED', {}, { cause: error })
    }
  }
  return []
}
