/**
 * The link that a device shows to be given an account, as text or QR code: who it is, where it is, and the key it offers.
 * There is no secret in it; whoever comes by it first can only spoil it, since nothing is given before both screens show
 * the same code.
 */
import { base64url } from 'multiformats/bases/base64'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_INVITE } from '../core/limits.ts'
import { bytes, name, parse, v } from '../core/schema.ts'
import { packPeer, peerEntries, unpackPeer } from './packed-peer.ts'

const wireSchema = v.strictObject({ v: v.literal(1), n: name, ...peerEntries, k: bytes(32, 32) })

export interface DeviceLinkText {
  readonly peer: PeerIdText
  /** What the device is called. */
  readonly name: string
  readonly addresses: readonly string[]
  /** X25519, 32 bytes. */
  readonly key: Uint8Array
}

/** Where the code begins in a link's fragment. */
const MARK = '#link='

export function formatDeviceLink({ peer, name, addresses, key }: DeviceLinkText, origin: string): string {
  const code = encode({ v: 1, n: name, ...packPeer(peer, addresses), k: key })
  return `${origin}/${MARK}${base64url.baseEncode(code)}`
}

/**
 * What a link says, or the bare code in it.
 * @throws CafeError BAD_REQUEST {what: 'device link'}.
 */
export function parseDeviceLink(input: string): DeviceLinkText {
  try {
    if (input.length > MAX_INVITE) throw new CafeError('BAD_REQUEST')
    const at = input.indexOf(MARK)
    const code = (at < 0 ? input : input.slice(at + MARK.length)).trim()
    const { n, k, ...packed } = parse(wireSchema, decode(base64url.baseDecode(code), MAX_INVITE))
    return { name: n, key: k, ...unpackPeer(packed) }
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'device link' }, { cause })
  }
}
