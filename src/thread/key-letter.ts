/** Keys of a thread from one member to another who is in it: sealed to its account, and checked by who gets them. */
import type { Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { type Address, sameBytes, unhex } from '../core/ids.ts'
import { bytes, v } from '../core/schema.ts'
import type { Account } from '../crypto/account.ts'
import type { Signer } from '../crypto/certificate.ts'
import { openSealed, sealTo } from '../crypto/seal.ts'
import { heldKeys, packKeys, unpackKeys } from './invite.ts'
import type { HeldKey, ThreadIdText } from './thread.ts'

/** Keys in one letter, the newest: with what is around them they fit 16 KiB. */
const MAX_KEYS = 256

const letterSchema = v.strictObject({ thread: bytes(32, 32), keys: heldKeys })

export function sealKeys(
  signer: Signer,
  thread: ThreadIdText,
  keys: readonly HeldKey[],
  options: { readonly to: Address; readonly ts: number; readonly random?: Random },
): Promise<Uint8Array<ArrayBuffer>> {
  const newest = keys.toSorted((a, b) => b.epoch - a.epoch).slice(0, MAX_KEYS)
  return sealTo(signer, { thread: unhex(thread), keys: packKeys(newest) }, { ...options, purpose: 'thread-key' })
}

/** Whether they are the thread's keys is for the thread to say. @throws CafeError SEALED. */
export async function openKeys(
  account: Account,
  thread: ThreadIdText,
  sealed: Uint8Array,
): Promise<{ readonly from: Address; readonly keys: readonly HeldKey[] }> {
  const { from, body } = await openSealed(account, 'thread-key', letterSchema, sealed)
  if (!sameBytes(body.thread, unhex(thread))) throw new CafeError('SEALED')
  return { from, keys: unpackKeys(body.keys) }
}
