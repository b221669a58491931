/** STUN by the vectors of RFC 5769, what gets no answer, and how many get one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_STUN_NETS, MAX_STUN_REQUEST, STUN_RATE } from '../../relay/limits.ts'
import { createStunLimit, stunAnswer } from '../../relay/stun.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
/** The transaction of the RFC's examples. */
const ID = '2112a442 b7e7a701bc34d686fa87dfae'
const REQUEST = hex(`0001 0000 ${ID}`)

describe('a binding request', () => {
  it('is answered with the address it came from, as in RFC 5769 sections 2.2 and 2.3', () => {
    expect(stunAnswer(REQUEST, '192.0.2.1', 32_853)).toEqual(hex(`0101 000c ${ID} 0020 0008 0001 a147 e112a643`))
    const six = hex(`0101 0018 ${ID} 0020 0014 0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9`)
    expect(stunAnswer(REQUEST, '2001:db8:1234:5678:11:2233:4455:6677', 32_853)).toEqual(six)
    expect(stunAnswer(REQUEST, '::ffff:192.0.2.1', 32_853)).toEqual(stunAnswer(REQUEST, '192.0.2.1', 32_853))
  })

  it('may have attributes, and is answered as shortly', () => {
    const software = hex(`0001 0008 ${ID} 8022 0004 61626364`)
    expect(stunAnswer(software, '192.0.2.1', 1)?.byteLength).toBe(32)
  })

  it.each([
    ['a response', `0101 0000 ${ID}`],
    ['an indication', `0011 0000 ${ID}`],
    ['another method', `0003 0000 ${ID}`],
    ['the older STUN', '0001 0000 00000000 b7e7a701bc34d686fa87dfae'],
    ['a length beyond the packet', `0001 0004 ${ID}`],
    ['more than the length', `0001 0000 ${ID} 00000000`],
    ['half a word', `0001 0002 ${ID} 0000`],
    ['a piece', '0001 0000 2112a442'],
  ])('is not %s, which gets no answer', (_, packet) => {
    expect(stunAnswer(hex(packet), '192.0.2.1', 1)).toBeUndefined()
  })

  it('never makes more of little, whatever comes', () => {
    const packets = fc.uint8Array({ maxLength: MAX_STUN_REQUEST + 40 })
    fc.assert(
      fc.property(packets, fc.boolean(), (bytes, whole) => {
        const packet = whole ? Buffer.concat([REQUEST, bytes]) : Buffer.from(bytes)
        if (whole) packet.writeUInt16BE(bytes.byteLength, 2)
        const answer = stunAnswer(packet, '2001:db8::1', 1)
        expect((answer?.byteLength ?? 0) - packet.byteLength).toBeLessThanOrEqual(24)
        if (packet.byteLength > MAX_STUN_REQUEST) expect(answer).toBeUndefined()
      }),
    )
  })
})

describe('the limit of answers', () => {
  it('is so many a second for one address or network', () => {
    let now = 0
    const allowed = createStunLimit(() => now)
    const count = (address: string, times: number) =>
      Array.from({ length: times }, () => allowed(address)).filter(Boolean)
    expect(count('10.0.0.1', STUN_RATE + 10)).toHaveLength(STUN_RATE)
    expect(count('2001:db8::1', STUN_RATE - 1)).toHaveLength(STUN_RATE - 1)
    expect(count('2001:db8::2', 10)).toHaveLength(1)
    expect(count('2001:db8:0:1::2', 10)).toHaveLength(10)
    now = 1000
    expect(count('10.0.0.1', 1)).toHaveLength(1)
  })

  it('remembers only so many addresses, and answers those it knows', () => {
    const allowed = createStunLimit(() => 0)
    for (let i = 0; i < MAX_STUN_NETS; i++) expect(allowed(`10.0.${i >> 8}.${i & 255}`)).toBe(true)
    expect(allowed('10.1.0.0')).toBe(false)
    expect(allowed('10.0.0.0')).toBe(true)
  })
})
