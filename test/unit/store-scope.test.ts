/** Rows in a scope: whatever is promised of rows holds there, and nothing passes its border. */
import { describe, expect, it } from 'vitest'
import { count, v } from '../../src/core/schema.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { clear, scopedRows } from '../../src/store/scope.ts'
import { table } from '../../src/store/table.ts'
import { ROWS_CASES } from '../contract/rows.ts'

const value = Uint8Array.of(1)

/** A store with rows outside, in two other scopes, and at the very borders of the scope `mine`. */
async function crowded() {
  const rows = memoryRows()
  const border = ['/scope/min', '/scope/mine', '/scope/mine0/a', '/scope/mine!/a', '/cafe/pin/a', '/a', '/zzz']
  await rows.commit(border.map((key) => ({ key, value })))
  await scopedRows(rows, 'other').commit([{ key: '/a', value: Uint8Array.of(2) }])
  return rows
}
const keysOf = async (rows: ReturnType<typeof memoryRows>) => (await rows.range('')).map(([key]) => key)

describe('rows in a scope', () => {
  for (const { name, run } of ROWS_CASES)
    it(name, async () => {
      const rows = await crowded()
      const before = await keysOf(rows)
      await run(scopedRows(rows, 'mine'))
      const added = (await keysOf(rows)).filter((key) => !before.includes(key))
      expect(added.every((key) => key.startsWith('/scope/mine/'))).toBe(true)
      expect(await keysOf(rows)).toEqual(expect.arrayContaining(before))
    })

  for (const { name, run } of ROWS_CASES)
    it(`in another scope: ${name}`, async () => run(scopedRows(scopedRows(await crowded(), 'mine'), 'trial')))

  it('are not seen outside, and those outside are not seen there', async () => {
    const rows = memoryRows()
    const mine = scopedRows(rows, 'mine')
    const tables = [rows, mine, scopedRows(mine, 'mine')].map((rows) => ({
      rows,
      pins: table(rows, 'pin', v.strictObject({ n: count() })),
    }))
    for (const [n, { rows, pins }] of tables.entries()) await rows.commit([pins.put(['a'], { n })])
    for (const [n, { pins }] of tables.entries()) {
      expect(await pins.get('a')).toEqual({ n })
      expect(await pins.list([])).toEqual([{ key: ['a'], row: { n } }])
    }
  })

  it('have a name that cannot be another’s path', () => {
    const rows = memoryRows()
    for (const name of ['', 'a/b', '/', 'a b', 'ä', 'x'.repeat(65)])
      expect(() => scopedRows(rows, name)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
    expect(() => scopedRows(rows, 'P5pPc1QDbfF1LD14e8CA4JA5twHa7j2V33pGFsFaWa9H9jQJ')).not.toThrow()
  })
})

describe('clearing a scope', () => {
  it('removes all its rows, also those of scopes in it, and no other', async () => {
    const rows = await crowded()
    const before = await keysOf(rows)
    const mine = scopedRows(rows, 'mine')
    await mine.commit(Array.from({ length: 1000 }, (_, i) => ({ key: `/n/${i}`, value })))
    await scopedRows(mine, 'trial').commit([{ key: '/a', value }])
    await clear(rows, 'mine')
    expect(await keysOf(rows)).toEqual(before)
    await clear(rows, 'mine')
  })

  it('that was interrupted is completed by the next', async () => {
    const rows = memoryRows()
    const mine = scopedRows(rows, 'mine')
    await mine.commit(Array.from({ length: 1000 }, (_, i) => ({ key: `/n/${i}`, value })))
    const stop = new AbortController()
    const stopping = {
      ...rows,
      commit: async (changes: Parameters<typeof rows.commit>[0]) => {
        await rows.commit(changes)
        stop.abort()
      },
    }
    await expect(clear(stopping, 'mine', { signal: stop.signal })).rejects.toThrow()
    const left = (await mine.range('')).length
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(1000)
    await clear(rows, 'mine')
    expect(await keysOf(rows)).toEqual([])
  })
})
