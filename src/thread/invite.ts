/**
 * Invites on their way: sealed to one address, or packed into a link for whoever gets it. Both hold all that is needed to
 * read the thread, so a link is a key; both are checked before anything is believed: the charter by the thread's id, the
 * word of the inviter by its signature (textile.md §5.6).
 */
import { base64url } from 'multiformats/bases/base64'
import type { Random } from '../core/clock.ts'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { type Address, sameBytes } from '../core/ids.ts'
import { MAX_PARENTS, MAX_THREAD_INVITE } from '../core/limits.ts'
import { bytes, cid, count, name, parse, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import type { Account } from '../crypto/account.ts'
import type { Signer } from '../crypto/certificate.ts'
import { openSealed, type Prekey, sealTo } from '../crypto/seal.ts'
import type { OpeningKey } from '../crypto/x25519.ts'
import { charterSchema, threadId } from './charter.ts'
import { epochKey } from './epoch-key.ts'
import { grantSchema, verifyGrant } from './grant.ts'
import { cafesSchema } from './kinds.ts'
import type { HeldKey, ThreadInvite } from './thread.ts'

/** Keys of one thread on their way. */
export const MAX_INVITE_KEYS = 512

export const heldKeys = v.pipe(
  v.array(v.strictObject({ epoch: count(), key: bytes(32, 32) })),
  v.minLength(1),
  v.maxLength(MAX_INVITE_KEYS),
)

const inviteSchema = v.strictObject({
  v: v.literal(1),
  charter: charterSchema,
  keys: heldKeys,
  grant: grantSchema,
  heads: v.pipe(v.array(cid), v.maxLength(MAX_PARENTS)),
  name,
  cafes: cafesSchema,
})
type Wire = v.InferOutput<typeof inviteSchema>

/** Keys as they are written, and back. */
export const packKeys = (keys: readonly HeldKey[]) => keys.map(({ epoch, key }) => ({ epoch, key: key.reveal() }))
export const unpackKeys = (keys: v.InferOutput<typeof heldKeys>): HeldKey[] =>
  keys.map(({ epoch, key }) => ({ epoch, key: new Secret(new Uint8Array(key)) }))

function toWire({ charter, keys, grant, heads, name, cafes }: ThreadInvite): Wire {
  const wire = { v: 1, charter, keys: packKeys(keys), grant, heads: heads.slice(0, MAX_PARENTS), name, cafes }
  const size = encode(wire).byteLength
  if (size > MAX_THREAD_INVITE) throw new CafeError('BAD_REQUEST', { size, limit: MAX_THREAD_INVITE })
  return parse(inviteSchema, wire)
}

/** @throws CafeError FORBIDDEN if its parts do not belong together, or the inviter did not sign. */
async function fromWire({ charter, keys, grant, heads, name, cafes }: Wire): Promise<ThreadInvite> {
  const first = keys.filter(({ epoch }) => epoch === 0)
  const ids = await Promise.all(first.map(async ({ key }) => (await epochKey(new Uint8Array(key))).id))
  const genuine = ids.some((id) => sameBytes(id, charter.key)) && (await verifyGrant(grant, await threadId(charter)))
  if (!genuine) throw new CafeError('FORBIDDEN', { what: 'invite' })
  return { charter, keys: unpackKeys(keys), grant, heads, name, cafes }
}

export interface SealInviteOptions {
  readonly ts: number
  readonly prekey?: Prekey | undefined
  readonly random?: Random
}

/**
 * For the one address that the grant names.
 * @throws CafeError BAD_REQUEST `{what: 'invite'}` for one that is for everybody; `{size, limit}`.
 */
export async function sealInvite(
  signer: Signer,
  invite: ThreadInvite,
  options: SealInviteOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { to } = invite.grant
  if (to === null) throw new CafeError('BAD_REQUEST', { what: 'invite' })
  return sealTo(signer, toWire(invite), { ...options, to, purpose: 'invite' })
}

/**
 * What was sealed to this account, and who sent it.
 * @throws CafeError SEALED for everything else; NOT_FOUND `{what: 'sealing key'}` on a device that cannot open anything.
 */
export async function openInvite(
  account: Account,
  sealed: Uint8Array,
  prekeys?: readonly OpeningKey[],
): Promise<{ readonly from: Address; readonly invite: ThreadInvite }> {
  const { from, body } = await openSealed(account, 'invite', inviteSchema, sealed, prekeys)
  const expected = body.grant.by === from && body.grant.to === account.address
  if (!expected) throw new CafeError('SEALED')
  try {
    return { from, invite: await fromWire(body) }
  } catch (cause) {
    throw new CafeError('SEALED', {}, { cause })
  }
}

/**
 * As text for the fragment of a link, for whoever gets it; about 1000 characters in a young thread.
 * @throws CafeError BAD_REQUEST `{what: 'invite'}` for one that names its guest; `{size, limit}`.
 */
export function packInvite(invite: ThreadInvite): Secret<string> {
  if (invite.grant.to !== null) throw new CafeError('BAD_REQUEST', { what: 'invite' })
  return new Secret(base64url.baseEncode(encode(toWire(invite))))
}

/** @throws CafeError BAD_REQUEST `{what: 'invite'}`, never with any part of the text. */
export async function unpackInvite(text: string): Promise<ThreadInvite> {
  try {
    if (text.length > MAX_THREAD_INVITE * 2) throw new CafeError('BAD_REQUEST')
    const wire = parse(inviteSchema, decode(base64url.baseDecode(text.trim()), MAX_THREAD_INVITE))
    if (wire.grant.to !== null) throw new CafeError('BAD_REQUEST')
    return await fromWire(wire)
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'invite' }, { cause })
  }
}
