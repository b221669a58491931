/**
 * What a relay gives to whom, as numbers: by preset, and each to be changed by a setting of its own. `table` is a relay for
 * people at one table or in one office, as open as can be; `family` one at home that the internet can reach; `public` one
 * for strangers.
 */
import { KiB, MiB } from '../src/core/limits.ts'
import type { Guests } from '../src/wire/seat.ts'
import * as limits from './limits.ts'

export interface Policy {
  /** Peers that can be reached through this relay at once. */
  readonly seats: number
  /** Of them, those that peers nobody knows yet do not get. */
  readonly knownSeats: number
  /** Seats of one address (of IPv6: one /64, which is what one machine has) and of one network (/24; of IPv6: /48). */
  readonly hostSeats: number
  readonly netSeats: number
  /** Connections of the same. */
  readonly hostConnections: number
  readonly netConnections: number
  /** Peer ids that have a ticket of the operator's: for them there is always a seat. */
  readonly tickets: readonly string[]
  /** Who may open circuits to a seat. */
  readonly guests: Guests
  /** Bytes that the circuits of one seat may carry in an hour and in a day before it is slowed down; 0 for any number. */
  readonly hourBytes: number
  readonly dayBytes: number
  /** Bytes a second of all circuits, of those to one seat, and of those of one guest; 0 for any number. */
  readonly rate: number
  readonly seatRate: number
  readonly guestRate: number
}

export type Preset = 'table' | 'family' | 'public'

const TABLE: Policy = {
  seats: limits.MAX_RESERVATIONS,
  knownSeats: 0,
  hostSeats: limits.CONNECTIONS_PER_HOST,
  netSeats: limits.MAX_RESERVATIONS,
  hostConnections: limits.CONNECTIONS_PER_HOST,
  netConnections: limits.MAX_CONNECTIONS,
  tickets: [],
  guests: 'any',
  hourBytes: 0,
  dayBytes: 0,
  rate: 0,
  seatRate: 0,
  guestRate: 0,
}

export const POLICIES: Readonly<Record<Preset, Policy>> = {
  table: TABLE,
  // A household and its friends: some dozens of devices, over a line that others use too.
  family: { ...TABLE, seats: 128, knownSeats: 32, hostSeats: 64, netSeats: 96, rate: 16 * MiB },
  public: {
    ...TABLE,
    // A seat costs nothing to ask for: half of them are for peers that have stayed, or hold a ticket.
    knownSeats: limits.MAX_RESERVATIONS / 2,
    // A family behind one address; a school, or a street behind its provider's.
    hostSeats: 16,
    netSeats: 64,
    hostConnections: 64,
    netConnections: 256,
    guests: 'vouched',
    // A small cafe's evening of photos; ten of them in a day.
    hourBytes: 2048 * MiB,
    dayBytes: 20_480 * MiB,
    // What a rented machine of 100 Mbit/s has, of which nobody has more than a third.
    rate: 12 * MiB,
    seatRate: 4 * MiB,
    guestRate: 4 * MiB,
  },
}

/** Bytes a second of a seat that has used what it had: letters and calls still pass, films do not. */
export const SLOW_RATE = 32 * KiB
