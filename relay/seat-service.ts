/** Answers `/cafe/seat/1.0.0`: how a seat stands, whom it admits, and whether a guest may come. */
import { type Clock, systemClock } from '../src/core/clock.ts'
import { CafeError } from '../src/core/errors.ts'
import type { Log } from '../src/core/log.ts'
import { createRate } from '../src/core/rate.ts'
import { seatProtocol } from '../src/wire/seat.ts'
import { serve } from '../src/wire/serve.ts'
import type { Budget } from './budget.ts'
import type { Circuits } from './circuits.ts'
import { MAX_CONNECTIONS, SEAT_QUESTIONS, SEAT_STREAMS } from './limits.ts'
import type { RelayMetrics } from './metrics.ts'
import type { Policy } from './policy.ts'
import type { Seats } from './seats.ts'
import type { Vouchers } from './vouchers.ts'

export interface SeatServiceComponents {
  readonly policy: Pick<Policy, 'guests'>
  readonly seats: Pick<Seats, 'has'>
  readonly vouchers: Pick<Vouchers, 'admit' | 'show'>
  readonly circuits: Pick<Circuits, 'right' | 'open'>
  readonly budget: Pick<Budget, 'usage'>
  readonly metrics: Pick<RelayMetrics, 'voucher'>
  readonly log: Log
  readonly clock?: Clock
}

type Handlers = Parameters<typeof serve<typeof seatProtocol, undefined>>[1]

/** The handler of the protocol, and how it is to be registered. */
export function seatService(components: SeatServiceComponents) {
  const { policy, seats, vouchers, circuits, budget, metrics, log, clock = systemClock } = components
  // As many parties as there can be connections: an unknown one is not refused because of others.
  const rate = createRate({ ...SEAT_QUESTIONS, clock, parties: MAX_CONNECTIONS })
  const paced = (peer: string): void => {
    const after = rate.draw(peer, 1)
    if (after > 0) throw new CafeError('BUSY', { after })
  }

  const handlers: Handlers = {
    async look(_input, { peer }) {
      paced(peer)
      return { seated: seats.has(peer), guests: policy.guests, usage: budget.usage(peer) }
    },
    async admit(said, { peer }) {
      paced(peer)
      if (!seats.has(peer)) throw new CafeError('NOT_FOUND', { what: 'seat' })
      return vouchers.admit(peer, said)
    },
    async present({ cafe, voucher }, { peer }) {
      paced(peer)
      if (!seats.has(cafe)) throw new CafeError('NOT_FOUND', { what: 'seat' })
      // First, so that one that has just come has said by what keys it admits.
      const before = await circuits.right(peer, cafe)
      if (before === 'drain') throw new CafeError('BUSY', { why: before })
      if (policy.guests === 'any') return {}
      if (before === 'named' || before === 'invited') return {}
      if (voucher) {
        const shown = vouchers.show(peer, cafe, voucher)
        metrics.voucher(shown)
        if (shown === 'admitted' || shown === 'again') return {}
      }
      if (before === 'strangers' || before === 'circuits') throw new CafeError('BUSY', { why: before })
      if (before === 'guests') throw new CafeError('FORBIDDEN', { why: 'guests' })
      return {}
    },
  }
  return {
    id: seatProtocol.id,
    handler: serve<typeof seatProtocol, undefined>(seatProtocol, handlers, { guard: async () => undefined, log }),
    options: { maxInboundStreams: SEAT_STREAMS },
  }
}
