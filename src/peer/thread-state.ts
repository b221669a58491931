/** What a snapshot keeps of a thread beside its blocks, as bytes: to be sealed by whoever keeps it. */
import { decode, encode } from '../core/codec.ts'
import { MAX_SLOT_BODY } from '../core/limits.ts'
import { cid, name, parse, v } from '../core/schema.ts'
import { charterSchema } from '../thread/charter.ts'
import { heldKeys, packKeys, unpackKeys } from '../thread/invite.ts'
import { MAX_HEADS } from '../thread/sync-protocol.ts'
import type { ThreadState } from '../thread/thread.ts'

const stateSchema = v.strictObject({
  v: v.literal(1),
  charter: charterSchema,
  keys: heldKeys,
  heads: v.pipe(v.array(cid), v.maxLength(MAX_HEADS)),
  name,
})

export function packState({ charter, keys, heads, name }: ThreadState): Uint8Array<ArrayBuffer> {
  return encode({ v: 1, charter, keys: packKeys(keys), heads: heads.slice(0, MAX_HEADS), name })
}

/** @throws CafeError BAD_REQUEST for what {@link packState} does not write. */
export function unpackState(bytes: Uint8Array): ThreadState {
  const { charter, keys, heads, name } = parse(stateSchema, decode(bytes, MAX_SLOT_BODY))
  return { charter, keys: unpackKeys(keys), heads, name }
}
