/**
 * A snapshot: what one thread is at one time, sealed by the account for itself in a slot of its own. The number of the
 * version is inside the seal, so a cafe can hand out an old one but not pass it off as another.
 */
import type { CID } from 'multiformats/cid'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { hex, type PeerIdText, sameBytes, unhex } from '../core/ids.ts'
import { MAX_PACKS } from '../core/limits.ts'
import { bytes, cid, count, parse, peerId, v } from '../core/schema.ts'
import type { Account } from '../crypto/account.ts'
import { sha256 } from '../crypto/bytes.ts'
import { LARGEST_BUCKET } from '../crypto/padding.ts'
import { openSlot, sealSlot, slotId } from '../crypto/slot-seal.ts'
import type { KeptState } from './keeper.ts'

const snapshotSchema = v.strictObject({
  v: v.literal(1),
  thread: bytes(32, 32),
  seq: count(Number.MAX_SAFE_INTEGER, 1),
  device: peerId,
  ts: count(),
  state: bytes(LARGEST_BUCKET),
  packs: v.pipe(v.array(cid), v.maxLength(MAX_PACKS)),
})

export interface Snapshot extends KeptState {
  /** 64 hex digits. */
  readonly thread: string
  readonly seq: number
  readonly device: PeerIdText
  readonly ts: number
}

/** Where the snapshots of a thread are kept. */
export const threadSlot = (account: Account, thread: string): Promise<Uint8Array<ArrayBuffer>> =>
  slotId(account, unhex(thread))

/** @throws CafeError BAD_REQUEST `{size, limit}` for more than fits the largest bucket. */
export async function sealSnapshot(account: Account, snapshot: Snapshot): Promise<Uint8Array<ArrayBuffer>> {
  const { thread, seq, device, ts, state, packs } = snapshot
  const plain = encode({ v: 1, thread: unhex(thread), seq, device, ts, state, packs })
  return sealSlot(account, 'snapshot', await threadSlot(account, thread), plain)
}

/**
 * What was sealed for this slot.
 * @throws CafeError CORRUPT `{what: 'snapshot'}` for anything else; UNSUPPORTED for one of a newer version of this program.
 */
export async function openSnapshot(account: Account, slot: Uint8Array, sealed: Uint8Array): Promise<Snapshot> {
  try {
    const raw = decode(await openSlot(account, 'snapshot', slot, sealed), LARGEST_BUCKET)
    if (parse(v.looseObject({ v: count() }), raw).v === 1) {
      const { v: _, thread, ...rest } = parse(snapshotSchema, raw)
      // Sealed for this slot by us, but let no two threads ever meet in one.
      if (!sameBytes(await slotId(account, thread), slot)) throw new CafeError('SEALED')
      return { thread: hex(thread), ...rest }
    }
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'snapshot' }, { cause })
  }
  throw new CafeError('UNSUPPORTED', { what: 'snapshot' })
}

/** SHA-256 of what a snapshot says, whoever says it and when. */
export const stateHash = async ({ state, packs }: KeptState): Promise<Uint8Array<ArrayBuffer>> =>
  sha256(encode({ state, packs: sortedPacks(packs) }))

/** Packs in the one order they are written in. */
export const sortedPacks = (packs: readonly CID[]): readonly CID[] =>
  [...packs].sort((a, b) => (String(a) < String(b) ? -1 : 1))
