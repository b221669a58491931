/**
 * The rules of one relay put together, around its node: who may connect, who gets a seat, who may open circuits, how fast,
 * and what is counted of it.
 */
import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Clock, systemClock } from '../src/core/clock.ts'
import type { Log } from '../src/core/log.ts'
import { type Budget, createBudget } from './budget.ts'
import { type CircuitEvents, type CircuitServer, type Circuits, createCircuits } from './circuits.ts'
import { RESERVATION_TTL } from './limits.ts'
import { createMetrics, type RelayMetrics } from './metrics.ts'
import type { RelayNode } from './node.ts'
import { placeOf } from './place.ts'
import type { Policy } from './policy.ts'
import { freeSeat, giveSeats, keepSeatsRight, type SeatServer } from './reservations.ts'
import { seatService } from './seat-service.ts'
import { createSeats, type Seats } from './seats.ts'
import { createSockets, type Sockets } from './sockets.ts'
import { createVouchers } from './vouchers.ts'

export interface House {
  readonly policy: Policy
  readonly seats: Seats
  readonly budget: Budget
  readonly sockets: Sockets
  readonly metrics: RelayMetrics
  /** Bytes that went through circuits since the start. */
  moved(): number
  /** Is something held here until a reader takes it? */
  held(): boolean
  /** From now on nobody new gets a seat or a circuit; who has one keeps it. */
  close(): void
  /** Holds `node`, which is not started yet, to the rules. */
  attach(node: RelayNode, log: Log): Promise<Circuits>
}

/** @param clock that of seats and rates. */
export function createHouse(policy: Policy, clock: Clock = systemClock): House {
  const metrics = createMetrics()
  const seats = createSeats(policy, clock)
  const budget = createBudget(policy, clock)
  const sockets = createSockets({ refused: metrics.socket })
  const vouchers = createVouchers(clock)
  let moved = 0
  let closed = false
  let held = (): boolean => false
  const events: CircuitEvents = {
    ...metrics,
    bytes(direction, bytes) {
      moved += bytes
      metrics.bytes(direction, bytes)
    },
  }

  const attach: House['attach'] = async (node, log) => {
    const { relay } = node.services
    const server = relay as unknown as CircuitServer & SeatServer
    keepSeatsRight(relay.reservations, RESERVATION_TTL)
    giveSeats(server, {
      take(peer: PeerId, address) {
        // It may have left while it asked: nobody would free its seat then.
        if (node.getConnections(peer).length === 0) return false
        const late = closed && !seats.has(peer.toString())
        const answer = late ? 'drain' : seats.take(peer.toString(), placeOf(address))
        if (typeof answer === 'string') {
          metrics.reservation(answer)
          return false
        }
        metrics.reservation(answer.renewed ? 'renewed' : 'granted')
        if (answer.displaced !== undefined) displace(answer.displaced)
        return true
      },
      free: (peer) => seats.free(peer.toString()),
    })
    const displace = (text: string): void => {
      const peer = peerIdFromString(text)
      metrics.reservation('displaced')
      freeSeat(relay.reservations, peer)
      // It learns of it at once, and may ask again.
      for (const connection of node.getConnections(peer)) connection.abort(new Error('the seat was needed'))
    }
    node.addEventListener('peer:disconnect', ({ detail: peer }) => freeSeat(relay.reservations, peer))
    const how = { server, policy, vouchers, budget, seatAge: seats.age, closed: () => closed, events }
    const circuits = createCircuits(how)
    held = circuits.held
    const { id, handler, options } = seatService({
      ...{ policy, seats, vouchers, circuits, budget, metrics, log, clock },
    })
    await node.handle(id, handler, options)
    metrics.watch({
      connections: () => node.getConnections().length,
      seats: seats.taken,
      seatsMost: policy.seats,
      circuits: () => circuits.open(),
      pending: () => sockets.pending,
    })
    return circuits
  }
  const close = (): void => {
    closed = true
  }
  const both = (): boolean => held() || sockets.held()
  return { ...{ policy, seats, budget, sockets, metrics }, moved: () => moved, held: both, close, attach }
}
