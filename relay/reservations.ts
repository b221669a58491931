/**
 * Seats of the relay that behave as circuit relay v2 says: a reservation lasts until it expires unrenewed or its peer
 * disconnects, never shorter and never longer (https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md).
 *
 * The js server (4.2.13) does otherwise in two ways. It keeps the seat of a peer that left until its time is over. And
 * its timer, `retimeable-signal`, does not cancel an earlier deadline after the second renewal, so a long-lived cafe
 * loses its seat and its circuits every few hours. Both are put right on the public map of reservations.
 */
import type { RelayReservation } from '@libp2p/circuit-relay-v2'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** The part of libp2p's PeerMap that is used. */
export interface Reservations {
  get(peer: PeerId): RelayReservation | undefined
  set(peer: PeerId, reservation: RelayReservation): unknown
  delete(peer: PeerId): unknown
}

/**
 * Makes every reservation that is put into `reservations` from now on end when it should.
 * @param ttl milliseconds from a grant or a renewal to the end.
 */
export function keepSeatsRight(reservations: Reservations, ttl: number): void {
  const set = reservations.set.bind(reservations)
  const ours = new WeakSet<AbortSignal>()
  reservations.set = (peer, reservation) => {
    if (!ours.has(reservation.signal)) {
      // Cleared before its first renewal, which is the one case in which its timer really stops.
      reservation.signal.clear()
      reservation.signal = deadline(ttl, () => {
        if (reservations.get(peer) === reservation) reservations.delete(peer)
      })
      ours.add(reservation.signal)
    }
    return set(peer, reservation)
  }
}

/** What of the js server is used: a part that its types do not show. */
export interface SeatServer {
  reservationStore: {
    readonly reservations: Reservations
    reserve(peer: PeerId, address: Multiaddr, limit?: object): { readonly status: string; readonly expire?: number }
  }
}

/** Who decides about seats, and is told when one is free. */
export interface SeatGiver {
  take(peer: PeerId, address: Multiaddr): boolean
  free(peer: PeerId): void
}

/** Lets `giver` decide who gets a seat of `server`; it hears of the end of each, however it comes. */
export function giveSeats({ reservationStore: store }: SeatServer, giver: SeatGiver): void {
  const reserve = store.reserve.bind(store)
  store.reserve = (peer, address, limit) => {
    if (!giver.take(peer, address)) return { status: 'RESERVATION_REFUSED' }
    const given = reserve(peer, address, limit)
    if (given.status !== 'OK') giver.free(peer)
    return given
  }
  const { reservations } = store
  const remove = reservations.delete.bind(reservations)
  reservations.delete = (peer) => {
    giver.free(peer)
    return remove(peer)
  }
}

/** Gives up the seat of a peer that has no connection left. */
export function freeSeat(reservations: Reservations, peer: PeerId): void {
  reservations.get(peer)?.signal.clear()
  reservations.delete(peer)
}

/** An abort signal that fires `ms` after it was made or last reset, once, unless cleared; `onEnd` runs first. */
function deadline(ms: number, onEnd: () => void): RelayReservation['signal'] {
  const controller = new AbortController()
  const end = (): void => {
    onEnd()
    controller.abort()
  }
  let timer = setTimeout(end, ms)
  timer.unref()
  return Object.assign(controller.signal, {
    reset: (later = ms): void => {
      clearTimeout(timer)
      if (controller.signal.aborted) return
      timer = setTimeout(end, later)
      timer.unref()
    },
    clear: (): void => clearTimeout(timer),
  })
}
