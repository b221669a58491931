/** Where letters may lie: their own places are always among those that are named, also where two letters look alike. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPlaces } from '../../src/cafe/inbox/places.ts'
import { hex } from '../../src/core/ids.ts'

/** Ids of few marks, so that many are alike. */
const id = fc
  .tuple(fc.nat(3), fc.nat(3))
  .map(([mark, rest]) => `${String(mark).padStart(13, '0')}${rest}`.padEnd(64, '0'))

describe('places of letters', () => {
  it('are all that were added and not removed again, and none when all are', () => {
    const step = fc.record({ id, place: fc.nat(5), takes: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const places = createPlaces()
        const here = new Map<string, { id: string; place: number }>()
        for (const { id, place, takes } of steps) {
          const name = `${id}/${place}`
          if (takes) places.remove(id, place)
          else if (!here.has(name)) places.add(id, place)
          if (takes) {
            // What looks alike is told apart by its place only: as in an inbox, where no two lie at the same.
            const alike = [...here].find(([, one]) => one.place === place && one.id.slice(0, 13) === id.slice(0, 13))
            if (alike) here.delete(alike[0])
          } else here.set(name, { id, place })
          for (const one of here.values()) expect(places.of(one.id)).toContain(one.place)
        }
        for (const one of here.values()) places.remove(one.id, one.place)
        for (const one of steps) expect(places.of(one.id)).toEqual([])
      }),
    )
  })

  it('are none for most letters that are not here', () => {
    const places = createPlaces()
    const random = () => hex(crypto.getRandomValues(new Uint8Array(32)))
    for (let n = 0; n < 1000; n++) places.add(random(), n)
    expect(Array.from({ length: 1000 }, random).filter((one) => places.of(one).length > 0)).toEqual([])
  })
})
