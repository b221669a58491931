/** A still view of rows: as they were when it was opened, whatever is written meanwhile and in whatever order. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryRows } from '../../src/store/memory.ts'
import type { Change, Rows } from '../../src/store/rows.ts'
import { type Still, stillRows } from '../../src/store/still.ts'
import { ROWS_CASES } from '../contract/rows.ts'

/** Rows whose reads and commits take a turn or more, as those of a real store. */
function slowRows(): Rows {
  const rows = memoryRows()
  const later = async <T>(run: () => Promise<T>): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve))
    return run()
  }
  let turn: Promise<unknown> = Promise.resolve()
  return {
    ...rows,
    get: (key) => later(() => rows.get(key)),
    range: (prefix, options) => later(() => rows.range(prefix, options)),
    commit(changes) {
      const done = turn.then(() => later(() => rows.commit(changes)))
      turn = done.catch(() => {})
      return done
    },
  }
}

async function readAll(view: Still, limit: number): Promise<Array<[string, number]>> {
  const found: Array<[string, number]> = []
  for (let after: string | undefined; ; after = found.at(-1)?.[0]) {
    const page = await view.range('/', { after, limit })
    if (page.length === 0) return found
    for (const [key, value] of page) found.push([key, value[0] as number])
  }
}

const change = fc.record({ key: fc.constantFrom('/a', '/b', '/c', '/d', '/e', '/f'), n: fc.nat(200) })
const toChange = ({ key, n }: { key: string; n: number }): Change =>
  n % 3 === 0 ? { key } : { key, value: Uint8Array.of(n) }
const commits = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 8 })

describe('rows of which a still view can be taken', () => {
  for (const { name, run } of ROWS_CASES) it(name, () => run(stillRows(memoryRows())))
  for (const { name, run } of ROWS_CASES)
    it(`${name}, while one is open`, async () => {
      const rows = stillRows(memoryRows())
      const view = await rows.still()
      await run(rows)
      expect(await view.range('')).toEqual([])
      view.close()
    })
})

describe('a still view', () => {
  it('is of the moment in which it was opened', async () => {
    await fc.assert(
      fc.asyncProperty(commits, commits, fc.integer({ min: 1, max: 7 }), async (first, then, limit) => {
        const rows = stillRows(slowRows())
        for (const one of first) await rows.commit(one.map(toChange))
        const expected = (await rows.range('/')).map(([key, value]) => [key, value[0]])
        const view = await rows.still()
        const writing = then.map((one) => rows.commit(one.map(toChange)))
        expect(await readAll(view, limit)).toEqual(expected)
        await Promise.all(writing)
        expect(await readAll(view, limit)).toEqual(expected)
        for (const key of ['/a', '/b', '/c'])
          expect((await view.get(key))?.[0]).toBe(expected.find(([known]) => known === key)?.[1])
        view.close()
      }),
      { numRuns: 60 },
    )
  })

  it('sees all of a commit or nothing of it, wherever it comes between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 5 }), async (turns) => {
        const rows = stillRows(slowRows())
        await rows.commit([{ key: '/a', value: Uint8Array.of(1) }])
        const both = rows.commit([
          { key: '/a', value: Uint8Array.of(2) },
          { key: '/b', value: Uint8Array.of(2) },
        ])
        for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
        const view = await rows.still()
        const third = rows.commit([{ key: '/a', value: Uint8Array.of(3) }, { key: '/b' }])
        expect(await readAll(view, 1)).toEqual([
          ['/a', 2],
          ['/b', 2],
        ])
        await Promise.all([both, third])
        view.close()
      }),
    )
  })

  it('keeps commits in their order', async () => {
    const rows = stillRows(slowRows())
    const view = await rows.still()
    const writes = [1, 2, 3].map((n) => rows.commit([{ key: n === 1 ? '/new' : '/a', value: Uint8Array.of(n) }]))
    view.close()
    writes.push(rows.commit([{ key: '/a', value: Uint8Array.of(4) }]))
    await Promise.all(writes)
    expect((await rows.get('/a'))?.[0]).toBe(4)
  })

  it('ends when too much would have to be remembered, and the writers go on', async () => {
    const rows = stillRows(memoryRows())
    const large = new Uint8Array(32 * 1024 * 1024)
    await rows.commit(Array.from({ length: 9 }, (_, i) => ({ key: `/${i}`, value: large })))
    const view = await rows.still()
    for (let i = 0; i < 9; i++) await rows.commit([{ key: `/${i}` }])
    await expect(view.get('/0')).rejects.toMatchObject({ code: 'BUSY', data: { why: 'writes' } })
    view.close()
    expect(await rows.range('')).toEqual([])
  })
})
