/**
 * A peer and where it can be reached in as few bytes as links and QR codes should have: binary, and each relay named once,
 * since every byte makes the code denser.
 */
import { peerIdFromCID, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { CafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { MAX_ADDRESSES } from '../core/limits.ts'
import { bytes, multiaddrText, parse, peerId, v } from '../core/schema.ts'
import { throughRelay } from './paths.ts'

/** Codec of a peer id as CID (libp2p-key). */
const LIBP2P_KEY = 0x72
const MAX_MULTIADDR = 256

/** Entries of a schema; what they hold is checked by {@link unpackPeer}. */
export const peerEntries = {
  /** Multihash of the peer's public key. */
  c: bytes(64, 34),
  /** Multiaddrs of relays the peer has a seat at, then of the peer itself where it can be dialled directly. */
  r: v.pipe(v.array(bytes(MAX_MULTIADDR, 1)), v.maxLength(MAX_ADDRESSES)),
  d: v.pipe(v.array(bytes(MAX_MULTIADDR, 1)), v.maxLength(MAX_ADDRESSES)),
}

interface Packed {
  readonly c: Uint8Array
  readonly r: readonly Uint8Array[]
  readonly d: readonly Uint8Array[]
}

export function packPeer(peer: PeerIdText, addresses: readonly string[]): Packed {
  const relays = new Set(
    addresses.filter(isCircuit).map((address) => address.slice(0, address.indexOf('/p2p-circuit'))),
  )
  const direct = addresses.filter((address) => !isCircuit(address))
  return { c: peerIdFromString(peer).toMultihash().bytes, r: [...relays].map(toBytes), d: direct.map(toBytes) }
}

/** The peer, and its multiaddrs, direct ones first. @throws CafeError BAD_REQUEST, or whatever the parsers throw. */
export function unpackPeer({ c, r, d }: Packed): { peer: PeerIdText; addresses: string[] } {
  const peer = parse(peerId, peerIdFromCID(CID.createV1(LIBP2P_KEY, Digest.decode(c))).toString())
  const relayed = r.flatMap((relay) => throughRelay(fromBytes(relay), peer))
  const all = [...d.map(fromBytes), ...relayed].slice(0, MAX_ADDRESSES)
  return { peer, addresses: parse(v.array(multiaddrText), all) }
}

const isCircuit = (address: string): boolean => address.includes('/p2p-circuit')
const toBytes = (address: string): Uint8Array => multiaddr(address).bytes

/** The address as text. @throws CafeError BAD_REQUEST for a name with a slash in it, which reads as another address. */
function fromBytes(binary: Uint8Array): string {
  const address = multiaddr(binary).toString()
  if (!sameBytes(toBytes(address), binary)) throw new CafeError('BAD_REQUEST', { what: 'address' })
  return address
}
