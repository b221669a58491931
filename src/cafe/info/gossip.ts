/**
 * How a cafe meets others: when it opens it tells the cafes that its relay names, and from then on, every ten minutes or so,
 * it trades records with a few. It passes on only cafes that it has spoken with itself.
 */

import type { Clock } from '../../core/clock.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { ASKED_AT_ONCE, MAX_TRADE, OPEN_TIMEOUT, TRADE_EVERY, TRADE_PARTNERS } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { pauseAfter } from '../../core/pause.ts'
import { type Connector, call } from '../../wire/call.ts'
import type { Known } from './known.ts'
import { infoProtocol } from './protocol.ts'

/** When to look again whether this cafe can be dialled. */
const SOON = 5000
/** And, while it knows none that answers, for others: the relay names them only some moments after they have opened. */
const ALONE = { first: 10_000, longest: TRADE_EVERY }

/** A cafe and where it can be dialled. */
export interface Place {
  readonly cafe: PeerIdText
  readonly addresses: readonly string[]
}

/** Opens streams to cafes whose addresses it has been told. */
export interface Dialler extends Connector {
  know(peer: PeerIdText, addresses: readonly string[]): void
}

export interface GossipComponents {
  readonly self: PeerIdText
  readonly known: Known
  readonly own: () => Promise<Uint8Array<ArrayBuffer>>
  /** Where this cafe can be dialled now: before it can be, nobody is told of it. */
  readonly addresses: () => readonly string[]
  readonly connector: Dialler
  /** Cafes that the relay names. */
  readonly directory: (options: { signal: AbortSignal }) => Promise<readonly Place[]>
  readonly clock: Clock
  readonly log: Log
  /** Called after what is known of other cafes has changed. */
  readonly onChange: () => void
}

export interface Gossip {
  /** Records to give to `peer`: the own one first. */
  sample(peer: PeerIdText): Promise<readonly Uint8Array<ArrayBuffer>[]>
  /** Trades with cafes now: those the relay names (sixteen by chance, if there are more), and some others. */
  meet(options: { signal: AbortSignal }): Promise<void>
  /** From now on it does so by itself. */
  start(): void
  close(): void
}

export function createGossip(components: GossipComponents): Gossip {
  const { self, known, own, addresses, connector, directory, clock, log, onChange } = components
  const stop = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Looks in a row that have found nobody. */
  let vain = 0

  const sample: Gossip['sample'] = async (peer) => {
    const others = known.usable(true).filter(({ cafe }) => cafe !== peer)
    return [await own(), ...someOf(others, MAX_TRADE - 1).map(({ envelope }) => envelope)]
  }

  const trade = async ({ cafe, named }: Partner, signal: AbortSignal): Promise<void> => {
    const input = { records: await sample(cafe) }
    const within = AbortSignal.any([signal, AbortSignal.timeout(2 * OPEN_TIMEOUT)])
    const { records } = await call(connector, cafe, infoProtocol, 'trade', input, { signal: within })
    const answered = { answered: clock(), ...(named && { named: clock() }) }
    try {
      await known.demandOwn(records[0], cafe)
      for (const [i, envelope] of records.entries()) await known.learn(envelope, cafe, i === 0 ? answered : {})
    } catch (error) {
      if (toCafeError(error).code === 'CORRUPT') await known.mark(cafe)
      throw error
    }
  }

  const partners = async (most: number, signal: AbortSignal): Promise<readonly Partner[]> => {
    const places = await directory({ signal }).catch((cause) => {
      log('debug', 'no cafes of the relay', { cause })
      return []
    })
    const named = someOf(places, most).filter(({ cafe }) => cafe !== self && !known.isMarked(cafe))
    for (const { cafe, addresses } of named) connector.know(cafe, addresses)
    const taken = new Set(named.map(({ cafe }) => cafe))
    const [good, heard] = [true, false].map((isGood) => known.usable(isGood).filter(({ cafe }) => !taken.has(cafe)))
    // Half of them new ones: that is how they become good.
    const more = [...someOf(heard ?? [], TRADE_PARTNERS / 2), ...someOf(good ?? [], TRADE_PARTNERS / 2)]
    for (const { cafe, at } of more) connector.know(cafe, at())
    return [...named.map(({ cafe }) => ({ cafe, named: true })), ...more.map(({ cafe }) => ({ cafe, named: false }))]
  }

  /** Trades with up to so many that the relay names, and some others. */
  const round = async (most: number, signal: AbortSignal): Promise<void> => {
    const within = AbortSignal.any([signal, stop.signal])
    const waiting = [...(await partners(most, within))]
    const line = async (): Promise<void> => {
      for (let partner = waiting.shift(); partner && !within.aborted; partner = waiting.shift()) {
        // One that is gone says nothing about the others; it is met again, or forgotten in time.
        await trade(partner, within).catch((cause) => log('debug', 'a cafe did not trade', { cause }))
      }
    }
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, line))
    onChange()
    if (within.aborted) throw new CafeError('ABORTED')
  }

  const next = (ms: number, most: number): void => {
    timer = setTimeout(async () => {
      if (addresses().length === 0) return next(SOON, most)
      await round(most, stop.signal).catch((cause) => log('debug', 'meeting other cafes failed', { cause }))
      if (stop.signal.aborted) return
      vain = known.usable(true).length === 0 ? vain + 1 : 0
      next(vain > 0 ? pauseAfter(vain, ALONE) : TRADE_EVERY * (0.75 + Math.random() / 2), TRADE_PARTNERS)
    }, ms)
  }

  return {
    sample,
    meet: ({ signal }) => round(MAX_TRADE, signal),
    start: () => next(0, MAX_TRADE),
    close() {
      stop.abort(new CafeError('ABORTED'))
      clearTimeout(timer)
    },
  }
}

interface Partner {
  readonly cafe: PeerIdText
  readonly named: boolean
}

/** Some of them, by chance. */
export function someOf<T>(all: readonly T[], limit: number): readonly T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, limit)
    .map(({ one }) => one)
}
