/** What an inbox may know: never no for what it knows, also where two letters look alike. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIdSet } from '../../src/cafe/inbox/id-set.ts'

/** Ids of few marks, so that many are alike. */
const id = fc.tuple(fc.nat(3), fc.nat(3)).map(([mark, rest]) => {
  const bytes = new Uint8Array(32)
  bytes[6] = mark << 4
  bytes[31] = rest
  return bytes
})

describe('a set of ids', () => {
  it('has all that were added and not removed again, and nothing when all are', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 30 }), fc.infiniteStream(fc.nat(1000)), (ids, chance) => {
        const set = createIdSet()
        const here = new Map<string, Uint8Array>()
        for (const one of ids) {
          const name = one.join()
          if (here.has(name) && (chance.next().value ?? 0) % 2 === 0) {
            set.remove(one)
            here.delete(name)
          } else if (!here.has(name)) {
            set.add(one)
            here.set(name, one)
          }
          for (const known of here.values()) expect(set.mayHave(known)).toBe(true)
        }
        for (const one of here.values()) set.remove(one)
        for (const one of ids) expect(set.mayHave(one)).toBe(false)
      }),
    )
  })

  it('tells most apart that it does not have', () => {
    const set = createIdSet()
    const random = () => crypto.getRandomValues(new Uint8Array(32))
    for (let n = 0; n < 1000; n++) set.add(random())
    expect(Array.from({ length: 1000 }, random).filter((one) => set.mayHave(one))).toEqual([])
  })
})
