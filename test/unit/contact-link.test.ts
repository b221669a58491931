/** Contact links: come back as they were, fit a QR code, and refuse whatever else is given for one. */
import fc from 'fast-check'
import { base64url } from 'multiformats/bases/base64'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/core/codec.ts'
import { formatContactLink, MAX_LINK_CAFES, parseContactLink } from '../../src/net/contact-link.ts'
import { failure } from './crypto-help.ts'
import { accountOf, deviceOf } from './seal-help.ts'

const BAD = { code: 'BAD_REQUEST', data: { what: 'contact link' } }
const { address } = await accountOf(1)
const relay = `/dns4/relay.example/tcp/443/wss/p2p/${deviceOf(9).peer}`
const cafe = (n: number) => ({
  cafe: deviceOf(n).peer,
  addresses: [`/ip4/10.0.0.${n}/tcp/4001/ws`, `${relay}/p2p-circuit/p2p/${deviceOf(n).peer}`],
})
const full = { address, name: 'Ada Lovelace', cafes: [cafe(2), cafe(3)], door: new Uint8Array(16).fill(7) }
const codeOf = (link: string): string => link.slice(link.indexOf('=') + 1)

describe('a contact link', () => {
  it('comes back as it was, as link and as bare code', () => {
    const link = formatContactLink(full, 'https://cafe.example')
    expect(link.startsWith('https://cafe.example/#contact=')).toBe(true)
    for (const text of [link, codeOf(link), ` ${codeOf(link)}\n`]) {
      const { cafes, ...rest } = parseContactLink(text)
      expect(rest).toEqual({ address, name: full.name, door: full.door })
      expect(cafes.map(({ cafe }) => cafe)).toEqual(full.cafes.map(({ cafe }) => cafe))
      expect(cafes[0]?.addresses).toEqual(expect.arrayContaining(['/ip4/10.0.0.2/tcp/4001/ws']))
      expect(cafes[0]?.addresses.some((one) => one.includes('/p2p-circuit'))).toBe(true)
    }
  })

  it('may say nothing but the address, and names only as many cafes as a code has room for', () => {
    expect(parseContactLink(formatContactLink({ address, cafes: [] }, 'https://x'))).toEqual({ address, cafes: [] })
    const many = formatContactLink({ ...full, cafes: [2, 3, 4, 5, 6].map(cafe) }, 'https://cafe.example')
    expect(parseContactLink(many).cafes).toHaveLength(MAX_LINK_CAFES)
    expect(many.length).toBeLessThan(1000)
  })

  it('is refused with one of its bytes changed where that makes it malformed, and never throws anything else', async () => {
    const code = codeOf(formatContactLink(full, 'https://x'))
    await fc.assert(
      fc.asyncProperty(fc.nat(code.length - 1), fc.constantFrom('A', '_', '=', ' ', 'é', ''), async (at, letter) => {
        const text = code.slice(0, at) + letter + code.slice(at + 1)
        try {
          expect(parseContactLink(text).address).toHaveLength(48)
        } catch (error) {
          expect(error).toMatchObject(BAD)
        }
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['nothing', ''],
    ['words', 'hello there'],
    ['an address', address],
    ['too much', 'A'.repeat(5000)],
    ['another record', base64url.baseEncode(encode({ v: 1, n: 'Ada' }))],
    ['a newer version', base64url.baseEncode(encode({ v: 2, a: new Uint8Array(32), f: [] }))],
    ['something more', base64url.baseEncode(encode({ v: 1, a: new Uint8Array(32), f: [], x: 1 }))],
    // The identity: everybody could sign for it.
    ['a key that is none', base64url.baseEncode(encode({ v: 1, a: Uint8Array.of(1, ...new Uint8Array(31)), f: [] }))],
    ['a short door', base64url.baseEncode(encode({ v: 1, a: new Uint8Array(32), f: [], k: new Uint8Array(15) }))],
    [
      'a name that turns around',
      base64url.baseEncode(encode({ v: 1, a: new Uint8Array(32).fill(3), n: 'ada\u202eneb', f: [] })),
    ],
  ])('is not %s', async (_, text) => {
    expect(await failure(async () => parseContactLink(text))).toEqual(BAD)
  })
})
