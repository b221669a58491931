/**
 * The keys by which an invite lets its guests through a relay to a cafe, and what a guest proves with one; `wire/seat.ts`
 * says how they are made. The token is not in them: they begin with its hash, which is what the cafe has.
 */
import type { PeerIdText } from '../core/ids.ts'
import { sha256, unshared, utf8 } from './bytes.ts'

/** Which invite, at which cafe, through which relay. */
export interface VoucherSubject {
  /** `tokenHash` of the token's secret: 32 bytes. */
  readonly token: Uint8Array
  readonly relay: PeerIdText
  readonly cafe: PeerIdText
}

const KEY_BITS = 256
const ID_SIZE = 16

/** What the cafe tells the relay: 32 bytes. */
export async function voucherKey({ token, relay, cafe }: VoucherSubject): Promise<Uint8Array<ArrayBuffer>> {
  const base = await crypto.subtle.importKey('raw', unshared(token), 'HKDF', false, ['deriveBits'])
  const info = utf8(`popup-cafe/voucher/1\0${relay}\0${cafe}`)
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, KEY_BITS))
}

/** What `guest` shows the relay. */
export async function proveVoucher(
  subject: VoucherSubject,
  guest: PeerIdText,
): Promise<{ id: Uint8Array<ArrayBuffer>; proof: Uint8Array<ArrayBuffer> }> {
  const key = await voucherKey(subject)
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const signing = await crypto.subtle.importKey('raw', key, hmac, false, ['sign'])
  const proof = new Uint8Array(await crypto.subtle.sign('HMAC', signing, utf8(guest)))
  return { id: (await sha256(key)).slice(0, ID_SIZE), proof }
}
