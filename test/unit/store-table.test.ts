/** Typed tables over rows: keys that cannot run into each other, rows checked when read. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, text, v } from '../../src/core/schema.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { table } from '../../src/store/table.ts'

const schema = v.strictObject({ n: count(), label: v.optional(text(10)) })
const part = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((one) => !one.includes('/'))

describe('a table', () => {
  it('gives the rows that were put under their key', async () => {
    const rows = memoryRows()
    const pins = table(rows, 'pin', schema)
    await rows.commit([pins.put(['a', 'x'], { n: 1, label: 'one' }), pins.put(['a', 'y'], { n: 2, label: undefined })])
    expect(await pins.get('a', 'x')).toEqual({ n: 1, label: 'one' })
    expect(await pins.get('a', 'y')).toEqual({ n: 2 })
    expect(await pins.get('a')).toBeUndefined()
    expect(await pins.get('b', 'x')).toBeUndefined()
    await rows.commit([pins.remove('a', 'x')])
    expect(await pins.get('a', 'x')).toBeUndefined()
  })

  it('lists under an owner, page by page, and never another’s', async () => {
    const rows = memoryRows()
    const pins = table(rows, 'pin', schema)
    const owners = ['a', 'aa', 'a!', 'b']
    await rows.commit(owners.flatMap((owner) => [1, 2, 3].map((n) => pins.put([owner, `k${n}`], { n }))))
    expect((await pins.list(['a'])).map(({ key }) => key)).toEqual(['k1', 'k2', 'k3'].map((k) => ['a', k]))
    expect((await pins.list(['a'], { after: 'k1' })).map(({ row }) => row.n)).toEqual([2, 3])
    expect((await pins.list(['a'], { after: 'k3' })).length).toBe(0)
    expect((await pins.list(['a'], { limit: 1 })).length).toBe(1)
    expect((await pins.list([])).length).toBe(12)
    expect(await pins.list(['none'])).toEqual([])
  })

  it('keeps apart tables whose names begin alike', async () => {
    const rows = memoryRows()
    const [pin, pins] = [table(rows, 'pin', schema), table(rows, 'pins', schema)]
    await rows.commit([pins.put(['a'], { n: 1 })])
    expect(await pin.list([])).toEqual([])
    expect((await pins.list([])).length).toBe(1)
  })

  it('refuses key parts that would reach another’s rows', () => {
    const pins = table(memoryRows(), 'pin', schema)
    for (const parts of [[], [''], ['a', ''], ['a/b'], ['/'], ['..', '/x']]) {
      expect(() => pins.put(parts, { n: 1 })).toThrow(TypeError)
      expect(() => pins.remove(...parts)).toThrow(TypeError)
    }
  })

  it('has another key for any other parts', () => {
    const pins = table(memoryRows(), 'pin', schema)
    const parts = fc.array(part, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(pins.remove(...a).key === pins.remove(...b).key).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })

  it('gives back the parts of a key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), async (parts) => {
        const rows = memoryRows()
        const pins = table(rows, 'pin', schema)
        await rows.commit([pins.put(parts, { n: 1 })])
        expect((await pins.list([])).map(({ key }) => key)).toEqual([parts])
      }),
    )
  })

  it('says CORRUPT for a row that is not, or no longer, what it should be', async () => {
    const rows = memoryRows()
    const pins = table(rows, 'pin', schema)
    const other = table(rows, 'pin', v.strictObject({ m: count() }))
    const corrupt = { code: 'CORRUPT', data: { what: 'row of pin' } }
    await rows.commit([other.put(['a'], { m: 1 })])
    await expect(pins.get('a')).rejects.toMatchObject(corrupt)
    await expect(pins.list([])).rejects.toMatchObject(corrupt)
    await rows.commit([{ key: '/cafe/pin/b', value: Uint8Array.of(0xff) }])
    await expect(pins.get('b')).rejects.toMatchObject(corrupt)
  })
})
