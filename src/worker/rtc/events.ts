/**
 * The event half of the W3C surface: `on…` attributes beside `addEventListener`, the few event classes a SharedWorker
 * lacks, and errors made anew from what crossed a port.
 */
import type { CandidateError, ErrorInfo } from './messages.ts'

/** What an `on…` attribute holds. */
export type Handler<E extends Event = Event> = ((event: E) => unknown) | null

/**
 * Defines `on<name>` for each name on `prototype`, as HTML does: the handler takes its place among the listeners when
 * it is first set, keeps it when replaced, and leaves it when set to null.
 */
export function defineHandlers(prototype: EventTarget, names: readonly string[]): void {
  for (const name of names) {
    const slots = new WeakMap<EventTarget, { handler: (event: Event) => unknown; listener: (event: Event) => void }>()
    Object.defineProperty(prototype, `on${name}`, {
      configurable: true,
      enumerable: true,
      get(this: EventTarget) {
        return slots.get(this)?.handler ?? null
      },
      set(this: EventTarget, value: unknown) {
        const slot = slots.get(this)
        if (typeof value !== 'function') {
          if (slot) this.removeEventListener(name, slot.listener)
          slots.delete(this)
          return
        }
        const handler = value as (event: Event) => unknown
        if (slot) slot.handler = handler
        else {
          const made = { handler, listener: (event: Event) => void made.handler.call(this, event) }
          slots.set(this, made)
          this.addEventListener(name, made.listener)
        }
      },
    })
  }
}

/** An event with one or more facts on it, such as `channel`, `candidate` or `error`. */
export function eventWith<T extends object>(name: string, facts: T): Event & T {
  return Object.assign(new Event(name), facts)
}

/** A failed candidate's event: the facts of W3C `RTCPeerConnectionIceErrorEvent`. */
export function candidateErrorEvent(info: CandidateError): Event & CandidateError {
  return eventWith('icecandidateerror', { ...info })
}

/** A `DOMException` with the two facts of W3C `RTCError` that tell why a channel ended. */
export class ChannelError extends DOMException {
  readonly errorDetail: string
  readonly sctpCauseCode: number | null

  constructor(info: ErrorInfo) {
    super(info.message, info.name)
    this.errorDetail = info.detail ?? 'sctp-failure'
    this.sctpCauseCode = info.cause ?? null
  }
}

/** The error that `info` tells of: a TypeError or RangeError as such, all else a DOMException of its name. */
export function errorFrom(info: ErrorInfo): Error {
  if (info.name === 'TypeError') return new TypeError(info.message)
  if (info.name === 'RangeError') return new RangeError(info.message)
  return info.detail === undefined ? new DOMException(info.message, info.name) : new ChannelError(info)
}

/** `InvalidStateError`, as every method of a closed connection answers. */
export function invalidState(message: string): DOMException {
  return new DOMException(message, 'InvalidStateError')
}
