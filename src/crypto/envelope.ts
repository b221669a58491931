/**
 * Signed records: libp2p's signed envelope (public key, payload type, payload, signature over all with a domain), so that
 * go-libp2p and others can check ours. The payload is dag-cbor. Opening demands a signer: an envelope proves only who
 * signed it, and anybody can sign (https://github.com/libp2p/specs/blob/master/RFC/0002-signed-envelopes.md).
 */
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PrivateKey } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { base64urlnopad } from '@scure/base'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { type Address, type PeerIdText, sameBytes } from '../core/ids.ts'
import { parse, type Schema } from '../core/schema.ts'
import type { Account } from './account.ts'
import { unshared, utf8 } from './bytes.ts'
import { decodeAddress } from './strkey.ts'

/** One kind of signed record. */
export interface RecordKind<T> {
  /** In the signature, not in the envelope: an envelope of another domain never passes. */
  readonly domain: string
  /** What the payload is, in the envelope. */
  readonly type: string
  readonly schema: Schema<T>
  /** Bytes of an envelope at most. */
  readonly limit: number
}

/** What an envelope is signed with: a peer's private key, or an account's (see {@link accountKey}). */
export type SigningKey = Pick<PrivateKey, 'publicKey' | 'sign'>

/** The account's key, to sign envelopes with. */
export const accountKey = (account: Pick<Account, 'publicKey' | 'sign'>): SigningKey => ({
  publicKey: publicKeyFromRaw(account.publicKey),
  sign: (bytes) => account.sign(bytes.subarray()),
})

/**
 * A peer's Ed25519 key that is prepared once. libp2p prepares it anew for each signature, which takes longer than to sign.
 */
export function preparedKey({ raw, publicKey }: Pick<Ed25519PrivateKey, 'raw' | 'publicKey'>): SigningKey {
  let prepared: Promise<CryptoKey> | undefined
  const prepare = (): Promise<CryptoKey> => {
    const base64 = (bytes: Uint8Array): string => base64urlnopad.encode(bytes)
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64(publicKey.raw), d: base64(raw.subarray(0, 32)) }
    return crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['sign'])
  }
  return {
    publicKey,
    async sign(bytes) {
      prepared ??= prepare()
      return new Uint8Array(await crypto.subtle.sign('Ed25519', await prepared, unshared(bytes.subarray())))
    },
  }
}

/**
 * Who has signed what an account signed: its key in the form of a peer id, for {@link openRecord}.
 * @throws CafeError BAD_REQUEST {what: 'address'}.
 */
export const accountSignerId = (address: Address): PeerIdText =>
  peerIdFromPublicKey(publicKeyFromRaw(decodeAddress(address))).toString() as PeerIdText

/** `value` in an envelope signed by `key`. */
export async function sealRecord<T>(kind: RecordKind<T>, key: SigningKey, value: T): Promise<Uint8Array<ArrayBuffer>> {
  const payload = encode(parse(kind.schema, value))
  const record = {
    domain: kind.domain,
    codec: utf8(kind.type),
    marshal: () => payload,
    equals: () => false,
  }
  // libp2p asks for a whole key and uses these two parts of it.
  const bytes = new Uint8Array((await RecordEnvelope.seal(record, key as PrivateKey)).marshal())
  if (bytes.byteLength > kind.limit) throw new CafeError('BAD_REQUEST', { size: bytes.byteLength, limit: kind.limit })
  return bytes
}

/**
 * What `signer` has signed.
 * @throws CafeError CORRUPT {what: 'envelope'} for anything that is not exactly an envelope of this kind signed by it.
 */
export async function openRecord<T>(kind: RecordKind<T>, signer: PeerIdText, bytes: Uint8Array): Promise<T> {
  try {
    if (bytes.byteLength > kind.limit) throw new CafeError('BAD_REQUEST', { limit: kind.limit })
    const envelope = await RecordEnvelope.openAndCertify(bytes, kind.domain)
    const by = peerIdFromPublicKey(envelope.publicKey).toString()
    if (by !== signer || !sameBytes(envelope.payloadType, utf8(kind.type))) throw new CafeError('FORBIDDEN')
    // Protobuf has many spellings of one message; a record is known by its bytes, so only one will do.
    if (!sameBytes(envelope.marshal(), bytes)) throw new CafeError('FORBIDDEN')
    return parse(kind.schema, decode(envelope.payload.subarray(), kind.limit)) as T
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'envelope' }, { cause })
  }
}

/**
 * What an envelope says, whoever signed it: only to learn whose signature to demand with {@link openRecord}.
 * @throws CafeError CORRUPT {what: 'envelope'} for what does not even say something of this kind.
 */
export function claimOf<T>(kind: RecordKind<T>, bytes: Uint8Array): T {
  try {
    if (bytes.byteLength > kind.limit) throw new CafeError('BAD_REQUEST', { limit: kind.limit })
    const envelope = RecordEnvelope.createFromProtobuf(bytes)
    return parse(kind.schema, decode(envelope.payload.subarray(), kind.limit)) as T
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'envelope' }, { cause })
  }
}
