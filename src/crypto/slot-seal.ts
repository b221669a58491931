/**
 * What an account seals for itself: snapshots, the manifest, what it says about its pins. Symmetric, since the reader is
 * the writer: nobody who merely knows the address can forge one, and each is bound to the account, a purpose and what it
 * is about (for most a slot), so none can be put in another's place (security.md §2.b(1), §1.5 E1, E3, F1).
 */
import type { Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Account, Purpose } from './account.ts'
import { concat, unshared, utf8 } from './bytes.ts'
import { openBytes, type SealOptions, sealBytes } from './sealed-bytes.ts'

/** What can be sealed to oneself. */
type OwnPurpose = Exclude<Purpose, 'slot'>
/** What is kept in slots. */
export type SlotPurpose = Exclude<OwnPurpose, 'pin' | 'link'>

/** Bytes of a slot id. */
export const SLOT_SIZE = 16
/** The slot of what an account has only one of, such as the manifest. */
export const ONLY_SLOT: Uint8Array = new Uint8Array(SLOT_SIZE)

/**
 * Where a thread's snapshot is kept: the same for all devices of the account, unrelated for two members of the thread,
 * so that a cafe cannot see who shares one.
 */
export async function slotId(account: Account, threadId: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const raw = (await account.derive('slot')).reveal()
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, unshared(threadId))
  return new Uint8Array(mac.slice(0, SLOT_SIZE))
}

/**
 * `plaintext` sealed for this account, purpose and slot; its size is a bucket.
 * @throws CafeError BAD_REQUEST `{size, limit}` if too long, `{what: 'slot'}` for a slot that is not 16 bytes.
 *
 * @example
 * ```ts
 * const slot = await slotId(account, threadId)
 * await cafe.put(slot, await sealSlot(account, 'snapshot', slot, encode(snapshot)))
 * ```
 */
export async function sealSlot(
  account: Account,
  purpose: SlotPurpose,
  slot: Uint8Array,
  plaintext: Uint8Array,
  random?: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  return sealOwn(account, purpose, checkSlot(slot), plaintext, { random })
}

/**
 * What this account sealed for this purpose and slot.
 * @throws CafeError SEALED for everything else; BAD_REQUEST `{what: 'slot'}`.
 */
export async function openSlot(
  account: Account,
  purpose: SlotPurpose,
  slot: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  return openOwn(account, purpose, checkSlot(slot), sealed)
}

/**
 * `plaintext` sealed for this account and purpose, about `subject`, which has one length for each purpose or says its own.
 * @throws CafeError BAD_REQUEST `{size, limit}` if too long.
 */
export async function sealOwn(
  account: Account,
  purpose: OwnPurpose,
  subject: Uint8Array,
  plaintext: Uint8Array,
  options?: SealOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return sealBytes(await account.derive(purpose), boundTo(account, purpose, subject), plaintext, options)
}

/** What this account sealed for this purpose about `subject`. @throws CafeError SEALED for everything else. */
export async function openOwn(
  account: Account,
  purpose: OwnPurpose,
  subject: Uint8Array,
  sealed: Uint8Array,
  options?: Pick<SealOptions, 'padding'>,
): Promise<Uint8Array<ArrayBuffer>> {
  return openBytes(await account.derive(purpose), boundTo(account, purpose, subject), sealed, options)
}

function checkSlot(slot: Uint8Array): Uint8Array {
  if (slot.byteLength !== SLOT_SIZE) throw new CafeError('BAD_REQUEST', { what: 'slot' })
  return slot
}

/** `"textile-cafe/<purpose>/1" ‖ 0 ‖ account ‖ subject`: the first part ends in 0, the account has one length. */
const boundTo = (account: Account, purpose: OwnPurpose, subject: Uint8Array): Uint8Array<ArrayBuffer> =>
  concat(utf8(`textile-cafe/${purpose}/1\0`), account.publicKey, subject)
