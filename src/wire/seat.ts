/**
 * What a peer and the relay it holds a seat at say to each other beside circuit relay v2, whose CONNECT has no field for
 * it: whom the peer wants to be reached by, what it has used, and, for a guest, by what right it comes. Who asks is whom
 * the handshake proved; a relayed connection does not carry it. The relay keeps all of it in memory, no longer than the
 * seat and {@link ADMIT_TTL}.
 *
 * An invite lets its guests in without the relay ever learning the token. Cafe and guest make the same key for that relay:
 * ```
 * key   = HKDF-SHA256(SHA-256(token secret), no salt, "popup-cafe/voucher/1" ‖ 0 ‖ relay ‖ 0 ‖ cafe)   32 bytes
 * id    = SHA-256(key)[0, 16)
 * proof = HMAC-SHA256(key, guest)                                                                      32 bytes
 * ```
 * The cafe gives the relay the keys it admits by; a guest shows `id` and `proof`. The proof names the guest, so whoever
 * overhears or copies one has nothing; the key names relay and cafe, so it is worth nothing elsewhere, and does not admit
 * to the cafe itself. (`crypto/voucher.ts` makes them.)
 *
 * An account that is a client comes by its words alone in the same way: in place of the token's hash there is a secret that
 * is made of the account's key and the cafe's peer id, and that the account has told the cafe (`session`, `putVoucher`).
 * The relay sees no difference, and learns of no account: at most that several peers came by one key.
 */
import { bytes, count, peerId, v } from '../core/schema.ts'
import { nothing, operation, service } from './protocol.ts'

/** Peers in one request, about 55 bytes each. */
export const ADMIT_PEERS = 512
/** Peers a seat may name in all: the devices of a large cafe's clients. */
export const MAX_ADMITTED = 4096
/**
 * Keys of a cafe that admit at one time, of invites and accounts together: as many as a cafe has tokens that anybody still
 * looks for, or people who may lose all their devices. The relay keeps them for every seat, so a cafe has no more.
 */
export const ADMIT_KEYS = 256
/** Guests that may come by one key, if the cafe does not say: a class, a party. */
export const KEY_GUESTS = 256
/** By that of an account: its devices, and those that were tried while it was recovered. */
export const ACCOUNT_GUESTS = 32
/** Milliseconds for which what a peer said holds; it says it again well before. */
export const ADMIT_TTL = 3_600_000

/** Who may open circuits to a seat: anybody; or whom it names. */
export const guests = v.picklist(['any', 'vouched'])
export type Guests = v.InferOutput<typeof guests>

export const voucherKey = v.strictObject({
  key: bytes(32, 32),
  /** Milliseconds from now until it admits nobody any more. */
  left: v.optional(count()),
  /** Different peers it may still admit. */
  guests: v.optional(count(KEY_GUESTS, 1)),
})
export type VoucherKey = v.InferOutput<typeof voucherKey>

const usage = v.strictObject({
  /** Bytes that circuits of this seat have carried in the running hour and day, both ways. */
  hour: count(),
  day: count(),
  /** What they may carry before they are slowed down; null for any number. */
  hourMost: v.nullable(count()),
  dayMost: v.nullable(count()),
  /** Bytes a second of this seat at most; null for any number. */
  rate: v.nullable(count()),
  /** Circuits that are open. */
  circuits: count(),
})
export type SeatUsage = v.InferOutput<typeof usage>

export const seatProtocol = service({
  id: '/cafe/seat/1.0.0',
  name: 'seat',
  limited: false,
  operations: {
    /** How the caller's seat stands. */
    look: operation({
      request: nothing,
      receipt: v.strictObject({ seated: v.boolean(), guests, usage }),
      auth: 'none',
    }),
    /**
     * Says whom the caller admits, in one or several requests: the first is `anew`, and after the last, which says no
     * `more`, all of it takes the place of what was said before. Holds for {@link ADMIT_TTL}.
     * @throws QUOTA {peers} or {keys} beyond the limits above; nothing is changed then.
     */
    admit: operation({
      request: v.strictObject({
        anew: v.boolean(),
        more: v.boolean(),
        /** Whoever comes: few at once, and slowly. */
        strangers: v.boolean(),
        peers: v.pipe(v.array(peerId), v.maxLength(ADMIT_PEERS)),
        keys: v.pipe(v.array(voucherKey), v.maxLength(ADMIT_KEYS)),
      }),
      receipt: v.strictObject({ peers: count(), keys: count() }),
      auth: 'none',
    }),
    /**
     * May the caller open circuits to `cafe`? With `voucher` it shows by what right.
     * @throws NOT_FOUND if that one has no seat here; FORBIDDEN {why: 'guests'} if it does not admit the caller; BUSY.
     */
    present: operation({
      request: v.strictObject({
        cafe: peerId,
        voucher: v.optional(v.strictObject({ id: bytes(16, 16), proof: bytes(32, 32) })),
      }),
      receipt: nothing,
      auth: 'none',
    }),
  },
})
