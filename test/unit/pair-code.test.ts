/** Pairing codes and session descriptions: what goes in comes out, and nothing else is read. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { base58 } from '@scure/base'
import fc from 'fast-check'
import { base36upper } from 'multiformats/bases/base36'
import { describe, expect, it } from 'vitest'
import { isCafeError } from '../../src/core/errors.ts'
import { type PeerIdText, unhex } from '../../src/core/ids.ts'
import { MAX_CANDIDATES, MAX_PAIR_CODE } from '../../src/core/limits.ts'
import { type Candidate, formatPairCode, PAIR_MARK, type PairCode, parsePairCode } from '../../src/net/pair-code.ts'
import { readSdp, writeSdp } from '../../src/net/pair-sdp.ts'

const peer = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString() as PeerIdText
const filled = (size: number, from = 0) => Uint8Array.from({ length: size }, (_, i) => from + i)
const code: PairCode = {
  kind: 'offer',
  expires: Date.UTC(2030, 0, 1),
  offer: filled(4),
  peer,
  fingerprint: filled(32, 100),
  user: 'aB3+',
  password: 'abcdefghijklmnopqrstuv/+',
  setup: 'active',
  candidates: [
    { host: '192.168.1.20', port: 50_000, type: 'host' },
    { host: '0a1b2c3d-4e5f-6789-abcd-ef0123456789.local', port: 50_001, type: 'host' },
  ],
}

/** What Chromium says of a connection with nothing but data. */
const CHROMIUM = [
  'v=0',
  'o=- 4611686018427387904 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=application 50000 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 192.168.1.20',
  'a=candidate:1 1 udp 2113937151 127.0.0.1 49999 typ host generation 0 network-id 3',
  'a=candidate:2 1 udp 2113937151 192.168.1.20 50000 typ host generation 0 network-id 1 network-cost 999',
  'a=candidate:3 1 udp 2113937151 0a1b2c3d-4e5f-6789-abcd-ef0123456789.local 50001 typ host generation 0',
  'a=candidate:4 1 tcp 1518149375 192.168.1.20 9 typ host tcptype active generation 0',
  'a=candidate:5 1 udp 1677729535 203.0.113.9 50002 typ srflx raddr 192.168.1.20 rport 50000 generation 0',
  'a=ice-ufrag:aB3+',
  'a=ice-pwd:abcdefghijklmnopqrstuv/+',
  'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${[...code.fingerprint].map((one) => one.toString(16).padStart(2, '0').toUpperCase()).join(':')}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  '',
].join('\r\n')

const refusal = (read: () => unknown): unknown => {
  try {
    return read()
  } catch (error) {
    if (isCafeError(error)) return { code: error.code, ...error.data }
    throw error
  }
}
const bad = { code: 'BAD_REQUEST', what: 'pair code' }

const byte = fc.nat({ max: 255 })
const host = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((ip) => !ip.includes('.')),
  fc.uuid().map((uuid) => `${uuid}.local`),
)
const candidate: fc.Arbitrary<Candidate> = fc.record({
  host,
  port: fc.integer({ min: 1, max: 65_535 }),
  type: fc.constantFrom('host', 'srflx'),
})
const ice = (minLength: number) => fc.string({ unit: fc.constantFrom(...'aZ09+/xQ'), minLength, maxLength: 63 })

describe('a pairing code', () => {
  it('has nothing but characters that QR codes pack, and fits a small one', () => {
    const text = formatPairCode(code)
    expect(text).toMatch(/^CAFE:[0-9A-Z]+$/)
    expect(text.length).toBeLessThan(230)
    expect(parsePairCode(text)).toEqual(code)
  })

  it('survives however it was copied: lower case, broken lines, spaces around it', () => {
    const text = formatPairCode(code)
    expect(parsePairCode(`  ${text.toLowerCase().replace(/.{20}/g, '$&\n')} `)).toEqual(code)
  })

  it('survives whatever is in it, and always fits', () => {
    const any = fc.record({
      ...{ kind: fc.constantFrom('offer' as const, 'answer' as const), peer: fc.constant(peer) },
      expires: fc.nat({ max: 2 ** 32 - 1 }).map((seconds) => seconds * 1000),
      offer: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      ...{ user: ice(4), password: ice(22), setup: fc.constantFrom('active' as const, 'passive' as const) },
      candidates: fc.array(candidate, { minLength: 1, maxLength: MAX_CANDIDATES }),
    })
    fc.assert(
      fc.property(any, (given) => {
        const text = formatPairCode(given as PairCode)
        expect(text.length).toBeLessThanOrEqual(MAX_PAIR_CODE)
        const read = parsePairCode(text)
        expect(formatPairCode(read)).toBe(text)
        expect({ ...read, candidates: [] }).toEqual({ ...given, candidates: [] })
        expect(read.candidates.map(({ port, type }) => [port, type])).toEqual(
          given.candidates.map(({ port, type }) => [port, type]),
        )
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['something else', 'https://cafe.example/#join=abc'],
    ['a mark alone', PAIR_MARK],
    ['half a code', formatPairCode(code).slice(0, -20)],
    ['a code with a character that is none', `${formatPairCode(code)}!`],
    ['too long', PAIR_MARK + 'A'.repeat(MAX_PAIR_CODE)],
    ['without a candidate', formatPairCode({ ...code, candidates: [] })],
    ['with too many', formatPairCode({ ...code, candidates: Array(MAX_CANDIDATES + 1).fill(code.candidates[0]) })],
    ['with port 0', formatPairCode({ ...code, candidates: [{ host: '10.0.0.1', port: 0, type: 'host' }] })],
    ['with a short password', formatPairCode({ ...code, password: 'short' })],
  ])('is refused when it is %s', (_, text) => {
    expect(refusal(() => parsePairCode(text))).toEqual(bad)
  })

  it('of a later version says so', () => {
    const later = base36upper.baseDecode(formatPairCode(code).slice(PAIR_MARK.length))
    later[0] = 0x20
    expect(refusal(() => parsePairCode(PAIR_MARK + base36upper.baseEncode(later)))).toMatchObject({
      code: 'UNSUPPORTED',
    })
  })

  it('is read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 250 }), fc.nat({ max: 3 }), (bytes, flags) => {
        const text = PAIR_MARK + base36upper.baseEncode(Uint8Array.of(16 + flags, ...bytes))
        const read = refusal(() => parsePairCode(text)) as { code?: string }
        if (read.code) expect(['BAD_REQUEST', 'UNSUPPORTED']).toContain(read.code)
        else expect(formatPairCode(read as PairCode)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  it('names a peer by an Ed25519 key, whatever its bytes', () => {
    expect(base58.decode(parsePairCode(formatPairCode(code)).peer).subarray(0, 6)).toEqual(unhex('002408011220'))
  })
})

describe('a session description', () => {
  it('of Chromium gives what the other side cannot know, the most useful addresses first', () => {
    expect(readSdp(CHROMIUM)).toEqual({
      ...{ fingerprint: code.fingerprint, user: code.user, password: code.password, setup: 'active' },
      candidates: [
        { host: '192.168.1.20', port: 50_000, type: 'host' },
        { host: '0a1b2c3d-4e5f-6789-abcd-ef0123456789.local', port: 50_001, type: 'host' },
        { host: '203.0.113.9', port: 50_002, type: 'srflx' },
        { host: '127.0.0.1', port: 49_999, type: 'host' },
      ],
    })
  })

  it('that is made of it says the same', () => {
    const parts = readSdp(CHROMIUM)
    expect(readSdp(writeSdp(parts, 'offer'))).toEqual(parts)
    expect(readSdp(writeSdp({ ...parts, setup: 'passive' }, 'answer')).setup).toBe('passive')
    expect(writeSdp(parts, 'answer')).toContain('a=setup:active\r\n')
  })

  it('without an address is none to hand on', () => {
    const none = CHROMIUM.replace(/^a=candidate.*\r\n/gm, '')
    expect(refusal(() => readSdp(none))).toEqual({ code: 'UNREACHABLE', why: 'no-address' })
  })
})
