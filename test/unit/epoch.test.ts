/** A store that has lost what it had promised is noticed, whatever it was, and nothing else is taken for it. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { type CountedRows, countedRows, type Mark, type Marks } from '../../src/store/epoch.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'

const peer = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5' as PeerIdText
const other = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq' as PeerIdText

beforeEach(() => void vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function memoryMarks(): Marks & { mark: Mark | undefined } {
  const marks = {
    mark: undefined as Mark | undefined,
    read: async () => marks.mark,
    async write(mark: Mark) {
      marks.mark = mark
    },
  }
  return marks
}

const copyOf = async (rows: Rows): Promise<Rows> => {
  const copy = memoryRows()
  await copy.commit((await rows.range('')).map(([key, value]) => ({ key, value })))
  return copy
}

const begin = async (rows: Rows, marks: Marks, by = peer): Promise<{ rows: CountedRows; epoch: number }> => {
  const counted = await countedRows(rows)
  return { rows: counted, epoch: await counted.epoch({ marks, peer: by, log: silentLog }) }
}

const write = async (rows: Rows, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) await rows.commit([{ key: `/row/${i}`, value: Uint8Array.of(i) }])
}
const marked = (): Promise<unknown> => vi.advanceTimersByTimeAsync(10_000)

describe('the storage epoch', () => {
  it('stays where nothing is lost, over any starts, writes and marks that came too late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ writes: fc.nat(5), isMarked: fc.boolean() })), async (runs) => {
        const [rows, marks] = [memoryRows(), memoryMarks()]
        for (const { writes, isMarked } of runs) {
          const run = await begin(rows, marks)
          expect(run.epoch).toBe(1)
          await write(run.rows, writes)
          if (isMarked) await marked()
        }
      }),
      { numRuns: 100 },
    )
  })

  it('grows once for each loss that a mark knows of', async () => {
    const marks = memoryMarks()
    const first = await begin(memoryRows(), marks)
    await write(first.rows, 3)
    const old = await copyOf(first.rows)
    await write(first.rows, 1)
    await marked()
    const second = await begin(old, marks)
    expect(second.epoch).toBe(2)
    await marked()
    expect((await begin(second.rows, marks)).epoch).toBe(2)
    expect((await begin(memoryRows(), marks)).epoch).toBe(3)
  })

  it('does not fall when a whole older state comes back', async () => {
    const marks = memoryMarks()
    const first = await begin(memoryRows(), marks)
    await write(first.rows, 1)
    const old = await copyOf(first.rows)
    await marked()
    expect((await begin(memoryRows(), marks)).epoch).toBe(2)
    await marked()
    const back = await begin(old, marks)
    expect(back.epoch).toBe(3)
  })

  it('is not touched by marks of another cafe, unreadable ones, or a place that keeps none', async () => {
    const marks = memoryMarks()
    const first = await begin(memoryRows(), marks)
    await write(first.rows, 5)
    await marked()
    expect((await begin(memoryRows(), marks, other)).epoch).toBe(1)
    const broken: Marks = { read: () => Promise.reject(new Error('no')), write: () => Promise.reject(new Error('no')) }
    const { rows, epoch } = await begin(memoryRows(), broken)
    expect(epoch).toBe(1)
    await write(rows, 1)
    await marked()
    expect(await rows.get('/row/0')).toEqual(Uint8Array.of(0))
  })

  it('counts a commit only when it is on the medium', async () => {
    const rows = memoryRows()
    const marks = memoryMarks()
    let isFull = false
    const full: Rows = {
      ...rows,
      commit: (changes) => (isFull ? Promise.reject(new Error('full')) : rows.commit(changes)),
    }
    const run = await begin(full, marks)
    await write(run.rows, 1)
    isFull = true
    await expect(write(run.rows, 1)).rejects.toThrow('full')
    await marked()
    expect((await begin(rows, marks)).epoch).toBe(1)
  })

  it('waits for a mark that is being written, however long, before it writes the next', async () => {
    let writing = 0
    const endless = (): Promise<void> => {
      writing++
      return new Promise(() => {})
    }
    const marks: Marks = { read: async () => undefined, write: endless }
    const run = await begin(memoryRows(), marks)
    for (let i = 0; i < 3; i++) {
      await write(run.rows, 2)
      await marked()
    }
    expect(writing).toBe(1)
  })
})
