/**
 * The key that an epoch's blocks are sealed under. A new epoch begins when somebody is out: its key is sealed to each
 * remaining member, so who is out cannot read what follows. Its id commits all of them to the same key.
 */
import type { Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { type Address, sameBytes } from '../core/ids.ts'
import { bytes, count, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import type { Account } from '../crypto/account.ts'
import { concat, sha256, utf8 } from '../crypto/bytes.ts'
import type { Signer } from '../crypto/certificate.ts'
import { openSealed, type Prekey, sealTo } from '../crypto/seal.ts'
import type { OpeningKey } from '../crypto/x25519.ts'

export const EPOCH_KEY_ID = 16
const KEY_SIZE = 32

export interface EpochKey {
  readonly id: Uint8Array
  readonly key: Secret<Uint8Array<ArrayBuffer>>
}

/** Which key of which thread: everything but the key itself. */
export interface EpochOf {
  readonly thread: Uint8Array
  readonly epoch: number
}

const keyLetter = v.strictObject({ thread: bytes(32, 32), epoch: count(), key: bytes(KEY_SIZE, KEY_SIZE) })

export async function createEpochKey(random: Random): Promise<EpochKey> {
  return epochKey(random(KEY_SIZE))
}

/** The key and its id: the first 16 bytes of a hash, from which nothing about the key can be told. */
export async function epochKey(key: Uint8Array<ArrayBuffer>): Promise<EpochKey> {
  const hash = await sha256(concat(utf8('textile-cafe/epoch-key/1\0'), key))
  return { id: hash.slice(0, EPOCH_KEY_ID), key: new Secret(key) }
}

/** The key for one member. */
export function sealEpochKey(
  signer: Signer,
  { key }: EpochKey,
  { thread, epoch }: EpochOf,
  options: { readonly to: Address; readonly ts: number; readonly prekey?: Prekey | undefined; readonly random: Random },
): Promise<Uint8Array<ArrayBuffer>> {
  return sealTo(signer, { thread, epoch, key: key.reveal() }, { ...options, purpose: 'thread-key' })
}

/**
 * The key out of a letter of {@link sealEpochKey}.
 * @throws CafeError SEALED unless it is from `from`, for this epoch, and the key that `id` names.
 */
export async function openEpochKey(
  account: Account,
  sealed: Uint8Array,
  expected: EpochOf & { readonly from: Address; readonly id: Uint8Array },
  prekeys?: readonly OpeningKey[],
): Promise<EpochKey> {
  const { from, body } = await openSealed(account, 'thread-key', keyLetter, sealed, prekeys)
  const opened = await epochKey(new Uint8Array(body.key))
  const same = sameBytes(opened.id, expected.id) && sameBytes(body.thread, expected.thread)
  if (!same || from !== expected.from || body.epoch !== expected.epoch) throw new CafeError('SEALED')
  return opened
}
