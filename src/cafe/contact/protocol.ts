/**
 * Contact cards at a cafe: an account publishes its own, and others get what its visibility allows. Whoever knows an address
 * may read the card of it; clients may search by name or handle, here and at the cafes that this one knows. There is no list:
 * a search needs three characters, gives little and is counted (security.md §2.e, §1.5 F3).
 *
 * What a search tells others: this cafe sees the query and who asks; cafes it asks see the query and this cafe's id, nothing
 * of the client, not even whom it knows already.
 */
import {
  FIND_LIMIT,
  FIND_WAIT,
  MAX_CARD,
  MAX_FIND,
  MAX_FIND_EXCLUDE,
  MAX_FIND_WAIT,
  MAX_QUERY,
  MAX_RECEIPT,
} from '../../core/limits.ts'
import { address, bytes, count, peerId, text, v } from '../../core/schema.ts'
import type { RecordKind } from '../../crypto/envelope.ts'
import { operation, service } from '../../wire/protocol.ts'

/** What a cafe signs when it has committed a card (security.md §2.e). */
export const cardReceiptSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  /** Storage epoch of the cafe. */
  epoch: count(),
  account: address,
  seq: count(),
  /** SHA-256 of the envelope. */
  hash: bytes(32, 32),
  /** Milliseconds since the epoch, by the cafe's clock. */
  time: count(),
})
export type CardReceipt = v.InferOutput<typeof cardReceiptSchema>

export const cardReceiptRecord: RecordKind<CardReceipt> = {
  domain: 'textile-cafe-receipt',
  type: '/cafe/card-receipt/1',
  schema: cardReceiptSchema,
  limit: MAX_RECEIPT,
}

const envelope = bytes(MAX_CARD)
/** When the cafe that has it took it, by that cafe's clock: how fresh it is. */
const time = count()

/** A whole address, a whole handle (with or without a leading `@`), or words of a name, the last of which may be cut off. */
const query = text(MAX_QUERY)

/**
 * How a cafe that was asked did: `answered`, `busy` (or refuses), `unreachable`, `late` (cut off by the search's end), or `lied`:
 * it gave something forged, or what it must not give, and is asked no more for a while.
 */
export const askOutcome = v.picklist(['answered', 'busy', 'unreachable', 'late', 'lied'])
export type AskOutcome = v.InferOutput<typeof askOutcome>

export const findRequest = v.strictObject({
  query,
  /** Accounts at most, from all cafes together. */
  limit: v.optional(count(MAX_FIND, 1), FIND_LIMIT),
  /** Milliseconds that other cafes get. */
  wait: v.optional(count(MAX_FIND_WAIT), FIND_WAIT),
  /** Accounts that are not wanted, being known already. */
  exclude: v.optional(v.pipe(v.array(address), v.maxLength(MAX_FIND_EXCLUDE), v.readonly()), []),
  /** 0: this cafe alone; 1: also the cafes that it knows. */
  hops: v.optional(v.picklist([0, 1]), 0),
})

/**
 * Cards come as they are found, best first from each cafe, each account once; it comes again if a newer card of it turns up.
 * `via` is the cafe it came from, null for this one. `asked` tells of a cafe that has been asked, when it is done.
 */
export const foundItem = v.union([
  v.strictObject({ card: v.strictObject({ envelope, time, via: v.nullable(peerId) }) }),
  v.strictObject({ asked: v.strictObject({ cafe: peerId, outcome: askOutcome }) }),
])
export type FoundItem = v.InferOutput<typeof foundItem>

/** `complete`: nothing that matches was left out, as far as the cafes asked know. */
const foundEnd = v.strictObject({ complete: v.boolean() })

export const contactProtocol = service({
  id: '/cafe/contact/1.0.0',
  name: 'contact',
  limited: true,
  operations: {
    /**
     * Publishes the caller's own card (`card.ts`) in place of an older one. The same again gives the same receipt.
     * @throws CORRUPT {what: 'envelope'}; BAD_REQUEST {what: 'clock' | 'expired'}; CONFLICT {seq} for one that is not newer
     * than what is there; CONFLICT {what: 'handle'} where another account has the handle here; BUSY {after}.
     */
    publish: operation({
      request: v.strictObject({ envelope }),
      /** A {@link cardReceiptRecord} signed by the cafe's peer key. */
      receipt: v.strictObject({ receipt: bytes(MAX_RECEIPT) }),
      auth: 'session',
    }),
    /**
     * The newest card of exactly this address; null where none holds. Also one that says that the card was taken back. A
     * hidden one is given to the account's own devices, and to others as if there were none.
     */
    get: operation({
      request: v.strictObject({ address }),
      receipt: v.strictObject({ envelope: v.nullable(envelope) }),
      auth: 'none',
    }),
    /**
     * Searches here and, with `hops: 1`, at cafes that this one knows. The end of the stream ends the search everywhere.
     * @throws BAD_REQUEST {what: 'query'} for one that is too short; BUSY {after}.
     */
    find: operation({ request: findRequest, item: foundItem, receipt: foundEnd, auth: 'session' }),
    /**
     * What one cafe asks another: what is here, and nothing that others would have to be asked for. Never asks on.
     * @throws as `find`.
     */
    ask: operation({
      request: v.strictObject({ query, limit: v.optional(count(MAX_FIND, 1), FIND_LIMIT) }),
      item: v.strictObject({ card: v.strictObject({ envelope, time }) }),
      receipt: foundEnd,
      auth: 'none',
    }),
  },
})
