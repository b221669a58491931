/** Which tab lends the next connection, and what the loss of one does. */
import { describe, expect, test } from 'vitest'
import { type CafeError, isCafeError } from '../../src/core/errors.ts'
import { createPool, type RtcPool, type RtcSink } from '../../src/worker/rtc/pool.ts'

function tab(pool: RtcPool, id: string, visible = true) {
  const { port1, port2 } = new MessageChannel()
  const got: { op: string; pc?: number }[] = []
  port2.onmessage = ({ data }) => got.push(data)
  pool.add({ id, port: port1, visible })
  return { port: port2, got }
}

function sink() {
  const seen: unknown[] = []
  const made: RtcSink = { receive: (message) => seen.push(message), lost: (error) => seen.push(error.name) }
  return { ...made, seen }
}

const counts = (pool: RtcPool) => Object.fromEntries(pool.tabs.map(({ id, connections }) => [id, connections]))
const turn = () => new Promise((resolve) => setTimeout(resolve, 20))

function thrown(act: () => unknown): CafeError {
  try {
    act()
  } catch (error) {
    if (isCafeError(error)) return error
  }
  throw new Error('nothing was thrown')
}

describe('pool of lending tabs', () => {
  test('with no tab it is unreachable, and says why', () => {
    expect(thrown(() => createPool().lend(sink()))).toMatchObject({ code: 'UNREACHABLE', data: { why: 'no-tab' } })
  })

  test('visible tabs come first, then the least used, then the oldest', () => {
    const pool = createPool()
    for (const [id, visible] of [
      ['hidden', false],
      ['old', true],
      ['new', true],
    ] as const)
      tab(pool, id, visible)
    pool.lend(sink())
    expect(counts(pool)).toEqual({ hidden: 0, old: 1, new: 0 })
    pool.lend(sink())
    expect(counts(pool)).toEqual({ hidden: 0, old: 1, new: 1 })
    pool.setVisible('hidden', true)
    pool.lend(sink())
    expect(counts(pool)).toEqual({ hidden: 1, old: 1, new: 1 })
  })

  test('a full tab is passed over, and a closed line gives its seat back', () => {
    const pool = createPool({ perTab: 1 })
    tab(pool, 'a')
    tab(pool, 'b', false)
    const line = pool.lend(sink())
    pool.lend(sink())
    expect(counts(pool)).toEqual({ a: 1, b: 1 })
    expect(thrown(() => pool.lend(sink())).data).toEqual({ why: 'full' })
    line.close()
    line.close()
    pool.lend(sink())
    expect(counts(pool)).toEqual({ a: 1, b: 1 })
  })

  test('the loss of a tab ends its lines, tells it to end, and leaves other tabs alone', async () => {
    const pool = createPool()
    const a = tab(pool, 'a')
    const b = tab(pool, 'b')
    const [first, second] = [sink(), sink()]
    const line = pool.lend(first)
    pool.lend(second)
    pool.remove('a', 'hung')
    pool.remove('a', 'lock')
    line.post({ op: 'new', config: {} })
    line.close()
    await turn()
    expect(first.seen).toEqual(['OperationError'])
    expect(second.seen).toEqual([])
    expect(a.got).toEqual([{ op: 'end' }])
    expect(b.got).toEqual([])
    expect(pool.size).toBe(1)
  })

  test('a tab may say that it is hidden and that it goes', async () => {
    const pool = createPool()
    let changes = 0
    pool.onchange = () => changes++
    const { port } = tab(pool, 'a')
    port.postMessage({ ev: 'visible', visible: false })
    await expect.poll(() => pool.tabs[0]?.visible).toBe(false)
    port.postMessage({ ev: 'bye' })
    await expect.poll(() => pool.size).toBe(0)
    expect(changes).toBe(3)
  })

  test('only well-formed messages for lines of that tab are delivered', async () => {
    const pool = createPool()
    const a = tab(pool, 'a')
    const b = tab(pool, 'b')
    const [first, second] = [sink(), sink()]
    pool.lend(first).post({ op: 'new', config: {} })
    pool.lend(second).post({ op: 'new', config: {} })
    await expect.poll(() => b.got.length).toBe(1)
    const own = { ev: 'dead', pc: b.got[0]?.pc, error: { name: 'SyntaxError', message: '' } }
    const foreign = { ...own, pc: a.got[0]?.pc }
    for (const message of ['junk', { ev: 'no' }, foreign, { ...own, error: 1 }, own]) b.port.postMessage(message)
    await expect.poll(() => second.seen.length).toBe(1)
    expect(second.seen).toEqual([own])
    expect(first.seen).toEqual([])
  })

  test('a tab that comes again under its id starts afresh', () => {
    const pool = createPool()
    tab(pool, 'a')
    const line = sink()
    pool.lend(line)
    tab(pool, 'a')
    expect(line.seen).toEqual(['OperationError'])
    expect(counts(pool)).toEqual({ a: 0 })
  })
})
