/**
 * The code that a device shows to be given a cafe, as text or QR code: who it is, where it is, and a secret for one use,
 * which also seals what is sent. Whoever has the code can only give, and nothing is read with it.
 */
import { base64url } from 'multiformats/bases/base64'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_INVITE } from '../core/limits.ts'
import { bytes, parse, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { packPeer, peerEntries, unpackPeer } from './packed-peer.ts'

const wireSchema = v.strictObject({ v: v.literal(1), ...peerEntries, s: bytes(16, 16) })

export interface MoveCode {
  readonly peer: PeerIdText
  readonly addresses: readonly string[]
  readonly secret: Secret<Uint8Array>
}

const MARK = 'cafe-move:'

export const formatMoveCode = ({ peer, addresses, secret }: MoveCode): string =>
  MARK + base64url.baseEncode(encode({ v: 1, ...packPeer(peer, addresses), s: secret.reveal() }))

/** @throws CafeError BAD_REQUEST {what: 'move code'}, never with any part of the text. */
export function parseMoveCode(input: string): MoveCode {
  try {
    const text = input.trim()
    if (text.length > MAX_INVITE || !text.startsWith(MARK)) throw new CafeError('BAD_REQUEST')
    const code = decode(base64url.baseDecode(text.slice(MARK.length)), MAX_INVITE)
    const { s, ...packed } = parse(wireSchema, code)
    return { ...unpackPeer(packed), secret: new Secret(s) }
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'move code' }, { cause })
  }
}
