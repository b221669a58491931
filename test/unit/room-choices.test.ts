/** The amounts of room a host may choose from: few, round, and never more than the browser has. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { roomChoices } from '../../src/ui/room-choices.ts'

it('offers round amounts around a sensible one', () => {
  expect(roomChoices(30e9)).toEqual({ amounts: [1e9, 2e9, 5e9, 10e9, 20e9], chosen: 10e9 })
  expect(roomChoices(3e9)).toEqual({ amounts: [0.1e9, 0.2e9, 0.5e9, 1e9, 2e9], chosen: 1e9 })
  expect(roomChoices(undefined).chosen).toBe(10e9)
})

it('keeps what a cafe had before, among the others, also if it is no round amount', () => {
  expect(roomChoices(30e9, 7.5e9)).toEqual({ amounts: [1e9, 2e9, 5e9, 7.5e9, 10e9, 20e9], chosen: 7.5e9 })
  expect(roomChoices(30e9, 500e9)).toEqual({ amounts: [1e9, 2e9, 5e9, 10e9, 20e9, 500e9], chosen: 500e9 })
})

it('whatever the browser says: a few rising amounts, the chosen one among them, none beyond what it offers', () => {
  const size = fc.oneof(
    fc.constant(undefined),
    fc.nat({ max: 1e6 }).map((n) => n * n * 5),
  )
  fc.assert(
    fc.property(size, (offered) => {
      const { amounts, chosen } = roomChoices(offered)
      expect(amounts).toContain(chosen)
      expect(amounts.length).toBeLessThanOrEqual(5)
      expect([...amounts].sort((a, b) => a - b)).toEqual(amounts)
      if (offered !== undefined && offered >= 0.2e9) expect(amounts.every((amount) => amount <= offered)).toBe(true)
    }),
  )
})
