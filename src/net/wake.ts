/**
 * Waking up: after sleep, a frozen page or a change of network connections look open that are not. Whenever there is
 * reason to doubt, every connection must give a sign of life within a bounded time or is dropped; relays are tried anew
 * at once. One round at a time and one every few seconds at most, whatever is reported.
 */
import type { Connection } from '@libp2p/interface'
import { PING_PROTOCOL } from '@libp2p/ping'
import { byteStream } from '@libp2p/utils'
import type { Libp2p } from 'libp2p'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'

/** Milliseconds between two looks at the clock, and by how much a look must be late to mean that we slept. */
const TICK = 1000
const GAP = 5000
/** Milliseconds for an answer; more if our own bytes are queued in front of the question. */
const ANSWER = 3000
const BUSY_ANSWER = 12_000
/** Milliseconds from the start of one round to the next. */
const BETWEEN = 5000
/** A round begins this late at most, so that all that woke at once do not ask at once. */
const JITTER = 250
const PING_LENGTH = 32

export interface Wake {
  /** There is reason to doubt the connections; `why` goes to the log. */
  poke(why: string): void
  stop(): void
}

export interface WakeComponents {
  readonly libp2p: Libp2p
  readonly log: Log
  /** Called when a round begins, to try again what was given up, and when it ends. */
  readonly onWake: () => void
  readonly onChange: () => void
  readonly clock?: Clock
}

export function createWake({ libp2p, log, onWake, onChange, clock = Date.now }: WakeComponents): Wake {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running = false
  let again: string | undefined
  let next = 0
  let stopped = false

  const round = async (why: string): Promise<void> => {
    onWake()
    const connections = libp2p.getConnections().filter(({ status }) => status === 'open')
    const alive = await Promise.all(connections.map(isAlive))
    const dead = connections.filter((connection, i) => !alive[i] && connection.status === 'open')
    for (const connection of dead) connection.abort(new Error('no answer'))
    log('info', 'connections tested', { why, open: connections.length, dropped: dead.length })
    onChange()
  }

  const begin = async (why: string): Promise<void> => {
    timer = undefined
    running = true
    next = performance.now() + BETWEEN
    await round(why)
    running = false
    if (again !== undefined) poke(again)
  }

  const poke = (why: string): void => {
    again = running ? why : undefined
    if (running || timer || stopped) return
    const wait = Math.max(0, next - performance.now()) + Math.random() * JITTER
    timer = setTimeout(() => void begin(why), wait)
  }

  // The wall clock: a monotonic one may stand still while the machine sleeps.
  let last = clock()
  const ticks = setInterval(() => {
    const now = clock()
    if (now - last > TICK + GAP) poke('sleep')
    last = now
  }, TICK)

  return {
    poke,
    stop() {
      stopped = true
      clearInterval(ticks)
      clearTimeout(timer)
    },
  }
}

/** Does the other side give any sign of life? Bytes on a stream that runs count as much as an answer. */
async function isAlive(connection: Connection): Promise<boolean> {
  const heard = Promise.withResolvers<true>()
  const hear = (): void => heard.resolve(true)
  // A listener of ours must never be the first: it would take bytes that are kept for the one to come.
  const streams = connection.streams.filter((stream) => stream.protocol !== '' && stream.listenerCount('message') > 0)
  const busy = streams.some((stream) => stream.writableNeedsDrain || stream.writeBufferLength > 0)
  for (const stream of streams) stream.addEventListener('message', hear)
  try {
    return await Promise.race([heard.promise, answers(connection, busy ? BUSY_ANSWER : ANSWER)])
  } finally {
    for (const stream of streams) stream.removeEventListener('message', hear)
  }
}

/** False if nothing comes back within `ms`. A refusal is an answer too. */
async function answers(connection: Connection, ms: number): Promise<boolean> {
  const signal = AbortSignal.timeout(ms)
  try {
    const stream = await connection.newStream(PING_PROTOCOL, { signal, runOnLimitedConnection: true })
    try {
      const bytes = byteStream(stream)
      await bytes.write(crypto.getRandomValues(new Uint8Array(PING_LENGTH)), { signal })
      await bytes.read({ bytes: PING_LENGTH, signal })
    } finally {
      stream.abort(new Error('asked'))
    }
    return true
  } catch {
    return !signal.aborted
  }
}
