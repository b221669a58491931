/** The heartbeat between the pool and the tabs that lend: who still answers, and what becomes of who does not. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MAX_UNANSWERED } from '../../src/worker/rtc/limits.ts'
import { createPool, type RtcPool } from '../../src/worker/rtc/pool.ts'

/** A port without an event loop, so that time may be the test's own. */
class FakePort extends EventTarget {
  readonly got: string[] = []
  answers = true

  postMessage(message: { op: string }): void {
    this.got.push(message.op)
    if (message.op === 'ask' && this.answers) this.say({ ev: 'here' })
  }

  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }

  start(): void {}
  close(): void {}
}

const BEAT = 1000

function tab(pool: RtcPool, id: string, visible = true): FakePort {
  const port = new FakePort()
  pool.add({ id, port: port as unknown as MessagePort, visible })
  return port
}

function line(pool: RtcPool) {
  const lost: string[] = []
  pool.lend({ receive: () => {}, lost: ({ message }) => lost.push(message) })
  return lost
}

const ids = (pool: RtcPool) => pool.tabs.map(({ id }) => id)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('heartbeat of a lending tab', () => {
  test('a tab that answers stays, hidden or not, however long', () => {
    const pool = createPool({ beat: BEAT })
    tab(pool, 'seen')
    tab(pool, 'hidden', false)
    vi.advanceTimersByTime(100 * BEAT)
    expect(ids(pool)).toEqual(['seen', 'hidden'])
  })

  test('a tab that gives no answer is given up as hung, with its connections and nobody else’s', () => {
    const pool = createPool({ beat: BEAT })
    const hung = tab(pool, 'hung')
    tab(pool, 'well')
    const [first, second] = [line(pool), line(pool)]
    hung.answers = false
    vi.advanceTimersByTime(MAX_UNANSWERED * BEAT)
    expect(ids(pool)).toEqual(['hung', 'well'])
    vi.advanceTimersByTime(BEAT)
    expect(ids(pool)).toEqual(['well'])
    expect(first).toEqual([expect.stringContaining('hung')])
    expect(second).toEqual([])
    expect(hung.got.at(-1)).toBe('end')
  })

  test('any word counts as an answer', () => {
    const pool = createPool({ beat: BEAT })
    const quiet = tab(pool, 'quiet')
    quiet.answers = false
    for (let beat = 0; beat < 20; beat++) {
      vi.advanceTimersByTime(BEAT)
      if (beat % 2) quiet.say({ ev: 'visible', visible: true })
    }
    expect(ids(pool)).toEqual(['quiet'])
  })

  test('while an answer is owed, new connections go to other tabs, even hidden ones', () => {
    const pool = createPool({ beat: BEAT })
    const late = tab(pool, 'late')
    tab(pool, 'hidden', false)
    late.answers = false
    vi.advanceTimersByTime(2 * BEAT)
    line(pool)
    expect(pool.tabs.map(({ id, connections }) => [id, connections])).toEqual([
      ['late', 0],
      ['hidden', 1],
    ])
    late.say({ ev: 'here' })
    line(pool)
    expect(pool.tabs[0]?.connections).toBe(1)
  })

  test('nobody is asked when no tab lends', () => {
    const pool = createPool({ beat: BEAT })
    tab(pool, 'a')
    expect(vi.getTimerCount()).toBe(1)
    pool.remove('a', 'bye')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('news of the network and a tab that is looked at again are passed on', () => {
    const pool = createPool({ beat: BEAT })
    const news: string[] = []
    pool.onnews = (what) => news.push(what)
    const port = tab(pool, 'a')
    for (const message of [
      { ev: 'news', what: 'online' },
      { ev: 'news', what: 'weather' },
      { ev: 'visible', visible: true },
      { ev: 'visible', visible: false },
      { ev: 'visible', visible: true },
      { ev: 'news', what: 'network' },
    ])
      port.say(message)
    expect(news).toEqual(['online', 'visible', 'network'])
  })
})
