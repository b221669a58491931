/**
 * Who gets a seat. A peer id costs nothing, so a seat is given by what does: the address it comes from, which has only so
 * many, and the time it has stayed. A peer that held a seat for a while is known, for some weeks; some seats are for the
 * known alone, and where all are taken a known peer that comes back takes that of the newest which nobody knows. A ticket
 * (the operator names the peer id) counts before everything. So a crowd of new peers can neither displace a cafe nor keep
 * one that slept from coming back. All of it is in memory, bounded, and forgotten with a restart but for the tickets.
 */
import type { Clock } from '../src/core/clock.ts'
import * as limits from './limits.ts'
import type { Place } from './place.ts'
import type { Policy } from './policy.ts'

/** How well a peer is known: `0` not at all, `1` it has stayed, `2` it has a ticket. */
export type Standing = 0 | 1 | 2

/** Why there is no seat: none is free; the machine or the network of the peer has all it can have; or the relay leaves. */
export type NoSeat = 'full' | 'host' | 'network' | 'drain'

export type Answer = { readonly ok: true; readonly renewed: boolean; readonly displaced?: string } | NoSeat

export interface Seats {
  /** Gives `peer` a seat, or lets it keep its own; `displaced` is who had it. */
  take(peer: string, place: Place | undefined): Answer
  /** The seat is free; what its peer has stayed is remembered. */
  free(peer: string): void
  has(peer: string): boolean
  /** Milliseconds since `peer` took its seat. */
  age(peer: string): number | undefined
  /** How many seats are taken by peers of each standing. */
  taken(): Readonly<Record<Standing, number>>
  /** Peers remembered. */
  readonly known: number
}

interface Seat {
  readonly place: Place | undefined
  readonly since: number
}

/** A peer that was here: how long in all, and when last. */
interface Stay {
  readonly held: number
  readonly at: number
  readonly net: string | undefined
}

export function createSeats(policy: Policy, clock: Clock): Seats {
  const seats = new Map<string, Seat>()
  const stays = new Map<string, Stay>()
  const tickets = new Set(policy.tickets)

  const heldBy = (peer: string): number => {
    const stay = stays.get(peer)
    const before = stay && clock() - stay.at < limits.KNOWN_FOR ? stay.held : 0
    const seat = seats.get(peer)
    return before + (seat ? clock() - seat.since : 0)
  }
  const standing = (peer: string): Standing => {
    if (tickets.has(peer)) return 2
    return heldBy(peer) >= limits.KNOWN_AFTER ? 1 : 0
  }

  const crowded = (place: Place | undefined): NoSeat | undefined => {
    if (!place) return undefined
    const others = [...seats.values()].map((seat) => seat.place)
    if (others.filter((other) => other?.host === place.host).length >= policy.hostSeats) return 'host'
    if (others.filter((other) => other?.net === place.net).length >= policy.netSeats) return 'network'
    return undefined
  }

  /** The newest seat of those least known, if that is less than `mine`. */
  const toDisplace = (mine: Standing): string | undefined => {
    let found: { peer: string; standing: Standing } | undefined
    for (const peer of seats.keys()) {
      const other = { peer, standing: standing(peer) }
      // Seats are in the order in which they were taken.
      if (other.standing < mine && other.standing <= (found?.standing ?? 2)) found = other
    }
    return found?.peer
  }

  const taken = (): Record<Standing, number> => {
    const counts: Record<Standing, number> = { 0: 0, 1: 0, 2: 0 }
    for (const peer of seats.keys()) counts[standing(peer)]++
    return counts
  }

  const free = (peer: string): void => {
    const seat = seats.get(peer)
    if (!seat) return
    const held = heldBy(peer)
    seats.delete(peer)
    if (held >= limits.STAY_WORTH) remember(peer, { held, at: clock(), net: seat.place?.net })
  }

  const remember = (peer: string, stay: Stay): void => {
    stays.delete(peer)
    // One network is remembered for as many peers as it can seat, so that it cannot make the relay forget all others.
    const near = [...stays].filter(([, other]) => stay.net !== undefined && other.net === stay.net)
    if (near.length >= policy.netSeats) stays.delete(least(near))
    if (stays.size >= limits.MAX_KNOWN) stays.delete(least([...stays]))
    stays.set(peer, stay)
  }

  return {
    take(peer, place) {
      if (seats.has(peer)) return { ok: true, renewed: true }
      const mine = standing(peer)
      const no = mine < 2 ? crowded(place) : undefined
      if (no) return no
      const seat = (displaced?: string): Answer => {
        if (displaced !== undefined) free(displaced)
        seats.set(peer, { place, since: clock() })
        return { ok: true, renewed: false, ...(displaced !== undefined && { displaced }) }
      }
      if (seats.size < policy.seats) {
        if (mine > 0 || taken()[0] < policy.seats - policy.knownSeats) return seat()
        return 'full'
      }
      const other = toDisplace(mine)
      return other === undefined ? 'full' : seat(other)
    },
    free,
    has: (peer) => seats.has(peer),
    age(peer) {
      const seat = seats.get(peer)
      return seat && clock() - seat.since
    },
    taken,
    get known() {
      return stays.size
    },
  }
}

/** Who has stayed least. */
function least(stays: ReadonlyArray<[string, Stay]>): string {
  return stays.reduce((a, b) => (b[1].held < a[1].held ? b : a))[0]
}
