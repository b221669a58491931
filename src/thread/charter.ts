/**
 * A thread's charter: who began it, its type and sharing, and who may ever be a member. It never changes and the thread's
 * id is its hash, so whoever knows the id can tell a false charter (types and sharing as Textile's, textile.md §5.2).
 */
import type { Random } from '../core/clock.ts'
import { encode } from '../core/codec.ts'
import type { Address } from '../core/ids.ts'
import { MAX_MEMBERS } from '../core/limits.ts'
import { address, bytes, cid, parse, v } from '../core/schema.ts'
import type { Secret } from '../core/secret.ts'
import { concat, sha256, utf8 } from '../crypto/bytes.ts'
import { decodeAddress } from '../crypto/strkey.ts'
import { createEpochKey, EPOCH_KEY_ID } from './epoch-key.ts'

/** What members may do beside the initiator, who may do all: nothing, read, annotate, write. */
export const threadType = v.picklist(['private', 'read-only', 'public', 'open'])
/** Who may invite: nobody, the initiator, every member. */
export const threadSharing = v.picklist(['not-shared', 'invite-only', 'shared'])
export type ThreadType = v.InferOutput<typeof threadType>
export type ThreadSharing = v.InferOutput<typeof threadSharing>

export const charterSchema = v.strictObject({
  v: v.literal(1),
  initiator: address,
  type: threadType,
  sharing: threadSharing,
  /** Who may become a member; empty for anybody who is invited. */
  members: v.pipe(v.array(address), v.maxLength(MAX_MEMBERS)),
  /** Schema of the files, as Textile's threads have one. */
  schema: v.optional(cid),
  /** Id of the first epoch's key, so that an invite cannot come with another. */
  key: bytes(EPOCH_KEY_ID, EPOCH_KEY_ID),
  /** Two threads are two, whatever else they have in common. */
  nonce: bytes(16, 16),
})
export type Charter = v.InferOutput<typeof charterSchema>

export type CharterTerms = Pick<Charter, 'initiator' | 'type' | 'sharing'> & {
  readonly members?: readonly Address[]
  readonly schema?: Charter['schema']
}

/**
 * A new charter and the key of its first epoch.
 * @throws CafeError BAD_REQUEST for a malformed one; `{what: 'address'}` if a member's address is none, or is a seed.
 */
export async function createCharter(
  terms: CharterTerms,
  random: Random,
): Promise<{ charter: Charter; key: Secret<Uint8Array<ArrayBuffer>> }> {
  const members = [...new Set(terms.members ?? [])].sort()
  for (const one of [terms.initiator, ...members]) decodeAddress(one)
  const { key, id } = await createEpochKey(random)
  const charter = parse(charterSchema, { ...prune(terms), v: 1, members, key: id, nonce: random(16) })
  return { charter, key }
}

const prune = ({ initiator, type, sharing, schema }: CharterTerms) =>
  schema ? { initiator, type, sharing, schema } : { initiator, type, sharing }

/** 32 bytes, for people's devices only: whoever knows it can tell which blocks are the thread's. */
export const threadId = (charter: Charter): Promise<Uint8Array<ArrayBuffer>> =>
  sha256(concat(utf8('textile-cafe/thread/1\0'), encode(charter)))

/** 16 bytes in the clear on each block. Says which blocks belong together, which their links say too. */
export async function threadTag(id: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return (await sha256(concat(utf8('textile-cafe/thread-tag/1\0'), id))).slice(0, 16)
}
