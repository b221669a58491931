/**
 * Handing an account from one device to another without anybody in the middle. The receiver shows a fresh X25519 key; the
 * giver commits to a nonce, hears the receiver's, and tells its own; from all that both compute a short code, which the
 * person compares on the two screens. Whoever stands in between had to choose all of its own parts before it could know
 * either code, so it is found out but for one time in a hundred million (the scheme of ZRTP, RFC 6189 §4.4.1). The seed is
 * then sealed by HPKE to that key and bound to both peers and both nonces.
 */
import type { Random } from '../core/clock.ts'
import { encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { concat, sha256, unshared, utf8 } from './bytes.ts'
import { suite } from './seal.ts'
import { importPublic, type OpeningKey } from './x25519.ts'

/** Who gives to whom, as each side has it proved by its connection, and the key shown by the receiver. */
export interface LinkEnds {
  readonly giver: PeerIdText
  readonly receiver: PeerIdText
  /** 32 bytes, X25519. */
  readonly key: Uint8Array
}

/** With the nonces of both: what the code and the seal are bound to. */
export interface LinkTranscript extends LinkEnds {
  readonly giverNonce: Uint8Array
  readonly receiverNonce: Uint8Array
}

export const LINK_NONCE = 32
/** Digits of the code: 26 bits. */
const DIGITS = 8
const ENC = 32
const INFO = utf8('textile-cafe/link/seal/1\0')

export const linkNonce = (random: Random): Uint8Array<ArrayBuffer> => random(LINK_NONCE)

/** 16 bytes that name an offered key. */
export const linkId = async (key: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  (await digest('id', { key })).slice(0, 16)

/** What the giver says first: it cannot be changed afterwards, and tells nothing about the nonce. */
export const linkCommitment = (
  { giver, receiver, key }: LinkEnds,
  nonce: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> => digest('commit', { giver, receiver, key, nonce })

/** The code to compare, such as `0423 9917`. */
export async function linkCode(transcript: LinkTranscript): Promise<string> {
  const hash = await digest('code', transcript)
  const digits = String(new DataView(hash.buffer).getBigUint64(0) % BigInt(10 ** DIGITS)).padStart(DIGITS, '0')
  return `${digits.slice(0, DIGITS / 2)} ${digits.slice(DIGITS / 2)}`
}

/** `plaintext` for whoever holds the private half of the transcript's key. */
export async function sealLink(transcript: LinkTranscript, plaintext: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const recipientPublicKey = await importPublic(transcript.key)
  const aad = await digest('bound', transcript)
  const { enc, ct } = await suite().seal({ recipientPublicKey, info: INFO }, unshared(plaintext), aad)
  return concat(new Uint8Array(enc), new Uint8Array(ct))
}

/** @throws CafeError SEALED for another key, other peers, other nonces, or anything that was changed. */
export async function openLink(
  transcript: LinkTranscript,
  key: OpeningKey,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const recipientKey = { publicKey: await importPublic(key.publicKey), privateKey: key.privateKey }
    const [enc, ct] = [unshared(sealed).slice(0, ENC), unshared(sealed).slice(ENC)]
    const aad = await digest('bound', transcript)
    return new Uint8Array(await suite().open({ recipientKey, enc, info: INFO }, ct, aad))
  } catch (cause) {
    throw new CafeError('SEALED', {}, { cause })
  }
}

const digest = (what: string, value: object): Promise<Uint8Array<ArrayBuffer>> =>
  sha256(concat(utf8(`textile-cafe/link/${what}/1\0`), encode({ ...value })))
