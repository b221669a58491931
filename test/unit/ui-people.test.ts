/** People in words, and a search as somebody types. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { describe, expect, it, vi } from 'vitest'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { type Find, Finding } from '../../src/ui/controllers/finding.ts'
import { addressGroups, alikeText, findLine, nobodyLine, troubles, viaLine } from '../../src/ui/people-words.ts'
import type { AskedCafe, FindState, FoundPerson } from '../../src/worker/contact-api.ts'
import { deviceOf } from './seal-help.ts'

const [CORNER, BLUE, FAR, FARTHER] = [1, 2, 3, 4].map((n) => deviceOf(n).peer) as [
  PeerIdText,
  PeerIdText,
  PeerIdText,
  PeerIdText,
]
const own = (cafe: PeerIdText, outcome: AskedCafe['outcome'], name = 'Corner Cafe'): AskedCafe => ({
  ...{ cafe, name, by: null, outcome },
})
const beyond = (cafe: PeerIdText, outcome: AskedCafe['outcome']): AskedCafe => ({
  cafe,
  name: null,
  by: CORNER,
  outcome,
})
const state = (parts: Partial<FindState>): FindState => ({
  ...{ people: [], cafes: [], short: false, complete: true, ...parts },
})
const somebody = {} as FoundPerson

describe('a search in words', () => {
  it('says how far it is, and where it has asked', () => {
    const two = [own(CORNER, 'answered'), own(BLUE, 'asking'), beyond(FAR, 'answered')]
    expect(findLine(state({ cafes: two }), true)).toBe('Asking your 2 cafes and the one they know…')
    expect(findLine(state({ cafes: two, people: [somebody] }), true)).toBe('1 person so far. Still asking…')
    const done = [own(CORNER, 'answered'), beyond(FAR, 'answered'), beyond(FARTHER, 'late')]
    expect(findLine(state({ cafes: done, people: [somebody, somebody] }), false)).toBe(
      '2 people. Asked your cafe and the 2 it knows.',
    )
    expect(findLine(state({ people: [somebody] }), false)).toBe('1 person in your contacts.')
  })

  it('says why nobody was found', () => {
    const cafes = [own(CORNER, 'answered'), own(BLUE, 'answered'), beyond(FAR, 'answered'), beyond(FARTHER, 'busy')]
    expect(nobodyLine(state({ cafes }))).toBe('Nobody called that at your 2 cafes or the 2 they know.')
    expect(nobodyLine(state({ short: true }))).toMatch(/at least three letters/)
    expect(nobodyLine(state({}))).toMatch(/Join a cafe/)
    expect(nobodyLine(state({ cafes: [own(CORNER, 'unreachable')] }))).toMatch(/no cafe answered/)
  })

  it('counts a cafe once that is one’s own and known to another too', () => {
    const cafes = [own(CORNER, 'answered'), own(BLUE, 'answered'), beyond(BLUE, 'answered')]
    expect(nobodyLine(state({ cafes }))).toBe('Nobody called that at your 2 cafes.')
  })

  it('names own cafes that failed, cleaned, and counts the others', () => {
    const cafes = [own(CORNER, 'lied', 'Corner\u202e Cafe'), own(BLUE, 'late', 'Blue'), beyond(FAR, 'unreachable')]
    expect(troubles(state({ cafes }))).toEqual([
      'Corner Cafe gave something forged, so it was not believed.',
      'Blue did not answer in time.',
      'The other cafe did not answer.',
    ])
    expect(troubles(state({ cafes: [own(CORNER, 'answered')] }))).toEqual([])
  })
})

it('an address is read out in twelve groups', () => {
  const groups = addressGroups('P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq')
  expect(groups).toHaveLength(12)
  expect(groups[0]).toBe('P4Wy')
})

it('what somebody else called themselves is cleaned wherever it is in a sentence', () => {
  expect(viaLine({ kind: 'thread', id: 'x' as never, name: 'a\u202eb' })).toBe('Both in “ab”')
  expect(alikeText({ address: 'P' as never, name: 'A\u0007da', how: 'same', self: false })).toContain('“Ada”')
  expect(alikeText({ address: 'P' as never, name: 'Ada', how: 'alike', self: true })).toContain('look like you')
})

describe('a search as somebody types', () => {
  const host: ReactiveControllerHost & { updates: number } = {
    updates: 0,
    updateComplete: Promise.resolve(true),
    addController: (_: ReactiveController) => {},
    removeController: () => {},
    requestUpdate: () => void host.updates++,
  }

  it('waits for a pause, stops what was asked before, and shows nothing of it any more', async () => {
    vi.useFakeTimers()
    try {
      const asked: { query: string; signal: AbortSignal; say: (state: FindState) => void }[] = []
      const find: Find = (query, { onProgress, signal }) => {
        asked.push({ query, signal, say: onProgress })
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new CafeError('ABORTED'))))
      }
      const finding = new Finding(host, find)
      for (const text of ['a', 'ad', 'ada']) finding.search(text)
      expect([finding.running, asked.length]).toEqual([true, 0])
      await vi.advanceTimersByTimeAsync(1000)
      expect(asked.map(({ query }) => query)).toEqual(['ada'])
      asked[0]?.say(state({ people: [somebody] }))
      expect(finding.state?.people).toHaveLength(1)
      finding.search('adam ')
      expect(asked[0]?.signal.aborted).toBe(true)
      asked[0]?.say(state({ people: [somebody, somebody] }))
      expect(finding.state?.people).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(1000)
      expect(asked.map(({ query }) => query)).toEqual(['ada', 'adam'])
      finding.search('')
      expect([finding.running, finding.state, finding.problem]).toEqual([false, undefined, undefined])
    } finally {
      vi.useRealTimers()
    }
  })

  it('says in words what failed', async () => {
    const finding = new Finding(host, async () => Promise.reject(new CafeError('UNREACHABLE')))
    finding.search('ada', true)
    await vi.waitFor(() => expect(finding.problem?.text).toMatch(/contacts/))
    expect(finding.running).toBe(false)
  })
})
