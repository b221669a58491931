/** Invites: what goes into a link comes out of it, and nothing else does. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { base58, base64urlnopad } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/core/codec.ts'
import { isCafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { MAX_ADDRESSES, MAX_INVITE } from '../../src/core/limits.ts'
import { multiaddrText, parse, v } from '../../src/core/schema.ts'
import { createToken } from '../../src/crypto/token.ts'
import { formatInvite, type Invite, parseInvite } from '../../src/net/invite.ts'
import { inviteWays, isRelayed, throughRelay, transportOf } from '../../src/net/paths.ts'

const peers = await Promise.all([1, 2].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))
const [peer, relayPeer] = peers.map(String) as [PeerIdText, PeerIdText]
const relays = Array.from({ length: 4 }, (_, i) => `/dns4/relay${i}.example.org/tcp/443/wss/p2p/${relayPeer}`)
const direct = Array.from({ length: 8 }, (_, i) => `/ip4/10.0.0.${i}/tcp/4001/ws/p2p/${peer}`)
const { text: token } = await createToken()
const invite: Invite = {
  cafe: peer,
  name: 'Café ☕',
  addresses: [direct[0] as string, ...throughRelay(relays[0] as string, peer)],
  token,
}
const origin = 'https://cafe.example'

const binary = (address: string): Uint8Array => multiaddr(address).bytes
const wire = {
  v: 1,
  c: peers[0]?.toMultihash().bytes,
  n: 'Cafe',
  r: relays.slice(0, 1).map(binary),
  d: direct.slice(0, 1).map(binary),
  t: base58.decode(token),
}
const codeOf = (value: unknown): string => base64urlnopad.encode(encode(value))
const refused = { code: 'BAD_REQUEST', data: { what: 'invite' } }

function refusal(text: string): unknown {
  try {
    parseInvite(text)
  } catch (error) {
    if (isCafeError(error)) return { code: error.code, data: error.data }
    throw error
  }
  throw new Error('it should have been refused')
}

describe('an invite', () => {
  it('survives its link, and the bare code of it', () => {
    const link = formatInvite(invite, origin)
    expect(link.startsWith(`${origin}/#join=`)).toBe(true)
    expect(parseInvite(link)).toEqual(invite)
    expect(parseInvite(link.slice(link.indexOf('=') + 1))).toEqual(invite)
    expect(parseInvite(`  ${link}\n`)).toEqual(invite)
    expect(parseInvite(codeOf(wire))).toMatchObject({ cafe: peer, name: 'Cafe', token })
  })

  it('survives for any name, addresses of both kinds, with and without a token', () => {
    const any = fc.record({
      name: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 64 }).filter((s) => s.trim() === s),
      direct: fc.subarray(direct, { maxLength: 4 }),
      relays: fc.subarray(relays, { minLength: 1, maxLength: 2 }),
      token: fc.constantFrom(token, undefined),
    })
    fc.assert(
      fc.property(any, ({ name, direct, relays, token }) => {
        const addresses = [...direct, ...relays.flatMap((relay) => throughRelay(relay, peer))]
        const given = { cafe: peer, name, addresses, token }
        expect(parseInvite(formatInvite(given, origin))).toEqual(given)
      }),
    )
  })

  it('with two ways to a relay on the network is short enough for a phone’s camera', () => {
    const hash = 'uEiDAkp4nTgJWBbHbm1Ww9ouBGL5cRGKgSVYQLmOGRdKs4w'
    const ways = ['/ip4/192.168.178.20/tcp/9090/ws', `/ip4/192.168.178.20/udp/9090/webrtc-direct/certhash/${hash}`]
    const addresses = ways.flatMap((way) => throughRelay(`${way}/p2p/${relayPeer}`, peer))
    const full = { cafe: peer, name: 'The Blue Door', addresses, token }
    const link = formatInvite(full, 'https://192.168.178.20:8443')
    expect(link.length).toBeLessThanOrEqual(300)
    expect(parseInvite(link)).toEqual(full)
  })

  it('puts everything into the fragment, which no server sees', () => {
    const { pathname, search } = new URL(formatInvite(invite, origin))
    expect([pathname, search]).toEqual(['/', ''])
  })

  it('with all the addresses there may be can be read again', () => {
    const addresses = relays.flatMap((relay) => throughRelay(relay, peer))
    expect(addresses.length).toBe(MAX_ADDRESSES)
    for (const all of [addresses, direct]) {
      const full = { ...invite, name: '😀'.repeat(64), addresses: all }
      expect(parseInvite(formatInvite(full, origin))).toEqual(full)
    }
  })

  it.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['a link without it', 'https://cafe.example/'],
    ['a mark without a code', `${origin}/#join=`],
    ['half a code', formatInvite(invite, origin).slice(0, -10)],
    ['a code with a character that is none', formatInvite(invite, origin).replace(/.$/, '!')],
    ['something too long', `${origin}/#join=${'A'.repeat(MAX_INVITE)}`],
    ['cbor that is no map', codeOf([1])],
    ['another version', codeOf({ ...wire, v: 2 })],
    ['no version', codeOf({ ...wire, v: undefined })],
    ['a field too many', codeOf({ ...wire, more: 1 })],
    ['too many addresses', codeOf({ ...wire, d: Array(MAX_ADDRESSES + 1).fill(binary('/ip4/1.2.3.4')) })],
    ['an address that is none', codeOf({ ...wire, d: [new Uint8Array(10).fill(255)] })],
    ['an address too long to be kept', codeOf({ ...wire, d: [binary(`/ip6/${'1234:'.repeat(7)}1234`.repeat(15))] })],
    ['a relay too long to be kept', codeOf({ ...wire, r: [binary(`/ip6/${'1234:'.repeat(7)}1234`.repeat(11))] })],
    ['a peer that is none', codeOf({ ...wire, c: new Uint8Array(38) })],
    ['a peer too short', codeOf({ ...wire, c: new Uint8Array(20) })],
    ['a name that turns the text around', codeOf({ ...wire, n: 'a\u202eb' })],
    ['a name of spaces', codeOf({ ...wire, n: '   ' })],
    ['a token too long', codeOf({ ...wire, t: new Uint8Array(45) })],
  ])('is refused when it is %s, without repeating any of it', (_, text) => {
    expect(refusal(text)).toEqual(refused)
  })

  it('is refused with a host name that would read as another address', () => {
    for (const host of ['a/tcp/1', 'a\u0000', 'a\u202e', 'x/p2p-circuit/p2p']) {
      const bytes = new TextEncoder().encode(host)
      const address = Uint8Array.of(0x36, bytes.byteLength, ...bytes) // dns4
      let read: Invite | undefined
      try {
        read = parseInvite(codeOf({ ...wire, d: [address] }))
      } catch (error) {
        expect(isCafeError(error)).toBe(true)
      }
      // What is given out must at least be one address, which reads back as the same bytes.
      if (read) expect(multiaddr(read.addresses[0]).bytes).toEqual(address)
    }
  })

  it('of the packed version is read whole or refused: cut, longer, or with any byte changed', () => {
    const code = base64urlnopad.decode(formatInvite(invite, origin).split('=')[1] as string)
    const again = (bytes: Uint8Array): unknown => {
      try {
        return parseInvite(base64urlnopad.encode(bytes))
      } catch (error) {
        return isCafeError(error) && { code: error.code, data: error.data }
      }
    }
    for (let size = 0; size < code.byteLength; size++) expect(again(code.slice(0, size))).toEqual(refused)
    expect(again(Uint8Array.of(...code, 0))).toEqual(refused)
    for (const at of code.keys()) {
      const read = again(code.map((byte, i) => (i === at ? byte ^ 0xff : byte)))
      expect(read).not.toEqual(invite)
      if (!(read as { code?: string }).code) parse(v.array(multiaddrText), (read as Invite).addresses)
    }
  })

  it('is read or refused, whatever the text and bytes, and what is read can be kept', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => base64urlnopad.encode(bytes)),
      fc
        .record({ n: fc.string(), d: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 3 }) })
        .map((part) => codeOf({ ...wire, ...part })),
    )
    fc.assert(
      fc.property(text, (given) => {
        try {
          const { cafe, addresses } = parseInvite(given)
          expect(cafe).toBe(peer)
          parse(v.array(multiaddrText), addresses)
        } catch (error) {
          expect(isCafeError(error) && { code: error.code, data: error.data }).toEqual(refused)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the ways in an invite', () => {
  const through = (way: string) => throughRelay(`${way}/p2p/${relayPeer}`, peer)
  const local = through('/ip4/127.0.0.1/tcp/9090/ws')

  it('lead to this device only where there are no others', () => {
    const lan = through('/ip4/192.168.1.2/tcp/9090/ws')
    expect(inviteWays([...local, ...lan])).toEqual(lan)
    expect(inviteWays(local)).toEqual(local)
  })

  it('are four for each relay at most, one of each kind first, each beside its like', () => {
    const certificate = 'certhash/uEiDAkp4nTgJWBbHbm1Ww9ouBGL5cRGKgSVYQLmOGRdKs4w'
    const ends = [`udp/9090/webrtc-direct/${certificate}`, 'tcp/9443/tls/ws', 'tcp/9090/ws']
    const ips = ['192.168.1.2', '10.1.1.1', '10.2.2.2']
    const given = ips.flatMap((ip) => ends.toReversed().flatMap((end) => through(`/ip4/${ip}/${end}`)))
    const kept = inviteWays(given)
    const [rtc, wss, ws] = ends
    const firsts = [wss, ws].map((end) => `/ip4/${ips[0]}/${end}`)
    const expected = [`/ip4/${ips[0]}/${rtc}`, ...firsts, `/ip4/${ips[1]}/${ws}`]
    expect(kept).toEqual(expected.flatMap(through))
    // What follows an address is written once.
    const both = ips.slice(0, 2).flatMap((ip) => through(`/ip4/${ip}/${rtc}`))
    expect(inviteWays(both)).toEqual(both)
    const one = formatInvite({ cafe: peer, name: 'A', addresses: both.slice(0, 2) }, origin).length
    const two = formatInvite({ cafe: peer, name: 'A', addresses: both }, origin).length
    expect(two - one).toBeLessThan(12)
  })

  it('are told from direct ones by what follows the relay', () => {
    const [direct, relayed] = through('/ip4/10.1.1.1/udp/1/webrtc-direct') as [string, string]
    expect([isRelayed(direct), isRelayed(relayed)]).toEqual([false, true])
    expect([transportOf(direct), transportOf(relayed)]).toEqual(['webrtc', 'other'])
  })
})
