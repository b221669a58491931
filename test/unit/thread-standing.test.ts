/** Standings merge to one value whichever way round, never lose a removal, and name one key for everybody. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Address } from '../../src/core/ids.ts'
import { hex } from '../../src/core/ids.ts'
import {
  addKey,
  beginning,
  come,
  currentKey,
  exitsOf,
  go,
  isOdd,
  isStale,
  levelOf,
  membersOf,
  merge,
  packStandings,
  remove,
  type Standings,
  standingOf,
  unpackStandings,
} from '../../src/thread/standing.ts'

const who = (n: number): Address => `P${String(n + 1).padStart(47, '1')}` as Address
const INITIATOR = who(0)
const idOf = (n: number): Uint8Array => new Uint8Array(16).fill(n)
const first = come(beginning(idOf(0)), INITIATOR, INITIATOR)

interface Step {
  readonly what: 'come' | 'go' | 'remove' | 'key'
  readonly a: number
  readonly b: number
}

const steps = fc.array(
  fc.record({ what: fc.constantFrom('come', 'go', 'remove', 'key'), a: fc.integer({ min: 1, max: 4 }), b: fc.nat(4) }),
  { maxLength: 12 },
) as fc.Arbitrary<Step[]>

/** One history: only what the rules would let pass. */
function act(standings: Standings, { what, a, b }: Step): Standings {
  const members = membersOf(standings, INITIATOR)
  if (what === 'come') return members.has(who(a)) || !members.has(who(b)) ? standings : come(standings, who(a), who(b))
  if (what === 'key') return addKey(standings, currentKey(standings).epoch + 1, idOf(16 * a + b))
  if (!members.has(who(a))) return standings
  return what === 'go' ? go(standings, who(a)) : remove(standings, { who: who(a), cuts: [], keep: [] })
}

const history = steps.map((list) => list.reduce(act, first))
const text = (standings: Standings): string => hex(packStandings(standings))

describe('standings', () => {
  it('merge the same whichever way round, in whatever groups, however often', () => {
    fc.assert(
      fc.property(history, history, history, (a, b, c) => {
        expect(text(merge(a, b))).toBe(text(merge(b, a)))
        expect(text(merge(merge(a, b), c))).toBe(text(merge(a, merge(b, c))))
        expect(text(merge(a, a))).toBe(text(a))
        expect(text(merge(merge(a, b), b))).toBe(text(merge(a, b)))
      }),
    )
  })

  it('come back from their bytes as they were', () => {
    fc.assert(
      fc.property(history, (a) => {
        expect(text(unpackStandings(packStandings(a)))).toBe(text(a))
      }),
    )
  })

  it('never forget that somebody was removed, whatever others did in ignorance of it', () => {
    fc.assert(
      fc.property(history, steps, steps, fc.integer({ min: 1, max: 4 }), (base, here, there, n) => {
        if (!membersOf(base, INITIATOR).has(who(n))) return
        const removed = remove(base, { who: who(n), cuts: [], keep: [] })
        const quiet = here.filter(({ a, what }) => a !== n || what === 'key').reduce(act, removed)
        const ignorant = there.filter(({ what }) => what !== 'remove').reduce(act, base)
        const both = merge(quiet, ignorant)
        expect(levelOf(standingOf(both, who(n)))).toBe(levelOf(standingOf(removed, who(n))))
        expect(membersOf(both, INITIATOR).has(who(n))).toBe(false)
        // And the keys that it has are not to be used.
        const old = currentKey(base)
        expect(isStale(both) || currentKey(both).epoch > old.epoch).toBe(true)
      }),
    )
  })

  it('count every going, so that a key from before one is seen to be stale', () => {
    fc.assert(
      fc.property(history, steps, (base, more) => {
        const later = more.reduce(act, base)
        const gone = [...later.people.keys()].some((one) => {
          const [before, after] = [standingOf(base, one), standingOf(later, one)]
          return after > before && (after - before > 1 || isOdd(before))
        })
        expect(exitsOf(later) > exitsOf(base)).toBe(gone)
        expect(exitsOf(merge(base, later))).toBe(exitsOf(later))
      }),
    )
  })

  it('name the key that most were out for, of the newest epoch, then the lowest', () => {
    const two = come(come(first, who(1), INITIATOR), who(2), INITIATOR)
    const one = go(two, who(1))
    for (const [low, high] of [
      [7, 8],
      [8, 7],
    ] as const) {
      const few = addKey(one, 1, idOf(low))
      const many = addKey(go(one, who(2)), 1, idOf(high))
      expect(currentKey(merge(few, many)).id).toEqual(idOf(high))
      expect(currentKey(merge(many, few)).id).toEqual(idOf(high))
      expect(isStale(merge(few, many))).toBe(false)
      const same = addKey(one, 1, idOf(high))
      expect(currentKey(merge(few, same)).id).toEqual(idOf(7))
      expect(currentKey(merge(many, addKey(few, 2, idOf(low)))).epoch).toBe(2)
    }
  })

  it('of two who went at once on two sides, leave neither with the key that is used', () => {
    const two = come(come(first, who(1), INITIATOR), who(2), INITIATOR)
    const left = addKey(go(two, who(1)), 1, idOf(1))
    const right = addKey(go(two, who(2)), 1, idOf(2))
    expect(isStale(left)).toBe(false)
    expect(isStale(right)).toBe(false)
    expect(isStale(merge(left, right))).toBe(true)
  })
})
