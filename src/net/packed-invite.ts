/**
 * What an invite says in as few bytes as a phone's camera should have to read: keys are named once and without their
 * multihash, ends of addresses that follow from the rest are left out.
 *
 * | bytes | are |
 * | --- | --- |
 * | 1 | version, 2: an invite of version 1 is dag-cbor and never begins so |
 * | 1 | 1 with a token, else 0 |
 * | 33 | the cafe's key: 0, then an Ed25519 key; of another kind: the length of its multihash, then that |
 * | 44 | the token, if there is one |
 * | n | length of the name, the name in UTF-8 |
 * | n | how many relays; of each: its key, how many addresses, without `/p2p/<relay>`; of each: how many bytes at its end are those of the one before, how many others it has, these |
 * | n | how many addresses of the cafe itself; each after twice its length, plus one if `/p2p/<cafe>` is to follow it |
 *
 * All numbers are varints.
 */
import { peerIdFromCID, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { CafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { MAX_ADDRESSES } from '../core/limits.ts'
import { multiaddrText, name as nameSchema, parse, peerId, v } from '../core/schema.ts'
import { throughRelay } from './paths.ts'

export const PACKED = 2

const LIBP2P_KEY = 0x72
/** What precedes the 32 bytes of an Ed25519 key in its peer id: identity multihash of a protobuf. */
const ED25519 = Uint8Array.of(0, 36, 8, 1, 18, 32)
const TOKEN = 44
const MAX_BINARY = 256
const CIRCUIT = '/p2p-circuit'

export interface PackedInvite {
  readonly cafe: PeerIdText
  readonly name: string
  readonly addresses: readonly string[]
  readonly token?: Uint8Array | undefined
}

export function packInvite({ cafe, name, addresses, token }: PackedInvite): Uint8Array {
  const text = new TextEncoder().encode(name)
  const parts = [Uint8Array.of(PACKED, token ? 1 : 0), packKey(cafe), token ?? [], number(text.byteLength), text]
  const relays = relaysOf(addresses)
  parts.push(number(relays.size))
  for (const [relay, ways] of relays) {
    parts.push(packKey(relay), number(ways.size))
    let before: Uint8Array = new Uint8Array(0)
    for (const way of ways) {
      const binary = multiaddr(way).bytes
      // The hash of a certificate, mostly: a relay in two networks has it in two addresses.
      const shared = sharedEnd(before, binary)
      const own = binary.subarray(0, binary.byteLength - shared)
      parts.push(number(shared), number(own.byteLength), own)
      before = binary
    }
  }
  const direct = addresses.filter((address) => !address.includes(CIRCUIT))
  parts.push(number(direct.length))
  for (const address of direct) {
    const end = `/p2p/${cafe}`
    const named = address.endsWith(end)
    const binary = multiaddr(named ? address.slice(0, -end.length) : address).bytes
    parts.push(number(2 * binary.byteLength + Number(named)), binary)
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** @throws CafeError BAD_REQUEST, or whatever the parsers throw. */
export function unpackInvite(bytes: Uint8Array): PackedInvite {
  const read = reader(bytes)
  const [version, withToken] = read.take(2)
  if (version !== PACKED || withToken === undefined || withToken > 1) throw bad()
  const cafe = unpackKey(read)
  const token = withToken === 1 ? read.take(TOKEN) : undefined
  const name = parse(nameSchema, new TextDecoder('utf-8', { fatal: true }).decode(read.take(read.number(MAX_BINARY))))
  const relayed = read.list(() => {
    const relay = unpackKey(read)
    let before: Uint8Array = new Uint8Array(0)
    const ways = read.list(() => {
      const shared = read.number(before.byteLength)
      const own = read.take(read.number(MAX_BINARY - shared))
      before = Uint8Array.of(...own, ...before.subarray(before.byteLength - shared))
      return unpackAddress(before)
    })
    return ways.flatMap((way) => throughRelay(`${way}/p2p/${relay}`, cafe))
  })
  const direct = read.list(() => {
    const size = read.number(2 * MAX_BINARY)
    const address = unpackAddress(read.take(size >> 1))
    return size % 2 === 1 ? `${address}/p2p/${cafe}` : address
  })
  if (read.left() > 0) throw bad()
  const addresses = parse(v.array(multiaddrText), [...direct, ...relayed.flat()].slice(0, MAX_ADDRESSES))
  return { cafe, name, addresses, token }
}

/** How many bytes at the end are the same. */
function sharedEnd(a: Uint8Array, b: Uint8Array): number {
  let size = 0
  while (size < Math.min(a.byteLength, b.byteLength) && a.at(-1 - size) === b.at(-1 - size)) size++
  return size
}

/** Ways to the relays that addresses lead through, without the relay's name, by relay. */
function relaysOf(addresses: readonly string[]): Map<PeerIdText, Set<string>> {
  const relays = new Map<PeerIdText, Set<string>>()
  for (const address of addresses) {
    const at = address.indexOf(CIRCUIT)
    if (at < 0) continue
    const [way = '', relay = ''] = address.slice(0, at).split('/p2p/')
    relays.set(relay as PeerIdText, (relays.get(relay as PeerIdText) ?? new Set()).add(way))
  }
  return relays
}

function packKey(peer: PeerIdText): Uint8Array {
  const { bytes } = peerIdFromString(peer).toMultihash()
  const known = sameBytes(bytes.subarray(0, ED25519.byteLength), ED25519)
  return known ? Uint8Array.of(0, ...bytes.subarray(ED25519.byteLength)) : Uint8Array.of(bytes.byteLength, ...bytes)
}

function unpackKey(read: Reader): PeerIdText {
  const size = read.number(127)
  const multihash = size === 0 ? Uint8Array.of(...ED25519, ...read.take(32)) : read.take(size)
  return parse(peerId, peerIdFromCID(CID.createV1(LIBP2P_KEY, Digest.decode(multihash))).toString())
}

/** The address as text. @throws CafeError BAD_REQUEST for a name with a slash in it, which reads as another address. */
function unpackAddress(binary: Uint8Array): string {
  const address = multiaddr(binary).toString()
  if (!sameBytes(multiaddr(address).bytes, binary)) throw bad()
  return address
}

const number = (value: number): Uint8Array => varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)))

interface Reader {
  take(size: number): Uint8Array
  number(most: number): number
  list<T>(one: () => T): T[]
  left(): number
}

function reader(bytes: Uint8Array): Reader {
  let at = 0
  const take: Reader['take'] = (size) => {
    if (at + size > bytes.byteLength) throw bad()
    at += size
    return bytes.slice(at - size, at)
  }
  const readNumber: Reader['number'] = (most) => {
    const [value, size] = varint.decode(bytes, at)
    if (value > most) throw bad()
    at += size
    return value
  }
  const list: Reader['list'] = (one) => Array.from({ length: readNumber(MAX_ADDRESSES) }, one)
  return { take, number: readNumber, list, left: () => bytes.byteLength - at }
}

const bad = (): CafeError => new CafeError('BAD_REQUEST', { what: 'invite' })
