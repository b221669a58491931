/**
 * What a thread block can say: Textile's kinds, closed and bounded, and two of our own (`remove`, `rekey`) that Textile had
 * no way to express. An invite is no block of the thread (textile.md §5.3).
 */
import { MAX_ADDRESSES, MAX_CAFES, MAX_FILES, MAX_KNOWN, MAX_MEMBERS, MAX_TEXT } from '../core/limits.ts'
import { address, bytes, cid, count, name, peerId, text, v } from '../core/schema.ts'
import { certificateSchema } from '../crypto/certificate.ts'
import { EPOCH_KEY_ID } from './epoch-key.ts'
import { grantSchema } from './grant.ts'

/** 48 bits of milliseconds: as far as an order key reaches, and to the year 10 889. */
const MAX_TIME = 2 ** 48 - 1
/** Devices of one removed account that are told apart. */
export const MAX_CUTS = 64

/** Of an encrypted file; null for one that everybody may read. */
const fileKey = v.nullable(bytes(32, 32))

/** A small picture of the file, sealed under a key of its own. */
const thumb = v.strictObject({
  cid,
  key: fileKey,
  size: count(),
  mime: text(128),
  width: count(0xffff, 1),
  height: count(0xffff, 1),
})
export type Thumb = v.InferOutput<typeof thumb>

const file = v.strictObject({
  cid,
  key: fileKey,
  size: count(),
  sha256: bytes(32, 32),
  mime: text(128),
  name: text(255),
  thumb: v.optional(thumb),
})
export type ThreadFile = v.InferOutput<typeof file>

/** The key of the next epoch, for each who is a member then. */
const rekey = v.strictObject({
  epoch: count(),
  id: bytes(EPOCH_KEY_ID, EPOCH_KEY_ID),
  keys: v.pipe(v.array(v.strictObject({ to: address, sealed: bytes(4096, 256) })), v.maxLength(MAX_MEMBERS)),
})
export type Rekey = v.InferOutput<typeof rekey>

/**
 * Who is out. The last thing known of each device, and guests by the standings they came to that still count: what is
 * beyond was made up afterwards.
 */
const removal = v.strictObject({
  who: address,
  cuts: v.pipe(v.array(v.strictObject({ dev: peerId, seq: count(), last: cid })), v.maxLength(MAX_CUTS)),
  keep: v.pipe(v.array(v.strictObject({ who: address, at: count() })), v.maxLength(MAX_KNOWN)),
  rekey,
})
export type Removal = v.InferOutput<typeof removal>

/** Shorter than elsewhere: a member's cafes with all addresses must fit one row. */
const where = v.pipe(text(256), v.regex(/^\/[!-~]+$/))
/** Where a member's posts are kept, so that others find them while it is away. */
export const cafesSchema = v.pipe(
  v.array(v.strictObject({ cafe: peerId, addresses: v.pipe(v.array(where), v.maxLength(MAX_ADDRESSES)) })),
  v.maxLength(MAX_CAFES),
)
export type ThreadCafes = v.InferOutput<typeof cafesSchema>

/** With this key a member may be written to by mail (`peer/mail/doors.ts`); blocks from before there was mail have none. */
export const door = v.optional(bytes(16, 16))

const announce = v.strictObject({ name: v.nullable(name), avatar: v.nullable(cid), cafes: cafesSchema, door })
export type Announce = v.InferOutput<typeof announce>

const nothing = v.strictObject({})
const onTarget = v.strictObject({ target: cid })
const message = v.pipe(text(MAX_TEXT), v.minLength(1))

const common = {
  author: address,
  dev: peerId,
  /** There is one if the device signed, none if the account did. */
  cert: v.optional(certificateSchema),
  /** Number of this block among the device's own, from 1, and the one before. */
  seq: count(Number.MAX_SAFE_INTEGER, 1),
  prev: v.nullable(cid),
  ts: count(MAX_TIME),
}
const noFiles = v.pipe(v.array(file), v.maxLength(0))

const kind = <const T extends string, S extends v.GenericSchema>(type: T, body: S) =>
  v.strictObject({ ...common, type: v.literal(type), body, files: noFiles })

export const contentSchema = v.variant('type', [
  kind('join', v.strictObject({ grant: v.nullable(grantSchema) })),
  kind('leave', nothing),
  kind('remove', removal),
  kind('rekey', rekey),
  kind('text', v.strictObject({ text: message })),
  v.strictObject({
    ...common,
    type: v.literal('files'),
    /** `data`: root of the directory that holds all of the files. */
    body: v.strictObject({ caption: text(MAX_TEXT), data: v.optional(cid) }),
    files: v.pipe(v.array(file), v.minLength(1), v.maxLength(MAX_FILES)),
  }),
  kind('comment', v.strictObject({ target: cid, text: message })),
  kind('like', onTarget),
  kind('flag', onTarget),
  kind('ignore', onTarget),
  kind('announce', announce),
  kind('rename', v.strictObject({ name })),
])

/** What a block says, as signed. */
export type Content = v.InferOutput<typeof contentSchema>
export type Kind = Content['type']
