/**
 * How many bytes pass in which time: of all circuits, of those to one seat, of those of one guest. Nothing is cut: whoever
 * is over waits. Two things pass freely: the first {@link FREE_BYTES} between a guest and a seat, of which
 * {@link FREE_RATE} a second come back, so that calls, mail and the signalling of a direct connection do not wait behind a
 * film; since bytes on a circuit are encrypted from end to end, size is all there is to tell them by. A seat that has used
 * its hour or its day goes on at {@link SLOW_RATE}.
 */
import type { Clock } from '../src/core/clock.ts'
import type { SeatUsage } from '../src/wire/seat.ts'
import { type Bucket, createBucket } from './bucket.ts'
import { FREE_BYTES, FREE_RATE, MAX_METERED, PIECE, STRANGER_RATE } from './limits.ts'
import { type Policy, SLOW_RATE } from './policy.ts'

/** What one circuit asks before it forwards. */
export interface Meter {
  /** Largest piece to forward at once. */
  readonly piece: number
  /** Counts bytes that are forwarded now, and gives the milliseconds to wait before the next. */
  draw(bytes: number): number
  /** The circuit is over. */
  end(): void
}

export interface Budget {
  /** @param slowly of a stranger, whom nobody has vouched for. */
  meter(guest: string, seat: string, slowly: boolean): Meter
  usage(seat: string): SeatUsage
}

type Rates = Pick<Policy, 'rate' | 'seatRate' | 'guestRate' | 'hourBytes' | 'dayBytes'>

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Bytes in the running window, which begins with the first of them. */
interface Window {
  start: number
  used: number
}

interface SeatRow {
  readonly hour: Window
  readonly day: Window
  readonly bucket: Bucket | undefined
  readonly slow: Bucket
  circuits: number
}

interface GuestRow {
  readonly bucket: Bucket | undefined
  readonly slow: Bucket
  circuits: number
}

export function createBudget(rates: Rates, clock: Clock): Budget {
  /** A tenth of a second at once: short enough to keep to the rate, long enough for timers that are late. */
  const bucketOf = (rate: number): Bucket | undefined =>
    rate > 0 ? createBucket({ rate, burst: rate / 10, clock }) : undefined
  const limited = [rates.rate, rates.seatRate, rates.guestRate].filter((rate) => rate > 0)
  const slowest = Math.min(...limited, Number.POSITIVE_INFINITY)
  const all = bucketOf(rates.rate)
  const seats = new Map<string, SeatRow>()
  const guests = new Map<string, GuestRow>()
  const free = new Map<string, Bucket>()

  const seatOf = (seat: string): SeatRow =>
    seats.get(seat) ?? {
      ...{ hour: { start: clock(), used: 0 }, day: { start: clock(), used: 0 }, circuits: 0 },
      ...{ bucket: bucketOf(rates.seatRate), slow: createBucket({ rate: SLOW_RATE, burst: SLOW_RATE / 10, clock }) },
    }

  const guestOf = (guest: string): GuestRow =>
    guests.get(guest) ?? {
      ...{ circuits: 0, bucket: bucketOf(rates.guestRate) },
      slow: createBucket({ rate: STRANGER_RATE, burst: STRANGER_RATE / 10, clock }),
    }

  /** A relay with a rate below that of what is free gives a twentieth of it freely. */
  const freeOf = (pair: string): Bucket =>
    free.get(pair) ??
    createBucket({ rate: Math.min(FREE_RATE, slowest / 20), burst: Math.min(FREE_BYTES, slowest / 4), clock })

  const usage = (seat: string): SeatUsage => {
    const row = seatOf(seat)
    const limit = (most: number): number | null => (most > 0 ? most : null)
    return {
      ...{ hour: inWindow(row.hour, HOUR, clock()), day: inWindow(row.day, DAY, clock()) },
      ...{ hourMost: limit(rates.hourBytes), dayMost: limit(rates.dayBytes), rate: limit(rates.seatRate) },
      circuits: row.circuits,
    }
  }

  return {
    usage,
    meter(guest, seat, slowly) {
      const [to, by, pair] = [seatOf(seat), guestOf(guest), `${guest} ${seat}`]
      const toll = freeOf(pair)
      to.circuits++
      by.circuits++
      put(seats, seat, to, ({ circuits, day }) => (circuits > 0 ? Number.POSITIVE_INFINITY : day.used))
      put(guests, guest, by, ({ circuits }) => circuits)
      put(free, pair, toll, () => 0)
      const isOver = (): boolean =>
        (rates.hourBytes > 0 && to.hour.used > rates.hourBytes) || (rates.dayBytes > 0 && to.day.used > rates.dayBytes)
      const shaped = limited.length > 0 || rates.hourBytes > 0 || rates.dayBytes > 0 || slowly
      const least = Math.min(slowest, slowly ? STRANGER_RATE : slowest)
      return {
        piece: shaped ? Math.max(4096, Math.min(PIECE, Math.ceil(least / 20))) : Number.POSITIVE_INFINITY,
        draw(bytes) {
          const now = clock()
          to.hour.used = inWindow(to.hour, HOUR, now) + bytes
          to.day.used = inWindow(to.day, DAY, now) + bytes
          if (!shaped || toll.tryDraw(bytes)) return 0
          const buckets = [all, to.bucket, by.bucket, isOver() ? to.slow : undefined, slowly ? by.slow : undefined]
          return Math.max(0, ...buckets.map((bucket) => bucket?.draw(bytes) ?? 0))
        },
        end() {
          to.circuits--
          by.circuits--
        },
      }
    },
  }
}

/** The bytes of a window, which begins anew when its time is over. */
function inWindow(window: Window, length: number, now: number): number {
  if (now - window.start >= length) {
    window.start = now
    window.used = 0
  }
  return window.used
}

/** Keeps a row as the newest; of too many the one that is worth least goes. */
function put<Row>(rows: Map<string, Row>, key: string, row: Row, worth: (row: Row) => number): void {
  rows.delete(key)
  if (rows.size >= MAX_METERED) {
    let least: { key: string; worth: number } | undefined
    for (const [key, row] of rows) {
      const one = { key, worth: worth(row) }
      if (!least || one.worth < least.worth) least = one
    }
    if (least) rows.delete(least.key)
  }
  rows.set(key, row)
}
