/**
 * Contact links: how a person hands on where they are to be found, as text for a link or a QR code. They carry the address,
 * some cafes, and a key with which whoever has the link may write: no secret, but not for everybody either. They are not
 * signed: the name in one is what its sender wrote there, and only the card of the address tells how that calls itself.
 */
import { base64url } from 'multiformats/bases/base64'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { MAX_INVITE } from '../core/limits.ts'
import { bytes, name, parse, v } from '../core/schema.ts'
import { decodeAddress, encodeAddress } from '../crypto/strkey.ts'
import { packPeer, peerEntries, unpackPeer } from './packed-peer.ts'

/** Cafes in a link: with more the code is too dense to be scanned. The card of the address names them all. */
export const MAX_LINK_CAFES = 3
const DOOR = 16

const wireSchema = v.strictObject({
  v: v.literal(1),
  /** Ed25519 key of the account. */
  a: bytes(32, 32),
  n: v.optional(name),
  f: v.pipe(v.array(v.strictObject(peerEntries)), v.maxLength(MAX_LINK_CAFES)),
  k: v.optional(bytes(DOOR, DOOR)),
})

export interface ContactLink {
  readonly address: Address
  readonly name?: string | undefined
  /** Where mail for them is taken. */
  readonly cafes: ReadonlyArray<{ readonly cafe: PeerIdText; readonly addresses: readonly string[] }>
  /** Opens the door for mail to them. */
  readonly door?: Uint8Array | undefined
}

/** Where the code begins in a link's fragment. */
const MARK = '#contact='

/** The link into the app at `origin`. Cafes beyond those that fit are left out. */
export function formatContactLink({ address, name, cafes, door }: ContactLink, origin: string): string {
  const code = encode({
    v: 1,
    a: decodeAddress(address),
    ...(name && { n: name }),
    f: cafes.slice(0, MAX_LINK_CAFES).map(({ cafe, addresses }) => packPeer(cafe, addresses)),
    ...(door && { k: door }),
  })
  return `${origin}/${MARK}${base64url.baseEncode(code)}`
}

/**
 * What a link says, or the bare code in it.
 * @throws CafeError BAD_REQUEST {what: 'contact link'}, never with any part of the text.
 */
export function parseContactLink(input: string): ContactLink {
  try {
    if (input.length > MAX_INVITE) throw new CafeError('BAD_REQUEST')
    const at = input.indexOf(MARK)
    const code = (at < 0 ? input : input.slice(at + MARK.length)).trim()
    const { a, n, f, k } = parse(wireSchema, decode(base64url.baseDecode(code), MAX_INVITE))
    const cafes = f.map(unpackPeer).map(({ peer, addresses }) => ({ cafe: peer, addresses }))
    const address = encodeAddress(a)
    // Any 32 bytes can be written as an address; not all are a key.
    decodeAddress(address)
    return { address, cafes, ...(n !== undefined && { name: n }), ...(k && { door: k }) }
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'contact link' }, { cause })
  }
}
