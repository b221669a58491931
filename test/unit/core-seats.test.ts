/** Seats: so many each, and free again once. */
import { expect, it } from 'vitest'
import { createSeats } from '../../src/core/seats.ts'

const busy = expect.objectContaining({ code: 'BUSY' })

it('gives each as many as there are, and a free one to the next', () => {
  const seats = createSeats(2)
  const leave = seats.take('ann')
  seats.take('ann')
  expect(() => seats.take('ann')).toThrow(busy)
  seats.take('bob')
  leave()
  seats.take('ann')
  expect(() => seats.take('ann')).toThrow(busy)
})

it('frees a seat once, however often it is told', () => {
  const seats = createSeats(2)
  const leave = seats.take('ann')
  seats.take('ann')
  leave()
  leave()
  seats.take('ann')
  expect(() => seats.take('ann')).toThrow(busy)
})
