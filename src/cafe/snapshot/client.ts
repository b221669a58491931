/**
 * A client's half of the snapshot service. What a cafe signs is checked before anybody relies on it; what it sends is
 * sealed, so opening it is the check.
 */
import { CafeError } from '../../core/errors.ts'
import { hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { CLIENT_SLOTS, MAX_LOOK } from '../../core/limits.ts'
import { sha256, unshared } from '../../crypto/bytes.ts'
import { openRecord } from '../../crypto/envelope.ts'
import { type CallOptions, type Connector, call, type Exchange, start } from '../../wire/call.ts'
import { type SlotReceipt, type SlotVersion, slotReceiptRecord, snapshotProtocol } from './protocol.ts'

export interface SlotPut {
  /** 16 bytes. */
  readonly slot: Uint8Array
  /** The version that is there now; 0 for none. */
  readonly expect: number
  /** Greater than `expect`. */
  readonly seq: number
  /** Sealed: as long as a bucket, 256 KiB at most. */
  readonly body: Uint8Array
}

export interface SignedSlotReceipt {
  readonly receipt: SlotReceipt
  /** What proves it to others. */
  readonly envelope: Uint8Array<ArrayBuffer>
}

export interface Drop {
  readonly drop: Uint8Array
  readonly body: Uint8Array
  /** When it was left, in milliseconds since the epoch by the cafe's clock. */
  readonly time: number
}

/** `options` carry the access token, but for `look`, which needs none. */
export interface SnapshotClient {
  /**
   * Writes a version of a slot. That the receipt names the caller's account is for the caller to check: here is only its token.
   * @throws CafeError CONFLICT {seq} where another version is there; QUOTA {slots} or {needed, free}; BUSY {after};
   * CORRUPT {what: 'receipt'} if what came back is no receipt of this cafe for this version.
   */
  put(cafe: PeerIdText, put: SlotPut, options: CallOptions): Promise<SignedSlotReceipt>
  /** The present version, or the one of `seq`, if the cafe has it: it keeps the present one and the one before. */
  get(
    cafe: PeerIdText,
    slot: Uint8Array,
    options: CallOptions & { readonly seq?: number | undefined },
  ): Promise<{ readonly seq: number; readonly body: Uint8Array } | undefined>
  /** All slots of the account. */
  list(cafe: PeerIdText, options: CallOptions): AsyncGenerator<SlotVersion>
  /** Empties a slot. @throws CafeError CONFLICT {seq} where another version is there. */
  remove(
    cafe: PeerIdText,
    which: { readonly slot: Uint8Array; readonly expect: number },
    options: CallOptions,
  ): Promise<void>
  /**
   * Leaves a sealed body (a bucket, 64 KiB at most) for whoever knows the id, and gives when it ends.
   * @throws CafeError CONFLICT {what: 'drop'} for another account's; QUOTA {drops} or {needed, free}; BUSY {after}.
   */
  leave(
    cafe: PeerIdText,
    what: { readonly drop: Uint8Array; readonly body: Uint8Array },
    options: CallOptions,
  ): Promise<{ readonly expires: number }>
  /** Takes back what the account left there. */
  withdraw(cafe: PeerIdText, drop: Uint8Array, options: CallOptions): Promise<void>
  /** What was left under these ids, for those that there are. @throws CafeError BUSY {after}. */
  look(cafe: PeerIdText, drops: readonly Uint8Array[], options?: CallOptions): AsyncGenerator<Drop>
}

export function snapshotClient({ connector }: { readonly connector: Connector }): SnapshotClient {
  return {
    async put(cafe, { slot, expect, seq, body }, options) {
      const hash = await sha256(body)
      const wish = { slot: unshared(slot), expect, seq, hash, size: body.byteLength }
      const exchange = await start(connector, cafe, snapshotProtocol, 'put', wish, options)
      const { receipt } = await sendBody(exchange, body)
      const envelope = new Uint8Array(receipt)
      const opened = await openRecord(slotReceiptRecord, cafe, envelope)
      const isOurs =
        opened.cafe === cafe && opened.seq === seq && sameBytes(opened.slot, slot) && sameBytes(opened.hash, hash)
      if (!isOurs) throw new CafeError('CORRUPT', { what: 'receipt' })
      return { receipt: opened, envelope }
    },
    async get(cafe, slot, { seq, ...options }) {
      const exchange = await start(connector, cafe, snapshotProtocol, 'get', { slot: unshared(slot), seq }, options)
      const found = await exchange.next()
      await exchange.receipt()
      if (found && seq !== undefined && found.seq !== seq) throw new CafeError('CORRUPT', { what: 'slot' })
      return found
    },
    async *list(cafe, options) {
      const exchange = await start(connector, cafe, snapshotProtocol, 'list', {}, options)
      try {
        let slots = 0
        for (let one = await exchange.next(); one; one = await exchange.next()) {
          // A cafe that never comes to an end is none.
          if (++slots > CLIENT_SLOTS) throw new CafeError('BAD_REQUEST', { at: 'item' })
          yield one
        }
      } finally {
        exchange.close()
      }
    },
    async remove(cafe, { slot, expect }, options) {
      await call(connector, cafe, snapshotProtocol, 'remove', { slot: unshared(slot), expect }, options)
    },
    async leave(cafe, { drop, body }, options) {
      const wish = { drop: unshared(drop), size: body.byteLength }
      return sendBody(await start(connector, cafe, snapshotProtocol, 'leave', wish, options), body)
    },
    async withdraw(cafe, drop, options) {
      await call(connector, cafe, snapshotProtocol, 'withdraw', { drop: unshared(drop) }, options)
    },
    async *look(cafe, drops, options) {
      for (let at = 0; at < drops.length; at += MAX_LOOK)
        yield* lookAt(connector, cafe, drops.slice(at, at + MAX_LOOK), options)
    },
  }
}

/** Sends the one upload and gives the receipt. */
async function sendBody<Receipt>(
  exchange: Exchange<{ body: Uint8Array }, unknown, Receipt>,
  body: Uint8Array,
): Promise<Receipt> {
  // What the cafe says counts, also where it says it before the body is out; its silence is told by the receipt too.
  exchange.send({ body }).catch(() => {})
  try {
    return await exchange.receipt()
  } finally {
    exchange.close()
  }
}

async function* lookAt(
  connector: Connector,
  cafe: PeerIdText,
  drops: readonly Uint8Array[],
  options?: CallOptions,
): AsyncGenerator<Drop> {
  const exchange = await start(connector, cafe, snapshotProtocol, 'look', { drops: drops.map(unshared) }, options)
  const wanted = new Set(drops.map(hex))
  try {
    for (let one = await exchange.next(); one; one = await exchange.next()) {
      // Each that was asked for, and each once: so the answer has an end too.
      if (!wanted.delete(hex(one.drop))) throw new CafeError('CORRUPT', { what: 'drop' })
      yield one
    }
  } finally {
    exchange.close()
  }
}
