/** What is remembered, while we run, of the way to one recipient: in memory only, since all that matters is in rows. */
import type { ErrorCode } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'

/** A cafe on the way to somebody. */
export interface Stop {
  failures: number
  /** On the clock of `performance.now()`. */
  due: number
  running: boolean
  probed: number
  /** Why it waits. */
  why: ErrorCode | undefined
}

export interface Lane {
  readonly to: Address
  running: boolean
  again: boolean
  readonly stops: Map<PeerIdText, Stop>
  timer: ReturnType<typeof setTimeout> | undefined
  wakesAt: number
  /** When its card was asked for, and its devices dialled, on the clock of `performance.now()`. */
  asked: number
  dialled: number
  failures: number
  /** Only the stranger's door is open. */
  strange: boolean
  /** How often there was something new about the recipient: a card, or a key to a door. */
  news: number
  why: ErrorCode | undefined
}

export const newLane = (to: Address): Lane => ({
  ...{ to, running: false, again: false, stops: new Map(), timer: undefined, wakesAt: Number.POSITIVE_INFINITY },
  ...{ asked: Number.NEGATIVE_INFINITY, dialled: Number.NEGATIVE_INFINITY },
  ...{ failures: 0, strange: false, news: 0, why: undefined },
})

export const newStop = (): Stop => ({
  ...{ failures: 0, due: 0, running: false, probed: performance.now(), why: undefined },
})
