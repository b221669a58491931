/** Names as cafes keep them: readable with the account's words only, on one pin only, and all of two lengths. */
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { decode } from '../../src/core/codec.ts'
import { Secret } from '../../src/core/secret.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { openStream } from '../../src/crypto/stream-cipher.ts'
import { createLabels, type Label } from '../../src/peer/pin-label.ts'
import { leaf } from '../net/blocks-fixture.ts'
import { failure } from '../net/fixture.ts'
import { memory } from './crypto-help.ts'

const label: Label & { key: Uint8Array<ArrayBuffer> } = {
  name: 'Grüße.pdf',
  key: systemRandom(32),
  size: 123_456_789,
  since: 1_800_000_000_000,
}
const seed = systemRandom(32)
let account: Account
let same: Account
let other: Account
beforeAll(async () => {
  account = await openAccount(new Secret(seed.slice()))
  same = await openAccount(new Secret(seed.slice()))
  other = await openAccount(new Secret(systemRandom(32)))
})

describe('a label', () => {
  it('is read by the same account on another device, and by nobody else', async () => {
    const { cid } = await leaf(10)
    const sealed = await createLabels(() => account).seal(cid, label)
    expect(await createLabels(() => same).open(cid, sealed)).toEqual(label)
    expect(await failure(createLabels(() => other).open(cid, sealed))).toMatchObject({ code: 'SEALED' })
  })

  it('says of which kind it is, and of what has no key, that it has none', async () => {
    const { cid } = await leaf(10)
    const labels = createLabels(() => account)
    const { key: _, ...keyless } = label
    const all: Label[] = [
      { ...keyless, kind: 'pack' },
      { ...label, kind: 'folder' },
      { ...keyless, kind: 'file' },
    ]
    for (const said of all) {
      const sealed = await labels.seal(cid, said)
      expect(sealed.byteLength).toBe(256)
      expect(await labels.open(cid, sealed)).toEqual(said)
    }
    expect(await labels.open(cid, await labels.seal(cid, { ...label, kind: 'file' }))).toEqual(label)
  })

  it('belongs to its pin', async () => {
    const [one, two] = [await leaf(10), await leaf(10)]
    const labels = createLabels(() => account)
    const sealed = await labels.seal(one.cid, label)
    expect(await failure(labels.open(two.cid, sealed))).toMatchObject({ code: 'SEALED' })
  })

  it('has one of two lengths whatever the name, and never shows it', async () => {
    const { cid } = await leaf(10)
    const labels = createLabels(() => account)
    const names = fc.string({ unit: 'grapheme', maxLength: 120 }).map((name) => [...name].slice(0, 120).join(''))
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const sealed = await labels.seal(cid, { ...label, name })
        expect([256, 1024]).toContain(sealed.byteLength)
        if (name.length > 3) expect(Buffer.from(sealed).includes(name)).toBe(false)
        expect(Buffer.from(sealed).includes(Buffer.from(label.key))).toBe(false)
        expect((await labels.open(cid, sealed)).name).toBe(name)
      }),
      { numRuns: 50 },
    )
    expect((await labels.seal(cid, { ...label, name: '𝒳'.repeat(120) })).byteLength).toBe(1024)
  })

  it('is sealed anew each time', async () => {
    const { cid } = await leaf(10)
    const labels = createLabels(() => account)
    expect(await labels.seal(cid, label)).not.toEqual(await labels.seal(cid, label))
  })

  it('is refused after any change', async () => {
    const { cid } = await leaf(10)
    const labels = createLabels(() => account)
    const sealed = await labels.seal(cid, label)
    for (let at = 0; at < sealed.byteLength; at += 3) {
      const changed = sealed.slice()
      changed[at] = (changed[at] as number) ^ 1
      expect(await failure(labels.open(cid, changed))).toMatchObject({ code: 'SEALED' })
    }
    for (const size of [0, 1, 55, 255]) {
      expect(await failure(labels.open(cid, sealed.slice(0, size)))).toMatchObject({ code: 'SEALED' })
    }
  })
})

/** Labels as they lie at cafes, sealed by the first version there was: account of 32 sevens, the root below. */
const STORED: ReadonlyArray<readonly [sealed: string, since: number]> = [
  [
    'KLpKUoy2drb6sUopN6GQuHWiF2OHtgaF7v+IFb7A56fjPQ7JlMj7j5lVQPeIcD+SqcwKM/uqDQFTeggl2JFUxTHMMcNuHI6yMVc8SZeijD3u' +
      'VFbl5JUQr35vfIHQSbuhJbvIoTYMltip/CUonlg+E1wBHDEH9KT73bk/miaITV32rZEdy0eA2ULdqeMXRUwmbanX/pXPeK/cJUPWk3UVVXXc' +
      'vSn1SJO6yglstWtgy59jXcROMB76h8/oVe7XrpJfgi5wQW3PAEsU/r8H2qWtJ0K65DzUN9kghI8E+hzkLys6MJYTUAw/EEfIR+PcQsbHrSIS' +
      'wQb5/4EmeUZxE0k3gQ==',
    1_800_000_000_000,
  ],
  // Its record ends with the octet 0x80.
  [
    'KOZC4j3qqzg579kpPH6dlvcjoLIwHZKgagG0KYUOVCU+bwOJgutFF0nAX9x7EbAA1eg4CaewFNu8U7wY9S7amPu9HoLtnheY12+9Ok2AyXXz' +
      '2HmOhguzWVquoqYY3arzvRG3y3PfP+AjB/695K313Iuj2/TwfBTbtMOFWqnM9aussVwSJumuUWW7v2UmtsmgAg/xQPFj9xRblQQIswJSshsi' +
      'w7clSWcnbQ2brip2fbK1y29wezGnXSso8aFgUUp4zYdgCwCX+b501olEK5fLEyyOauyfN+7ZASBPrBnjyZfWbZ1taVfhJGiDcpBKgiQWBSo6' +
      'iQ+Rrv61blwX6+vG0g==',
    1_800_000_000_128,
  ],
]

describe('a label that was stored before', () => {
  const root = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')

  it('is read as ever, and is written in the same form', async () => {
    const owner = await openAccount(new Secret(new Uint8Array(32).fill(7)))
    const labels = createLabels(() => owner)
    const key = Uint8Array.from({ length: 32 }, (_, i) => i)
    for (const [sealed, since] of STORED) {
      const said = { name: 'Grüße.pdf', key, size: 123_456_789, since }
      expect(await labels.open(root, new Uint8Array(Buffer.from(sealed, 'base64')))).toEqual(said)
      // What devices with that version read: the record behind its length.
      const aad = Buffer.concat([Buffer.from('textile-cafe/pin/1\0'), owner.publicKey, root.multihash.bytes])
      const stream = await openStream(await owner.derive('pin'), memory(await labels.seal(root, said)), { aad })
      const plain = Buffer.from(await new Response(stream.stream(0, stream.size)).arrayBuffer())
      const size = plain.readUInt16BE(0)
      expect(decode(plain.subarray(2, 2 + size), size)).toEqual({ v: 1, ...said })
      expect(plain.subarray(2 + size).every((octet) => octet === 0)).toBe(true)
    }
  })
})
