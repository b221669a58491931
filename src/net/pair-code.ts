/**
 * Pairing codes: what one device shows another so that both connect with nobody in between. They hold what a session
 * description holds and cannot be known otherwise, and whose device it is: some 120 bytes, in the characters that QR codes
 * pack best. There is no secret in one: who it leads to is proved when the connection is made.
 *
 * | bytes | are |
 * | --- | --- |
 * | 1 | version × 16, plus 1 for an answer, plus 2 if the answerer is the DTLS server |
 * | 4 | when it ends, in seconds since 1970 |
 * | 4 | the beginning of its own fingerprint for an offer; of the offer's fingerprint for its answer |
 * | 32 | Ed25519 key of the peer |
 * | 32 | SHA-256 fingerprint of the connection's certificate |
 * | n | ICE user name and password, each its length, then six bits a character |
 * | n | how many candidates; each: its kind, its address, its port |
 */
import { peerIdFromCID, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { base36upper } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { CafeError } from '../core/errors.ts'
import { hex, type PeerIdText, sameBytes, unhex } from '../core/ids.ts'
import { MAX_CANDIDATES, MAX_PAIR_CODE } from '../core/limits.ts'
import { bytes, count, parse, peerId, text, v } from '../core/schema.ts'

/** How a code begins, for people, scanners and whatever is pasted. */
export const PAIR_MARK = 'CAFE:'
const VERSION = 1

const candidate = v.strictObject({
  /** An address, or a name of multicast DNS: `<uuid>.local`. */
  host: text(64),
  port: count(65_535, 1),
  /** `srflx`: as seen by a STUN server. */
  type: v.picklist(['host', 'srflx']),
})
export type Candidate = v.InferOutput<typeof candidate>

/** Base64 characters, as RFC 8839 has them. */
const ice = (least: number) => v.pipe(text(63), v.minLength(least), v.regex(/^[A-Za-z0-9+/]+$/))

const pairCode = v.strictObject({
  kind: v.picklist(['offer', 'answer']),
  /** Milliseconds since the epoch. */
  expires: count(),
  /** Which offer this is, or which it answers. */
  offer: bytes(4, 4),
  peer: peerId,
  fingerprint: bytes(32, 32),
  user: ice(4),
  password: ice(22),
  /** Who opens DTLS: the answerer does unless it says otherwise. */
  setup: v.picklist(['active', 'passive']),
  candidates: v.pipe(v.array(candidate), v.minLength(1), v.maxLength(MAX_CANDIDATES)),
})
export type PairCode = v.InferOutput<typeof pairCode>

const LIBP2P_KEY = 0x72
const ED25519 = Uint8Array.of(0, 36, 8, 1, 18, 32)
const ICE_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const UUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/i

export function formatPairCode(code: PairCode): string {
  const ends = new Uint8Array(4)
  new DataView(ends.buffer).setUint32(0, Math.floor(code.expires / 1000))
  const flags = (code.kind === 'answer' ? 1 : 0) + (code.setup === 'passive' ? 2 : 0)
  const parts = [
    [VERSION * 16 + flags, ...ends, ...code.offer],
    peerIdFromString(code.peer).toMultihash().bytes.subarray(ED25519.byteLength),
    code.fingerprint,
    packIce(code.user),
    packIce(code.password),
    [code.candidates.length, ...code.candidates.flatMap(packCandidate)],
  ]
  return PAIR_MARK + base36upper.baseEncode(Uint8Array.from(parts.flatMap((part) => [...part])))
}

/**
 * What a code says, whether it has ended or not.
 * @throws CafeError BAD_REQUEST {what: 'pair code'}; UNSUPPORTED for a code of another version.
 */
export function parsePairCode(input: string): PairCode {
  if (input.length > MAX_PAIR_CODE) throw bad()
  const given = input.replace(/\s+/g, '').toUpperCase()
  if (!given.startsWith(PAIR_MARK)) throw bad()
  try {
    return parse(pairCode, unpack(base36upper.baseDecode(given.slice(PAIR_MARK.length))))
  } catch (cause) {
    if (cause instanceof CafeError && cause.code === 'UNSUPPORTED') throw cause
    throw bad(cause)
  }
}

function unpack(binary: Uint8Array): unknown {
  let at = 0
  const take = (size: number): Uint8Array => {
    at += size
    if (at > binary.byteLength) throw bad()
    return binary.slice(at - size, at)
  }
  const byte = (): number => take(1)[0] as number
  const head = byte()
  if (head >> 4 !== VERSION) throw new CafeError('UNSUPPORTED', { what: 'pair code' })
  if ((head & 15) > 3) throw bad()
  const ends = take(4)
  const code = {
    kind: head & 1 ? 'answer' : 'offer',
    setup: head & 2 ? 'passive' : 'active',
    expires: new DataView(ends.buffer).getUint32(0) * 1000,
    offer: take(4),
    peer: peerOf(take(32)),
    fingerprint: take(32),
    user: unpackIce(byte(), take),
    password: unpackIce(byte(), take),
    candidates: Array.from({ length: byte() }, () => unpackCandidate(byte(), take)),
  }
  if (at !== binary.byteLength) throw bad()
  return code
}

const peerOf = (key: Uint8Array): PeerIdText =>
  peerIdFromCID(CID.createV1(LIBP2P_KEY, Digest.decode(Uint8Array.of(...ED25519, ...key)))).toString() as PeerIdText

function packIce(text: string): number[] {
  const bits = [...text].map((one) => ICE_CHARACTERS.indexOf(one).toString(2).padStart(6, '0')).join('')
  return [text.length, ...(bits.match(/.{1,8}/g) ?? []).map((eight) => Number.parseInt(eight.padEnd(8, '0'), 2))]
}

function unpackIce(length: number, take: (size: number) => Uint8Array): string {
  if (length > 63) throw bad()
  const packed = take(Math.ceil((length * 6) / 8))
  const bits = [...packed].map((one) => one.toString(2).padStart(8, '0')).join('')
  if (/1/.test(bits.slice(length * 6))) throw bad()
  return (bits.slice(0, length * 6).match(/.{6}/g) ?? []).map((six) => ICE_CHARACTERS[Number.parseInt(six, 2)]).join('')
}

/** Codes of `ip4` and `ip6` in multiaddrs, and what an address of each is long. */
const IP = { 4: 16, 41: 4 } as const
const KINDS = { ip4: 0, ip6: 1, mdns: 2 } as const
const SIZES = [IP[41], IP[4], 16]
const CODES = [4, 41]
const SRFLX = 4

function packCandidate({ host, port, type }: Candidate): number[] {
  const uuid = UUID.exec(host)
  const kind = uuid ? KINDS.mdns : host.includes(':') ? KINDS.ip6 : KINDS.ip4
  const name = uuid ? unhex(uuid.slice(1).join('').toLowerCase()) : ipBytes(host)
  return [kind + (type === 'srflx' ? SRFLX : 0), ...name, port >> 8, port & 255]
}

function unpackCandidate(tag: number, take: (size: number) => Uint8Array): Candidate {
  const kind = tag & 3
  if (tag > 7 || kind > 2) throw bad()
  const name = take(SIZES[kind] as number)
  const [high = 0, low = 0] = take(2)
  const host = kind === KINDS.mdns ? uuidOf(name) : ipText(CODES[kind] as number, name)
  return { host, port: high * 256 + low, type: tag & SRFLX ? 'srflx' : 'host' }
}

const ipBytes = (host: string): Uint8Array =>
  multiaddr(`/${host.includes(':') ? 'ip6' : 'ip4'}/${host}`).bytes.subarray(1)

function ipText(code: number, address: Uint8Array): string {
  const given = Uint8Array.of(code, ...address)
  const host = multiaddr(given).toString().split('/')[2] ?? ''
  if (!sameBytes(ipBytes(host), address)) throw bad()
  return host
}

const uuidOf = (name: Uint8Array): string =>
  `${hex(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}.local`

const bad = (cause?: unknown): CafeError => new CafeError('BAD_REQUEST', { what: 'pair code' }, { cause })
