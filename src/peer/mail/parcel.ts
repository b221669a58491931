/**
 * Parcels: what is sealed and travels. A parcel holds letters of one device to one account, and what the mail itself has to
 * say to that account: which letters have come, which are missing, which will never come.
 *
 * Each device numbers its letters to each account from 1, in a **line** with a random name, so that a device that has lost
 * its memory begins another one and is not taken to repeat itself. A letter is named by (account, device, line, number),
 * whatever parcel it comes in, so it may be sent again in another one.
 */
import type { Random } from '../../core/clock.ts'
import { encode, prune } from '../../core/codec.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import { KiB, MAX_CARD, MAX_LETTER } from '../../core/limits.ts'
import { bytes, count, parse, peerId, text, v } from '../../core/schema.ts'
import type { Account } from '../../crypto/account.ts'
import type { Signer } from '../../crypto/certificate.ts'
import { type Letter, openSealed, type Prekey, sealTo } from '../../crypto/seal.ts'
import type { OpeningKey } from '../../crypto/x25519.ts'
import { rangesSchema } from './ranges.ts'

/** Letters of one parcel: as many of the smallest as fit. */
export const MAX_PARCEL_LETTERS = 512
/** Bytes of the letters of a parcel: what a sealed letter at a cafe takes, less its envelope, certificate and the rest below. */
export const PARCEL_ROOM = 60 * KiB
/** And by a stranger's door, which takes 16 KiB. */
export const STRANGE_ROOM = 13 * KiB
/** What a letter costs beside its body. */
export const LETTER_COST = 48
/** Lines told of in one parcel, and ranges of each: more go with the next. */
export const MAX_TOLD_LINES = 8
export const MAX_TOLD_RANGES = 24
/** Things that are told to have been looked at. */
export const MAX_TOLD_READ = 64
export const MAX_ABOUT = 128

const lineName = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/))
const number = count(Number.MAX_SAFE_INTEGER, 1)

const told = v.pipe(
  v.array(v.strictObject({ dev: peerId, line: lineName, ns: rangesSchema(MAX_TOLD_RANGES) })),
  v.maxLength(MAX_TOLD_LINES),
)
export type Told = v.InferOutput<typeof told>

export const parcelSchema = v.strictObject({
  v: v.literal(1),
  line: lineName,
  /** The smallest number that the recipient has not said to have: below it nothing is missing. */
  low: number,
  letters: v.pipe(
    v.array(
      v.strictObject({
        n: number,
        /** One that this version does not know is put aside, not refused. */
        kind: text(16),
        /** When it was written. */
        ts: count(),
        body: v.unknown(),
      }),
    ),
    v.maxLength(MAX_PARCEL_LETTERS),
  ),
  /** With it the recipient may write back. */
  door: v.optional(bytes(16, 16)),
  /** The sender's card, when it is news. */
  card: v.optional(bytes(MAX_CARD)),
  /** Numbers of the line, asked for, that will never come. */
  gone: v.optional(rangesSchema(MAX_TOLD_RANGES)),
  /** Letters of the recipient's devices that have come here. */
  got: v.optional(told),
  /** And that should have, and have not. */
  miss: v.optional(told),
  /** What of the recipient's has been looked at, as it calls it. */
  read: v.optional(v.pipe(v.array(text(MAX_ABOUT)), v.maxLength(MAX_TOLD_READ))),
})
export type Parcel = v.InferOutput<typeof parcelSchema>

/** Bytes of something as a parcel carries it. */
export const bodySize = (body: unknown): number => encode(body).byteLength

export interface ParcelSealing {
  readonly signer: Signer
  readonly to: Address
  readonly prekey: Prekey | undefined
  readonly ts: number
  readonly random: Random
}

/** @throws CafeError BAD_REQUEST if it is malformed or too long. */
export async function sealParcel(
  { signer, ...options }: ParcelSealing,
  parcel: Omit<Parcel, 'v'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = await sealTo(signer, parse(parcelSchema, prune({ ...parcel, v: 1 })), { ...options, purpose: 'mail' })
  const size = sealed.byteLength
  if (size > MAX_LETTER) throw new CafeError('BAD_REQUEST', { size, limit: MAX_LETTER })
  return sealed
}

/** @throws CafeError as `openSealed`. */
export const openParcel = (
  account: Account,
  sealed: Uint8Array,
  prekeys: readonly OpeningKey[],
): Promise<Letter<Parcel>> => openSealed<Parcel>(account, 'mail', parcelSchema, sealed, prekeys)

const WIDTH = 12
/** A number as part of a key, so that keys sort as numbers do. */
export const keyOf = (n: number): string => String(n).padStart(WIDTH, '0')
