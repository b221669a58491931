/**
 * How a cafe moves from one device to another over the network: the same CAR as in a file (`format.ts`), sealed with the
 * one-time code that the receiver shows. Each step is written down before the next is said:
 *
 * | the old place                                | the new place                                              |
 * |----------------------------------------------|------------------------------------------------------------|
 * | closes the cafe, and sends all of it         | takes and verifies it; writes down that it is *ready*      |
 * |                                              | answers with a receipt that its peer has signed            |
 * | writes down that it is *leaving*: from now   |                                                            |
 * | on it is never that cafe again               |                                                            |
 * | says the *word*, signed by the cafe's key    | writes down that it begins, and answers                    |
 * | writes down that it has *left*, erases       | becomes the cafe with the start that follows               |
 *
 * So one of them is the cafe at every moment, or none while the word is on its way; never two. Killed before it is *leaving*
 * the old place is the cafe as before, and the code works again; killed later it says the word again until it is heard.
 */
import { WINDOW } from '../../core/limits.ts'
import { bytes, count, peerId, v } from '../../core/schema.ts'
import type { RecordKind } from '../../crypto/envelope.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'

/** Bytes of a move code's secret: nobody guesses it, so it needs no work for a guess. */
export const SECRET = 16
/** Bytes of the CAR in one frame. */
export const MOVE_CHUNK = 128 * 1024
/** Bytes on their way that the other has not used yet. */
export const MOVE_WINDOW = WINDOW
/** Blocks in one question whether they are there: as many as the exporter looks for at once. */
export const MOVE_HASHES = 256

const secret = bytes(SECRET, SECRET)

/** What the new place signs with the key of the peer that it still is: all of it is here, and verified. */
export const arrivedSchema = v.strictObject({
  v: v.literal(1),
  cafe: peerId,
  /** CID of the description, as bytes: it names everything else. */
  root: bytes(128),
  blocks: count(),
  bytes: count(),
  at: count(),
})
export const arrivedRecord: RecordKind<v.InferOutput<typeof arrivedSchema>> = {
  domain: 'textile-cafe-arrived',
  type: '/cafe/arrived/1',
  schema: arrivedSchema,
  limit: 1024,
}

/** What the old place signs with the cafe's key: it is not that cafe any more, and `to` is from now on. */
export const wordSchema = v.strictObject({ v: v.literal(1), cafe: peerId, to: peerId, root: bytes(128), at: count() })
export const wordRecord: RecordKind<v.InferOutput<typeof wordSchema>> = {
  domain: 'textile-cafe-moved',
  type: '/cafe/moved/1',
  schema: wordSchema,
  limit: 1024,
}

export const carryProtocol = service({
  id: '/cafe/carry/1.0.0',
  name: 'carry',
  limited: true,
  bulk: true,
  operations: {
    /** Which of these multihashes the new place has, a byte for each: what came before a break is not sent again. */
    has: operation({
      request: v.strictObject({ secret, hashes: v.pipe(v.array(bytes(66, 20)), v.maxLength(MOVE_HASHES)) }),
      receipt: v.strictObject({ has: bytes(MOVE_HASHES) }),
      auth: 'none',
    }),
    /** The CAR, in order. A second call with the same code ends the first. */
    take: operation({
      request: v.strictObject({ secret }),
      upload: v.union([v.strictObject({ chunk: bytes(MOVE_CHUNK, 1) }), v.strictObject({ end: v.literal(true) })]),
      /** Bytes that have been used; 0 is a sign of life. */
      item: v.strictObject({ taken: count() }),
      receipt: v.strictObject({ receipt: bytes(1024) }),
      auth: 'none',
      maxUpload: MOVE_CHUNK + 64,
    }),
    /** The word. It is answered the same each time. */
    begin: operation({ request: v.strictObject({ secret, word: bytes(1024) }), receipt: nothing, auth: 'none' }),
  },
})
