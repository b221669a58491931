/**
 * Device certificates: the account says that a peer may act for it, for what and until when; and signers, which are the
 * account itself or a device with its certificate. Everybody can check either from the signed bytes alone
 * (security.md §2.e).
 */
import { base58 } from '@scure/base'
import { encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { address, bytes, count, parse, peerId, v } from '../core/schema.ts'
import { type Account, verifyAccount } from './account.ts'
import { concat, utf8 } from './bytes.ts'
import { encodeAddress } from './strkey.ts'

/** What a device may do for its account: write to threads, invite to them, write mail. */
export const CAPS = ['thread', 'invite', 'mail'] as const
export type Cap = (typeof CAPS)[number]

const DOMAIN = utf8('textile-cafe-device/1\0')
/** A peer id of an Ed25519 key: identity multihash of its protobuf, whose last 32 bytes are the key. */
const PEER_ID_HEAD = 6

const body = {
  v: v.literal(1),
  account: address,
  peer: peerId,
  /** Milliseconds since the epoch; valid from the first to the last, both included. */
  notBefore: count(),
  notAfter: count(),
  caps: v.pipe(v.array(v.picklist(CAPS)), v.maxLength(CAPS.length)),
  /** One more with each certificate of the account. */
  seq: count(),
}
const unsigned = v.strictObject(body)

export const certificateSchema = v.strictObject({ ...body, sig: bytes(64, 64) })
export type DeviceCertificate = v.InferOutput<typeof certificateSchema>

export type CertificateTerms = Pick<DeviceCertificate, 'peer' | 'notBefore' | 'notAfter' | 'caps' | 'seq'>

/** @throws CafeError BAD_REQUEST for terms that are malformed. */
export async function createCertificate(account: Account, terms: CertificateTerms): Promise<DeviceCertificate> {
  const cert = parse(unsigned, { ...terms, v: 1, account: account.address })
  return { ...cert, sig: await account.sign(concat(DOMAIN, encode(cert))) }
}

/** Who wants to have signed what, and when. */
export interface Claim {
  readonly account: Address
  readonly peer: PeerIdText
  readonly cap: Cap
  readonly at: number
}

/** Does the certificate let this peer do this for this account at this time? Never throws. */
export async function checkCertificate(cert: DeviceCertificate, { account, peer, cap, at }: Claim): Promise<boolean> {
  const fits = cert.account === account && cert.peer === peer && cert.caps.includes(cap)
  if (!fits || at < cert.notBefore || at > cert.notAfter) return false
  const { sig, ...rest } = cert
  return verifyAccount(account, concat(DOMAIN, encode(rest)), sig)
}

/** Signs for an account from one device. */
export interface Signer {
  readonly account: Address
  readonly peer: PeerIdText
  /** There is one if the device's own key signs, none if the account's does. */
  readonly cert?: DeviceCertificate | undefined
  /** 64 bytes, Ed25519. */
  sign(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
}

/** The account's key on the device `peer`. */
export const accountSigner = (account: Account, peer: PeerIdText): Signer => ({
  account: account.address,
  peer,
  sign: account.sign,
})

/** The device's own key, with what allows it. */
export const deviceSigner = (cert: DeviceCertificate, sign: Signer['sign']): Signer => ({
  account: cert.account,
  peer: cert.peer,
  cert,
  sign,
})

/** Did the account sign this, or the device with a certificate for it? Never throws. */
export async function verifySigned(
  claim: Claim,
  cert: DeviceCertificate | undefined,
  signed: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!cert) return verifyAccount(claim.account, signed, signature)
  if (!(await checkCertificate(cert, claim))) return false
  return verifyAccount(deviceAddress(claim.peer), signed, signature)
}

/** A device's key in the form of an address, for verifying only: the same checks against weak keys apply. */
function deviceAddress(peer: PeerIdText): string {
  try {
    return encodeAddress(base58.decode(peer).subarray(PEER_ID_HEAD))
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'peer' }, { cause })
  }
}
