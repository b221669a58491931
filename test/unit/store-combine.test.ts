/** Commits that wait for one to be written go together into the next, and none waits for others to come. */
import { beforeEach, describe, expect, it } from 'vitest'
import { combined } from '../../src/store/combine.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Change, Rows } from '../../src/store/rows.ts'

const put = (key: string, size = 1): Change => ({ key, value: new Uint8Array(size) })

let transactions: number[]
let held: PromiseWithResolvers<void> | undefined
let fails: (changes: readonly Change[]) => boolean
let rows: Rows
let closed: boolean

beforeEach(() => {
  const inner = memoryRows()
  transactions = []
  held = undefined
  fails = () => false
  closed = false
  rows = combined({
    ...inner,
    async commit(changes) {
      if (closed) throw new Error('closed')
      transactions.push(changes.length)
      await held?.promise
      if (fails(changes)) throw new Error('bad')
      await inner.commit(changes)
    },
    close: () => {
      closed = true
    },
  })
})

describe('combined commits', () => {
  it('are one transaction where they come in one turn, and a lone one is written at once', async () => {
    await rows.commit([put('/a'), put('/b')])
    expect(transactions).toEqual([2])
    await Promise.all([1, 2, 3].map((n) => rows.commit([put(`/${n}`)])))
    expect(transactions).toEqual([2, 3])
  })

  it('wait for the one that is being written, and go together then, 256 at most', async () => {
    held = Promise.withResolvers()
    const first = rows.commit([put('/first')])
    await expect.poll(() => transactions.length).toBe(1)
    const others = Array.from({ length: 600 }, (_, n) => rows.commit([put(`/n/${n}`)]))
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(transactions).toEqual([1])
    held.resolve()
    await Promise.all([first, ...others])
    expect(transactions).toEqual([1, 256, 256, 88])
  })

  it('have an end in bytes too', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, n) => rows.commit([put(`/n/${n}`, 1024 * 1024)])))
    expect(transactions).toEqual([4, 4, 2])
  })

  it('that fail together are tried one by one, in their order, and only the bad one fails', async () => {
    fails = (changes) => changes.some(({ key }) => key === '/bad')
    const keys = ['/a', '/bad', '/b', '/c']
    const ends = await Promise.allSettled(keys.map((key) => rows.commit([put(key)])))
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(transactions).toEqual([4, 1, 1, 1, 1])
    expect((await rows.range('')).map(([key]) => key)).toEqual(['/a', '/b', '/c'])
  })

  it('write a row once that many of them change', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, n) => rows.commit([put(`/n/${n}`), put('/counter', n + 1)])))
    expect(transactions).toEqual([11])
    expect((await rows.get('/counter'))?.byteLength).toBe(10)
  })

  it('are written before the store is closed', async () => {
    const all = Array.from({ length: 100 }, (_, n) => rows.commit([put(`/n/${n}`)]))
    rows.close()
    await Promise.all(all)
    await expect.poll(() => closed).toBe(true)
    expect((await rows.range('/n/')).length).toBe(100)
  })
})
