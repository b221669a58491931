/** Names as cafes keep them: readable with the account's words only, on one pin only, and all of two lengths. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemRandom } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { createLabels, type Label } from '../../src/peer/pin-label.ts'
import { leaf } from '../net/blocks-fixture.ts'
import { failure } from '../net/fixture.ts'

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
