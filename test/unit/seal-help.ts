/** Accounts, devices and signers for the tests of sealing and threads. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { base58 } from '@scure/base'
import type { PeerIdText } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { concat } from '../../src/crypto/bytes.ts'
import { type Cap, createCertificate, deviceSigner, type Signer } from '../../src/crypto/certificate.ts'

/** A fixed time for tests: certificates are valid around it. */
export const NOW = 1_800_000_000_000
export const DAY = 86_400_000

/** 32 bytes that are all the same. */
export const seedOf = (n: number): Secret<Uint8Array<ArrayBuffer>> => new Secret(new Uint8Array(32).fill(n))

export const accountOf = (n: number): Promise<Account> => openAccount(seedOf(n))

export interface TestDevice {
  readonly peer: PeerIdText
  sign(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
}

/** A libp2p peer whose key is made from a number. */
export function deviceOf(n: number): TestDevice {
  const secret = new Uint8Array(32).fill(n).fill(0xde, 0, 4)
  const publicKey = ed25519.getPublicKey(secret)
  const peer = base58.encode(concat(Uint8Array.of(0, 0x24, 8, 1, 0x12, 0x20), publicKey)) as PeerIdText
  return { peer, sign: async (bytes) => new Uint8Array(ed25519.sign(bytes, secret)) }
}

/** Account `n` on device `device`, by a certificate valid for a year around {@link NOW}. */
export async function signerOf(
  n: number,
  device = n,
  caps: Cap[] = ['thread', 'invite', 'mail'],
): Promise<Signer & { readonly owner: Account }> {
  const owner = await accountOf(n)
  const { peer, sign } = deviceOf(device)
  const cert = await createCertificate(owner, {
    peer,
    notBefore: NOW - 180 * DAY,
    notAfter: NOW + 180 * DAY,
    caps,
    seq: 1,
  })
  return { ...deviceSigner(cert, sign), owner }
}
