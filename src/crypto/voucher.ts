/**
 * The keys by which an invite lets its guests, or an account its devices, through a relay to a cafe, and what a guest proves
 * with one; `wire/seat.ts` says how they are made. The token is not in them: they begin with its hash, which is what the cafe
 * has. An account's begin with what it and that cafe alone know, and what twelve words are enough to make.
 */
import type { PeerIdText } from '../core/ids.ts'
import type { Account } from './account.ts'
import { sha256, unshared, utf8 } from './bytes.ts'

/** Which invite or account, at which cafe, through which relay. */
export interface VoucherSubject {
  /** `tokenHash` of the token's secret, or {@link accountVoucher}: 32 bytes. */
  readonly token: Uint8Array
  readonly relay: PeerIdText
  readonly cafe: PeerIdText
}

const KEY_BITS = 256
const ID_SIZE = 16

/** What an account tells a cafe that admits it: 32 bytes, others at each cafe, the same on each device. */
export async function accountVoucher(
  account: Pick<Account, 'derive'>,
  cafe: PeerIdText,
): Promise<Uint8Array<ArrayBuffer>> {
  const secret = await account.derive('voucher')
  return expand(secret.reveal(), `popup-cafe/account-voucher/1\0${cafe}`)
}

/** What a device that is to be given an account, and who has read its link, make of the key in it: 32 bytes. */
export function linkVoucher(key: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return expand(key, 'popup-cafe/link-voucher/1')
}

/** What the cafe tells the relay: 32 bytes. */
export function voucherKey({ token, relay, cafe }: VoucherSubject): Promise<Uint8Array<ArrayBuffer>> {
  return expand(token, `popup-cafe/voucher/1\0${relay}\0${cafe}`)
}

async function expand(secret: Uint8Array, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const base = await crypto.subtle.importKey('raw', unshared(secret), 'HKDF', false, ['deriveBits'])
  const info = utf8(text)
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
