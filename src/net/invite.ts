/**
 * Invites: what a person needs to join a cafe, as text for a link or a QR code. The code travels in the fragment of the
 * link, so no server sees the token in it. It is binary and names each relay once, since every byte makes the QR code
 * denser: about 220 characters with one relay.
 */
import { peerIdFromCID, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { MAX_ADDRESSES, MAX_INVITE } from '../core/limits.ts'
import { bytes, multiaddrText, name, parse, peerId, v } from '../core/schema.ts'
import { throughRelay } from './paths.ts'

/** Codec of a peer id as CID (libp2p-key). */
const LIBP2P_KEY = 0x72
const MAX_MULTIADDR = 256

const wireSchema = v.strictObject({
  v: v.literal(1),
  /** Multihash of the cafe's public key. */
  c: bytes(64, 34),
  n: name,
  /** Multiaddrs of relays the cafe has a seat at, then of the cafe itself where it can be dialled directly. */
  r: v.pipe(v.array(bytes(MAX_MULTIADDR, 1)), v.maxLength(MAX_ADDRESSES)),
  d: v.pipe(v.array(bytes(MAX_MULTIADDR, 1)), v.maxLength(MAX_ADDRESSES)),
  /** Access token: 44 bytes. */
  t: v.optional(bytes(44, 44)),
})

export interface Invite {
  readonly cafe: PeerIdText
  readonly name: string
  /** Multiaddrs of the cafe, direct ones first. */
  readonly addresses: readonly string[]
  /** Access token as text. */
  readonly token?: string | undefined
}

/** Where the code begins in a link's fragment. */
const MARK = '#join='

/** The invite as a link into the app at `origin`. */
export function formatInvite({ cafe, name, addresses, token }: Invite, origin: string): string {
  const relays = new Set(
    addresses.filter(isCircuit).map((address) => address.slice(0, address.indexOf('/p2p-circuit'))),
  )
  const direct = addresses.filter((address) => !isCircuit(address))
  const code = encode({
    v: 1,
    c: peerIdFromString(cafe).toMultihash().bytes,
    n: name,
    r: [...relays].map(toBytes),
    d: direct.map(toBytes),
    t: token === undefined ? undefined : base58btc.baseDecode(token),
  })
  return `${origin}/${MARK}${base64url.baseEncode(code)}`
}

/**
 * An invite from its link or from the bare code in it.
 * @throws CafeError BAD_REQUEST {what: 'invite'}, never with any part of the text.
 */
export function parseInvite(input: string): Invite {
  try {
    if (input.length > MAX_INVITE) throw new CafeError('BAD_REQUEST')
    const at = input.indexOf(MARK)
    const code = (at < 0 ? input : input.slice(at + MARK.length)).trim()
    const { c, n, r, d, t } = parse(wireSchema, decode(base64url.baseDecode(code), MAX_INVITE))
    const cafe = parse(peerId, peerIdFromCID(CID.createV1(LIBP2P_KEY, Digest.decode(c))).toString())
    const relayed = r.flatMap((relay) => throughRelay(fromBytes(relay), cafe))
    const addresses = parse(v.array(multiaddrText), [...d.map(fromBytes), ...relayed].slice(0, MAX_ADDRESSES))
    return { cafe, name: n, addresses, token: t && base58btc.baseEncode(t) }
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'invite' }, { cause })
  }
}

const isCircuit = (address: string): boolean => address.includes('/p2p-circuit')
const toBytes = (address: string): Uint8Array => multiaddr(address).bytes

/** The address as text. @throws CafeError BAD_REQUEST for a name with a slash in it, which reads as another address. */
function fromBytes(binary: Uint8Array): string {
  const address = multiaddr(binary).toString()
  if (!sameBytes(toBytes(address), binary)) throw new CafeError('BAD_REQUEST', { what: 'address' })
  return address
}
