import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Address } from '../../src/core/ids.ts'
import {
  drillVerdict,
  movePercent,
  percent,
  recoverVerdict,
  threadVerdict,
  usable,
} from '../../src/ui/recover-words.ts'
import {
  alarmText,
  distinctAlarms,
  hue,
  initials,
  personName,
  pieces,
  readAddresses,
  sharings,
  terms,
  types,
} from '../../src/ui/thread-words.ts'
import type { RecoverResult, RecoverThread } from '../../src/worker/recover-api.ts'
import type { Person, ThreadAlarm } from '../../src/worker/thread-api.ts'

const person = (name: string | null, address = 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq'): Person => ({
  address: address as Address,
  name,
  avatar: null,
})

describe('what somebody wrote, in pieces', () => {
  it('is all of the text, in order, whatever is in it', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.constantFrom('.', '),', ' ', 'https://', 'http://user:pass@', 'javascript:'),
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('')
        const found = pieces(text)
        expect(found.map((piece) => piece.text).join('')).toBe(text)
        for (const piece of found) {
          if (!('link' in piece)) continue
          expect(piece.link).toBe(piece.text)
          expect(['http:', 'https:']).toContain(new URL(piece.link).protocol)
        }
      }),
    )
  })

  it.each([
    ['see https://example.org/a.', ['https://example.org/a']],
    ['(https://example.org/a)', ['https://example.org/a']],
    ['https://example.org/a_(b)', ['https://example.org/a_(b)']],
    ['https://example.org/?q=1, then http://example.com!', ['https://example.org/?q=1', 'http://example.com']],
    ['https://bank.example@evil.example/', []],
    ['javascript:alert(1) data:text/html,x //example.org', []],
    ['https://exam\u202eple.org/gro', ['https://exam']],
  ])('finds the links of %j', (text, links) => {
    expect(pieces(text).flatMap((piece) => ('link' in piece ? [piece.link] : []))).toEqual(links)
  })
})

describe('people', () => {
  it('are called as they say, without what could mislead, or by their address', () => {
    expect(personName(person('A\u202eda'))).toBe('Ada')
    expect(personName(person(null))).toBe('P4WysQ…gWpSRq')
  })

  it('have one or two initials, of any script', () => {
    expect(initials(person('Ada King Lovelace'))).toBe('AL')
    expect(initials(person('横田'))).toBe('横')
    expect(initials(person('👩‍🚀 Jo'))).toHaveLength('👩J'.length)
    expect(initials(person(null))).toBe('RQ')
  })

  it('have a colour of their own, always the same', () => {
    fc.assert(
      fc.property(fc.string(), (address) => {
        expect(hue(address)).toBe(hue(address))
        expect([0, 1, 2, 3, 4, 5]).toContain(hue(address))
      }),
    )
  })
})

describe('a thread in words', () => {
  it('says for each type and sharing what it brings, without the word for it', () => {
    for (const { value: type } of types()) {
      for (const { value: sharing } of sharings()) {
        const text = terms({ type, sharing, starter: 'Ada' })
        expect(text).toMatch(/^[A-Z].*\.$/)
        expect(text).not.toMatch(/read-only|invite-only|not-shared/)
      }
    }
    expect(terms({ type: 'public', sharing: 'invite-only', starter: 'Ada' })).toBe(
      'Ada posts; members can comment and like. Only Ada can invite others.',
    )
    expect(terms({ type: 'read-only', sharing: 'invite-only', starter: null })).toBe(
      'You post; members read. Only you can invite others.',
    )
  })

  it('shows one alarm of each kind and author, and what helps', () => {
    const alarm = (kind: ThreadAlarm['kind'], author: string, seq: number): ThreadAlarm =>
      ({ kind, author, peer: 'p', seq }) as ThreadAlarm
    const all = [alarm('gap', 'a', 1), alarm('gap', 'a', 2), alarm('fork', 'a', 3), alarm('gap', 'b', 1)]
    expect(distinctAlarms(all)).toHaveLength(3)
    expect(new Set(distinctAlarms(all).map((one) => alarmText(one, 'Ada'))).size).toBe(2)
    expect(alarmText(alarm('gap', 'a', 1), null)).toMatch(/^Something that you posted has not arrived/)
  })

  it('reads addresses however they were pasted', () => {
    expect(readAddresses(' Pa\nPb, Pc;Pa\t')).toEqual(['Pa', 'Pb', 'Pc'])
    expect(readAddresses('')).toEqual([])
  })
})

describe('a recovery in words', () => {
  const thread = (state: RecoverThread['state'], blocks = 10, of = 10): RecoverThread => ({
    ...{ id: 'a', name: 'Rome', state, blocks, of },
  })
  const result = (threads: readonly RecoverThread[], more: Partial<RecoverResult> = {}): RecoverResult => ({
    ...{ fresh: 'confirmed', cafes: [], threads, finished: true },
    ...more,
  })

  it('is good only if all of it came back', () => {
    expect(recoverVerdict(result([thread('done'), thread('done')])).level).toBe('good')
    expect(recoverVerdict(result([thread('done'), thread('older')])).level).toBe('part')
    expect(recoverVerdict(result([thread('done'), thread('damaged', 9)])).level).toBe('bad')
    expect(recoverVerdict(result([thread('missing', 0)])).level).toBe('bad')
    expect(recoverVerdict(result([thread('done')], { finished: false })).level).toBe('part')
  })

  it('says when only one cafe has vouched for it', () => {
    const texts = (['confirmed', 'unconfirmed'] as const).map((fresh) =>
      recoverVerdict(result([thread('done')], { fresh })),
    )
    expect(texts[0]?.text).not.toBe(texts[1]?.text)
    expect(texts[1]?.text).toContain('Only one cafe')
  })

  it('offers to open a thread as soon as something of it is here, and never what is not', () => {
    expect(usable(thread('running', 1))).toBe(true)
    expect(usable(thread('running', 0))).toBe(false)
    expect(usable(thread('missing', 5))).toBe(false)
    expect(threadVerdict(thread('running', 999, 1000)).text).toContain('99%')
  })

  it('never says a hundred percent before the end', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
        const [done, of] = [Math.min(a, b), Math.max(a, b)]
        expect(percent(done, of) === 100).toBe(of > 0 && done === of)
      }),
    )
    for (const step of ['register', 'copy', 'publish', 'leave'] as const)
      expect(movePercent({ step, left: 0 }, 10)).toBeLessThan(100)
  })

  it('names what a drill found wrong, and not a hundred things', () => {
    const problems = Array.from({ length: 50 }, (_, i) => ({ what: 'blocks' as const, name: `T${i}`, code: 'CORRUPT' }))
    const { level, text } = drillVerdict({ at: 1, good: false, cafes: 1, threads: 50, files: 0, problems })
    expect(level).toBe('bad')
    expect(text).toContain('“T0”')
    expect(text).toContain('47 others')
    expect(text.length).toBeLessThan(300)
  })
})
