/**
 * When the device's block store is collected: by itself, some time after there is something to collect and nobody works
 * with it, and whenever the host asks. One collection at a time.
 */
import type { Clock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createSerial } from '../core/serial.ts'
import { type CollectComponents, type Collected, type CollectProgress, collect, type RootSource } from './collect.ts'

export interface CollectingComponents extends Omit<CollectComponents, 'sources'> {
  readonly clock: Clock
  readonly log: Log
  readonly onChange: () => void
}

export interface LastCollection extends Collected {
  /** Milliseconds since the epoch, when it ended. */
  readonly at: number
  /** Why it ended early: an error code. */
  readonly failed?: string | undefined
}

export interface Collecting {
  /** Whatever the store is for must have a source here before {@link Collecting.start}. */
  add(source: RootSource): void
  /** From now on it runs by itself; the first time it looks at the whole store. */
  start(): void
  /** There is something to collect. */
  soon(): void
  /** Collects now, the whole store. Gives what was freed. @throws CafeError ABORTED; what a source or the store fails with. */
  now(options: { signal: AbortSignal; onProgress?: (progress: CollectProgress) => void }): Promise<Collected>
  /** Collects now what is known to be needless. */
  reclaim(): Promise<Collected>
  /** Stands still between two steps until the returned function is called. */
  pause(): () => void
  readonly last: LastCollection | undefined
  close(): void
}

/** Milliseconds after the last news of something to collect; and at most, however much comes. */
const QUIET = 30_000
const LONGEST_WAIT = 300_000
/** Milliseconds between looks whether a lease has ended, or the cache is too old. */
const EVERY = 3_600_000
/** Milliseconds between steps while others use the store, and while nobody does. */
const REST_BUSY = 20
const REST_IDLE = 0

export function createCollecting({ blocks, holds, clock, log, onChange }: CollectingComponents): Collecting {
  const serial = createSerial()
  const sources: RootSource[] = []
  const closed = new AbortController()
  const pauses = new Set<Promise<void>>()
  let last: LastCollection | undefined
  let first = true
  let timer: ReturnType<typeof setTimeout> | undefined
  let since: number | undefined

  const rest = async (): Promise<void> => {
    await Promise.all(pauses)
    await new Promise((resolve) => setTimeout(resolve, holds.size > 0 ? REST_BUSY : REST_IDLE))
  }

  const run = (whole: boolean, signal: AbortSignal, onProgress?: (progress: CollectProgress) => void) =>
    serial('collection', async () => {
      let progress: Collected = { blocks: 0, bytes: 0 }
      const report = (next: CollectProgress): void => {
        progress = next
        onProgress?.(next)
      }
      try {
        if (closed.signal.aborted) throw new CafeError('ABORTED')
        const any = AbortSignal.any([signal, closed.signal])
        const done = await collect({ blocks, holds, sources }, { signal: any, whole, onProgress: report, pause: rest })
        last = { at: clock(), ...done }
        return done
      } catch (error) {
        const failure = toCafeError(error)
        last = { at: clock(), blocks: progress.blocks, bytes: progress.bytes, failed: failure.code }
        throw failure
      } finally {
        onChange()
      }
    })

  const runQuietly = async (): Promise<void> => {
    const busy = holds.size > 0 && since !== undefined && performance.now() - since < LONGEST_WAIT
    if (busy) return wait()
    since = undefined
    const whole = first
    try {
      await run(whole, closed.signal)
      first = false
    } catch (error) {
      if (!closed.signal.aborted) log('warn', 'the store could not be collected', { code: toCafeError(error).code })
    }
  }

  const wait = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void runQuietly(), QUIET)
  }

  const soon = (): void => {
    if (closed.signal.aborted) return
    const now = performance.now()
    since ??= now
    if (now - since < LONGEST_WAIT) wait()
  }
  let hourly: ReturnType<typeof setInterval> | undefined

  return {
    add: (source) => void sources.push(source),
    start() {
      soon()
      hourly = setInterval(soon, EVERY)
    },
    soon,
    now: ({ signal, onProgress }) => run(true, signal, onProgress),
    reclaim: () => run(false, closed.signal),
    pause() {
      const { promise, resolve } = Promise.withResolvers<void>()
      pauses.add(promise)
      return () => {
        pauses.delete(promise)
        resolve()
      }
    },
    get last() {
      return last
    },
    close() {
      closed.abort(new CafeError('ABORTED'))
      clearTimeout(timer)
      clearInterval(hourly)
    },
  }
}
