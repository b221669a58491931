/**
 * Contact cards: what an account says about itself to everybody who knows its address (security.md §2.e). Signed by the
 * account, so a cafe that hands one out can withhold it or hand out an old one, but never change it.
 */
import { CafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import {
  MAX_ADDRESSES,
  MAX_CARD,
  MAX_CARD_TTL,
  MAX_DEVICES,
  MAX_HANDLE,
  MAX_INBOXES,
  RECORD_SKEW,
} from '../../core/limits.ts'
import { address, bytes, cid, count, multiaddrText, name, peerId, v } from '../../core/schema.ts'
import type { Account } from '../../crypto/account.ts'
import { certificateSchema } from '../../crypto/certificate.ts'
import { accountKey, accountSignerId, claimOf, openRecord, type RecordKind, sealRecord } from '../../crypto/envelope.ts'

const dated = {
  v: v.literal(1),
  address,
  /** The greatest is the newest: one more than the last, or the time, whichever is greater. */
  seq: count(Number.MAX_SAFE_INTEGER, 1),
  /** When it was made, in milliseconds since the epoch. */
  ts: count(),
}

/** A device of the account, with what lets others check that it is one. */
const device = v.strictObject({ peer: peerId, cert: certificateSchema })
/** A cafe where mail for the account is kept, and where that cafe can be dialled. */
const inbox = v.strictObject({
  cafe: peerId,
  addrs: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES), v.readonly()),
})

/**
 * Who a cafe gives a card to. `hidden`: nobody but the account itself. `exact`: who knows the whole address or handle.
 * `listed`: also who searches for the name.
 */
export const visibility = v.picklist(['hidden', 'exact', 'listed'])
export type Visibility = v.InferOutput<typeof visibility>

/**
 * What an account may be found by as a whole, and by nothing less. First come, first served at one cafe; two cafes may know
 * different accounts by the same one, so it is shown with the address.
 */
export const handle = v.pipe(v.string(), v.maxLength(MAX_HANDLE), v.regex(/^[a-z0-9._]{3,}$/))

const live = v.strictObject({
  ...dated,
  name,
  /** Without it: `exact`, as all cards were before there was a choice. */
  visibility: v.optional(visibility),
  handle: v.optional(handle),
  /** A picture that anybody may see: its `/ipfs` root. */
  avatar: v.nullable(cid),
  devices: v.pipe(v.array(device), v.maxLength(MAX_DEVICES), v.readonly()),
  inboxes: v.pipe(v.array(inbox), v.maxLength(MAX_INBOXES), v.readonly()),
  /** A key newer than the address, to seal to; see `crypto/seal.ts`. */
  prekey: v.optional(v.strictObject({ x25519: bytes(32, 32), notAfter: count() })),
  /** Milliseconds after `ts` for which it holds. */
  ttl: count(MAX_CARD_TTL, 1),
})

/** The account has taken its card back. Kept, so that the one before does not come back. */
const gone = v.strictObject({ ...dated, tomb: v.literal(true) })

const own = v.check(({ address, devices }: v.InferOutput<typeof live>) =>
  devices.every(({ peer, cert }) => cert.account === address && cert.peer === peer),
)

export const cardSchema = v.union([v.pipe(live, own), gone])
export type Card = v.InferOutput<typeof cardSchema>
export type LiveCard = v.InferOutput<typeof live>

export const cardRecord: RecordKind<Card> = {
  domain: 'textile-cafe-contact',
  type: '/cafe/contact/1',
  schema: cardSchema,
  limit: MAX_CARD,
}

/** What there is to say; version and address are the account's. */
export type CardTerms = Omit<LiveCard, 'v' | 'address'> | Omit<v.InferOutput<typeof gone>, 'v' | 'address'>

/**
 * A signed card of this account.
 * @throws CafeError BAD_REQUEST for terms that are malformed, or too long all together.
 *
 * @example
 * ```ts
 * const seq = nextSeq(last, clock())
 * const card = await createCard(account, { name: 'Ada', avatar: null, devices, inboxes, seq, ts: clock(), ttl: MAX_CARD_TTL })
 * await contact.publish(cafe, card, { auth })
 * ```
 */
export const createCard = (account: Account, terms: CardTerms): Promise<Uint8Array<ArrayBuffer>> =>
  sealRecord(cardRecord, accountKey(account), { ...terms, v: 1, address: account.address })

/** The sequence number of the card after `last`: it grows also where another device made the last one. */
export const nextSeq = (last: number, now: number): number => Math.max(last + 1, now)

/**
 * The card in an envelope that comes from anywhere.
 * @throws CafeError CORRUPT {what: 'envelope'} if it is not a card signed by `address`; BAD_REQUEST {what: 'clock'} if it is
 * dated more than ten minutes from now, {what: 'expired'} if it does not hold any more.
 */
export async function openCard(address: Address, envelope: Uint8Array, now: number): Promise<Card> {
  const card = await openRecord(cardRecord, accountSignerId(address), envelope)
  if (card.address !== address) throw new CafeError('CORRUPT', { what: 'envelope' })
  if (card.ts > now + RECORD_SKEW) throw new CafeError('BAD_REQUEST', { what: 'clock' })
  if (endsAt(card) < now) throw new CafeError('BAD_REQUEST', { what: 'expired' })
  return card
}

/**
 * A card of whoever has signed it, for those who got it without asking for an address.
 * @throws CafeError as {@link openCard}; CORRUPT {what: 'envelope'} also for what is no envelope of a card at all.
 */
export async function openAnyCard(envelope: Uint8Array, now: number): Promise<Card> {
  const { address } = claimOf(cardRecord, envelope)
  return openCard(address, envelope, now)
}

/** Who may be given this card; nobody at all one that was taken back, except to learn that. */
export const visibilityOf = (card: LiveCard): Visibility => card.visibility ?? 'exact'

/** When a card stops holding; one that was taken back never holds again, so it has no end. */
export const endsAt = (card: Card): number => ('tomb' in card ? Number.POSITIVE_INFINITY : card.ts + card.ttl)
