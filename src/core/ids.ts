/** Branded identifiers, so that one cannot be passed where another is meant. */

/** A user's account: Textile strkey of its Ed25519 public key, `P…`, 48 characters. For signing, sealing, inviting. */
export type Address = string & { readonly __id: 'Address' }

/** One libp2p node of an account, `12D3KooW…`. For dialling and for what the Noise handshake proved. */
export type PeerIdText = string & { readonly __id: 'PeerIdText' }

/** Lower-case hex of bytes: for store keys, which must sort and compare as text. */
export function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += PAIRS[byte]
  return text
}

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The bytes of {@link hex}. */
export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** True if both are the same bytes; takes the same time wherever they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false
  let difference = 0
  for (let i = 0; i < a.byteLength; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}
