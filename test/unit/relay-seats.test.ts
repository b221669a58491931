/** A seat at the relay lasts exactly until it is not renewed or its peer is gone. */
import type { RelayReservation } from '@libp2p/circuit-relay-v2'
import type { PeerId } from '@libp2p/interface'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freeSeat, keepSeatsRight } from '../../relay/reservations.ts'

const TTL = 1000
const peer = {} as PeerId

/** What the circuit server puts into its map: only the signal matters here. */
function reservation(): RelayReservation {
  const signal = Object.assign(new AbortController().signal, { reset: () => {}, clear: vi.fn() })
  return { addr: undefined as never, expiry: new Date(), signal }
}

describe('a seat', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const taken = () => {
    const seats = new Map<PeerId, RelayReservation>()
    keepSeatsRight(seats, TTL)
    const seat = reservation()
    seats.set(peer, seat)
    return { seats, seat }
  }

  it('ends with its circuits when it is not renewed', () => {
    const { seats, seat } = taken()
    vi.advanceTimersByTime(TTL - 1)
    expect(seats.has(peer)).toBe(true)
    vi.advanceTimersByTime(1)
    expect(seats.has(peer)).toBe(false)
    expect(seat.signal.aborted).toBe(true)
  })

  it('lasts through any number of renewals', () => {
    const { seats, seat } = taken()
    for (let renewal = 0; renewal < 10; renewal++) {
      vi.advanceTimersByTime(TTL - 1)
      seat.signal.reset(TTL)
      seats.set(peer, seat)
    }
    vi.advanceTimersByTime(TTL - 1)
    expect(seats.get(peer)).toBe(seat)
    expect(seat.signal.aborted).toBe(false)
  })

  it('stops the timer it came with', () => {
    const seats = new Map<PeerId, RelayReservation>()
    keepSeatsRight(seats, TTL)
    const seat = reservation()
    const { clear } = seat.signal
    seats.set(peer, seat)
    expect(clear).toHaveBeenCalledOnce()
  })

  it('is free at once when its peer leaves, and a later seat of that peer is not touched by the first', () => {
    const { seats } = taken()
    vi.advanceTimersByTime(TTL / 2)
    freeSeat(seats, peer)
    expect(seats.has(peer)).toBe(false)
    const second = reservation()
    seats.set(peer, second)
    vi.advanceTimersByTime(TTL / 2)
    expect(seats.get(peer)).toBe(second)
  })
})
