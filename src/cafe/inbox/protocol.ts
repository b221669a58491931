/**
 * Mail at a cafe: sealed letters to an account that wait there until all its devices have them (security.md §3.2, §1.5 D5).
 *
 * **Delivering** needs no session: a letter comes by a door. A *contact's* and an *introduced* one's door is a key of 16 bytes
 * that the account has given out, of which the cafe knows the hash; a *stranger's* is work (`crypto/work.ts`). A letter's id
 * is the SHA-256 of its sealed bytes, so the same letter again is the same letter and gets the same receipt. What the cafe
 * keeps of a letter: whom it is for, by which kind of door it came, its size and time. Not who sent it.
 *
 * **Checking** gives what a device of the account has not acknowledged, in the order of `seq`, and may stay open for what
 * comes. An open check is only a hint: who comes again asks from the last `seq` it has dealt with. **Acknowledging** names
 * letters by id, after the device has made them its own; one that arrived in between is not touched by it. A letter is kept
 * until all devices that are registered have acknowledged it, or until it ends.
 */
import { KiB, MAX_ACK, MAX_DOORS, MAX_LETTER, MAX_MAIL_TTL, MAX_RECEIPT, MIN_MAIL_TTL } from '../../core/limits.ts'
import { address, bytes, count, peerId, v } from '../../core/schema.ts'
import type { RecordKind } from '../../crypto/envelope.ts'
import { isBucket } from '../../crypto/padding.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

/** SHA-256 of a sealed letter. */
const id = bytes(32, 32)
const size = v.pipe(
  count(MAX_LETTER),
  v.check((value) => isBucket(value)),
)
const body = v.pipe(
  bytes(MAX_LETTER),
  v.check((value) => isBucket(value.byteLength)),
)

/** By what kind of door a letter came. */
export const doorClass = v.picklist(['contact', 'introduced', 'stranger'])
export type DoorClass = v.InferOutput<typeof doorClass>

/** By which door a letter comes: a key, or a stranger's work for this cafe, recipient, letter and hour. */
const door = v.union([v.strictObject({ key: bytes(16, 16) }), v.strictObject({ hour: count(), nonce: bytes(8, 8) })])
/** The same for callers, whose bytes may lie anywhere. */
export type Door = { readonly key: Uint8Array } | { readonly hour: number; readonly nonce: Uint8Array }

/** What a cafe signs when it has committed a letter. */
export const mailReceiptSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  /** Storage epoch of the cafe. */
  epoch: count(),
  /** The recipient. */
  account: address,
  id,
  /** Bytes of the sealed letter. */
  size,
  /** Until when it is kept at most, in milliseconds since the epoch by the cafe's clock. */
  until: count(),
  time: count(),
})
export type MailReceipt = v.InferOutput<typeof mailReceiptSchema>

export const mailReceiptRecord: RecordKind<MailReceipt> = {
  domain: 'textile-cafe-receipt',
  type: '/cafe/mail-receipt/1',
  schema: mailReceiptSchema,
  limit: MAX_RECEIPT,
}

/** How long a letter is kept, in milliseconds. */
const ttl = count(MAX_MAIL_TTL, MIN_MAIL_TTL)

const letterWish = v.strictObject({ to: address, id, size, ttl, door })
export type LetterWish = v.InferOutput<typeof letterWish>

/** A letter as a device gets it. */
const mail = v.strictObject({
  /** Its place in the inbox: rises, with gaps. */
  seq: count(),
  id,
  /** When the cafe took it, and when it ends, by the cafe's clock. */
  time: count(),
  expires: count(),
  door: doorClass,
  body,
})
export type Mail = v.InferOutput<typeof mail>

/** How full the fullest part of an inbox is, of those for people who were let in; said where it is full for the most part. */
const room = v.strictObject({ used: count(), limit: count(), unit: v.picklist(['letters', 'bytes']) })
export type MailRoom = v.InferOutput<typeof room>

/** What a check gives. */
export const checked = v.union([
  v.strictObject({ mail }),
  /** All that was there has been sent: go on from `seq`. In another epoch the cafe has lost something since. */
  v.strictObject({ level: v.strictObject({ seq: count(), epoch: count() }) }),
  v.strictObject({ room }),
  /** A sign of life where there is nothing to say. */
  v.strictObject({ pulse: v.literal(true) }),
])
export type Checked = v.InferOutput<typeof checked>

const HASH = 32
/** Hashes one after the other. */
const hashes = v.pipe(
  bytes(MAX_DOORS * HASH),
  v.check((value) => value.byteLength % HASH === 0),
)
export const doorHashes = v.pipe(
  v.strictObject({ contacts: hashes, introduced: hashes }),
  v.check(({ contacts, introduced }) => contacts.byteLength + introduced.byteLength <= MAX_DOORS * HASH),
)
export const doorTerms = v.strictObject({
  /** Chosen by the account, rising. */
  seq: count(Number.MAX_SAFE_INTEGER, 1),
  /** May strangers write? */
  strangers: v.boolean(),
  /** Letters are kept no longer than this, whatever their sender wants. */
  maxTtl: ttl,
})

export const inboxProtocol = service({
  id: '/cafe/inbox/1.0.0',
  name: 'inbox',
  limited: true,
  operations: {
    /**
     * Brings a letter. It follows as the one upload, unless it is here already: then the receipt comes at once, and is the
     * same as before.
     * @throws NOT_FOUND {what: 'inbox'}: no such client here; FORBIDDEN {what: 'door'}; QUOTA {after, what} for want of room:
     * `sender` for what may lie here from one key, `contact`, `introduced`, `stranger` for that door's part, `day` for
     * strangers' letters of a day, `cafe`; BUSY {after}.
     */
    deliver: operation({
      request: letterWish,
      upload: v.strictObject({ body }),
      /** A {@link mailReceiptRecord} signed by the cafe's peer key. */
      receipt: v.strictObject({ receipt: bytes(MAX_RECEIPT) }),
      auth: 'none',
      maxUpload: MAX_LETTER + 4 * KiB,
      keeps: true,
    }),
    /** What a stranger has to do to write to this account. @throws NOT_FOUND {what: 'inbox'}; BUSY {after}. */
    terms: operation({
      request: v.strictObject({ to: address }),
      receipt: v.strictObject({
        strangers: v.boolean(),
        /** Of work, see `crypto/work.ts`. */
        bits: count(64),
        maxSize: count(MAX_LETTER),
        /** The cafe's hour: of hours since the epoch. */
        hour: count(),
        maxTtl: ttl,
      }),
      auth: 'none',
    }),
    /**
     * Letters after `after` that this device has not acknowledged. With `live` it stays open for those that come; a second
     * one of the same device ends the first. An `after` that the cafe has never given counts as 0.
     * @throws BUSY {after}.
     */
    check: operation({
      request: v.strictObject({ after: count(), live: v.boolean() }),
      item: checked,
      receipt: nothing,
      auth: 'session',
      maxItem: MAX_LETTER + 4 * KiB,
      // It stays open for long, or moves much: worth waiting for a connection that is not relayed.
      bulk: true,
    }),
    /** This device has these letters. Ids that are not here mean nothing. @throws BUSY {after}. */
    ack: operation({
      request: v.strictObject({ ids: v.pipe(v.array(id), v.minLength(1), v.maxLength(MAX_ACK)) }),
      receipt: nothing,
      auth: 'session',
    }),
    /**
     * Replaces the account's doors; the hashes follow as the one upload. Until this is done first, all are closed.
     * @throws CONFLICT {seq} with the present one, if that is newer, or is another with the same number; BUSY {after}.
     */
    setDoors: operation({
      request: doorTerms,
      upload: doorHashes,
      receipt: nothing,
      auth: 'session',
      maxUpload: MAX_DOORS * HASH + 4 * KiB,
    }),
  },
})
