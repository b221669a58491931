/**
 * How devices of a thread's members keep level with each other, without any cafe. All of it is pulled: who has something
 * new says so, with the new blocks where they are small, and who lacks something asks for it by heads.
 *
 * `hello` proves to each side which of its threads the other is in too, and tells nothing else, not even that there are
 * others (see `sync-proof.ts`). It makes a link; the other operations name a thread by the tag it had in a `hello`, and
 * without one they answer UNAUTHORIZED, whatever is wrong.
 *
 * A relayed connection may carry it: blocks of threads are small, and what was cut off goes on.
 */
import { KiB, MAX_ADDRESSES, MAX_PARENTS, MAX_THREAD_BLOCK, MiB } from '../core/limits.ts'
import { bytes, cid, count, multiaddrText, v } from '../core/schema.ts'
import { nothing, operation, service } from '../wire/protocol.ts'

export const NONCE = 16
export const TAG = 16

/** Threads one `hello` can be about: more than a person follows. Who is in more says hello for the most recent. */
export const MAX_SHARED = 256
/** Tags in a `hello` are a multiple of this, made up where there are fewer threads: their number tells little. */
export const TAG_STEP = 16
/** Heads told at once. Whoever has more tells some of them, and gets some blocks twice. */
export const MAX_HEADS = MAX_PARENTS
/** Blocks a caller says it has, in one answer to `ask`, and answers before all is sent. */
export const MAX_HAVES = 64
export const MAX_ASKS = 2
/** Bytes of blocks in one frame: below it several travel together, a larger one alone. */
export const FRAME_BLOCKS = 128 * KiB
/** Blocks in one frame: the smallest have about 350 bytes. */
export const MAX_FRAME_BLOCKS = 512
/** What one run brings at most, so that it ends: the next goes on from there. A year of a busy thread. */
export const RUN_BLOCKS = 16_384
export const RUN_BYTES = 64 * MiB
/** Bytes of new blocks that go along with the news of them: with the heads they fit a request. */
export const PUSH_BYTES = 48 * KiB
export const MAX_PUSH_BLOCKS = 64
/** A sealed invite: charter, some keys and a grant have 4 KiB; more keys make it a larger bucket. */
export const MAX_SEALED_INVITE = 16 * KiB

/** Sealed keys of one thread: some hundred, the newest. */
export const MAX_SEALED_KEYS = 16 * KiB

const heads = v.pipe(v.array(cid), v.maxLength(MAX_HEADS))
const tag = bytes(TAG, TAG)
const addresses = v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES))
/** Place of a thread among the caller's tags. */
const at = count(MAX_SHARED - 1)

export const threadProtocol = service({
  id: '/cafe/thread/1.0.0',
  name: 'thread',
  limited: true,
  operations: {
    /**
     * In turn: nonces; the caller's tags; for each that the host knows its proof and heads, then its addresses; for each
     * proof that is right the caller's heads, then its addresses.
     */
    hello: operation({
      request: v.strictObject({ nonce: bytes(NONCE, NONCE) }),
      upload: v.union([
        v.strictObject({ tags: v.pipe(v.array(tag), v.maxLength(MAX_SHARED)) }),
        v.strictObject({ at, heads }),
        v.strictObject({ addresses }),
      ]),
      item: v.union([
        v.strictObject({ nonce: bytes(NONCE, NONCE) }),
        v.strictObject({ at, proof: tag, heads }),
        v.strictObject({ addresses }),
      ]),
      receipt: nothing,
      auth: 'none',
    }),
    /**
     * What the host has and the caller's heads do not reach, parents first. Where the host does not know all of the heads it
     * asks, and is told older blocks at growing distances. Frames cost their size in credit, of which there is
     * `WINDOW` at the start.
     */
    sync: operation({
      request: v.strictObject({ tag, heads }),
      upload: v.union([
        v.strictObject({ haves: v.pipe(v.array(cid), v.maxLength(MAX_HAVES)) }),
        v.strictObject({ credit: count(FRAME_BLOCKS * 4, 1) }),
      ]),
      item: v.union([
        v.strictObject({ ask: v.literal(true) }),
        v.strictObject({
          blocks: v.pipe(v.array(bytes(MAX_THREAD_BLOCK, 1)), v.minLength(1), v.maxLength(MAX_FRAME_BLOCKS)),
        }),
      ]),
      /** `more`: the run has ended before all was told. */
      receipt: v.strictObject({ heads, more: v.boolean() }),
      auth: 'none',
      maxItem: FRAME_BLOCKS + MAX_THREAD_BLOCK,
    }),
    /** There is something new. The answer says where the host is then: heads the caller does not know are news for it. */
    push: operation({
      request: v.strictObject({
        tag,
        heads,
        blocks: v.pipe(v.array(bytes(PUSH_BYTES, 1)), v.maxLength(MAX_PUSH_BLOCKS)),
      }),
      receipt: v.strictObject({ heads }),
      auth: 'none',
    }),
    /**
     * The thread's keys, sealed to the account of the caller, who is in and lacks some: it came while a new one was made.
     * Null where the host does not know the caller for a member.
     */
    keys: operation({
      request: v.strictObject({ tag }),
      receipt: v.strictObject({ sealed: v.nullable(bytes(MAX_SEALED_KEYS, 256)) }),
      auth: 'none',
    }),
    /** An invite sealed to the account of the host. @throws BAD_REQUEST unless it opens. */
    invite: operation({
      request: v.strictObject({ sealed: bytes(MAX_SEALED_INVITE, 256) }),
      receipt: nothing,
      auth: 'none',
    }),
  },
})
