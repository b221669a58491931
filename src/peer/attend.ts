/**
 * Looks after the sessions by itself: keeps a live channel open to each cafe, so that what its host decides is known here
 * at once; and refreshes tokens before they end, whether or not anybody uses them. After a start, sleep or a failure it
 * goes on where it was. What a channel says is only a hint: the cafe is then asked.
 */
import type { SessionClient } from '../cafe/session/client.ts'
import type { Standing } from '../cafe/session/protocol.ts'
import type { Clock } from '../core/clock.ts'
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { ACCESS_TTL } from '../core/limits.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import { type Joined, refreshDue } from './cafe-row.ts'
import type { Cafes } from './cafes.ts'

export interface AttendComponents {
  readonly cafes: Pick<Cafes, 'list' | 'access' | 'check' | 'heard'>
  readonly client: Pick<SessionClient, 'watch'>
  readonly clock: Clock
  /** From 0 to 1: spreads what would otherwise happen everywhere at once. */
  readonly chance?: () => number
  /** A cafe that knows us is there, maybe again, in this storage epoch; or it takes what is new again after a pause. */
  readonly onConnected?: (cafe: PeerIdText, epoch: number | undefined) => void
}

export interface Attendance {
  /** The list of cafes has changed, or it is time to begin. */
  sync(): Promise<void>
  /** There is reason to look again at once: we slept, or the network is back. */
  wake(): void
  close(): void
}

/** Before what failed is tried again. */
const PAUSES: Pauses = { first: 1000, longest: 2 * 60_000 }
/** Milliseconds between two looks at the clock: timers stand still while a machine sleeps. */
const LOOK = 60_000
/** Tokens are refreshed up to this long after they are due, so that a cafe's clients do not all come at once. */
const SPREAD = 0.05 * ACCESS_TTL

export function createAttendance({
  cafes,
  client,
  clock,
  chance = Math.random,
  onConnected,
}: AttendComponents): Attendance {
  const closed = new AbortController()
  const watched = new Map<PeerIdText, AbortController>()
  /** When each session is refreshed, and how often that has failed. */
  const due = new Map<PeerIdText, { issued: number; at: number; failures: number }>()
  const pauses = new Set<() => void>()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Waits, but not over a wake or the end. */
  const pause = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(wait)
        pauses.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const wait = setTimeout(end, ms)
      pauses.add(end)
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
    })

  const check = (cafe: PeerIdText, signal: AbortSignal): Promise<void> =>
    // What it found out is in the row; what failed is tried again with the channel.
    cafes.check(cafe, { signal }).catch(() => {})

  const hear = async (cafe: PeerIdText, standing: Standing, signal: AbortSignal): Promise<void> => {
    const row = (await cafes.list()).find((row) => row.cafe === cafe)
    const known = row?.state === 'waiting' ? 'waiting' : 'client'
    if (row && row.state !== 'ended' && standing !== known) await check(cafe, signal)
  }

  const watch = async ({ cafe, address }: Joined, signal: AbortSignal): Promise<void> => {
    for (let failures = 1; !signal.aborted; failures++) {
      let isNew = true
      let wasPaused = false
      const said = (paused: boolean, farewell: Joined['farewell']): Promise<void> =>
        cafes.heard(cafe, { paused, farewell }).catch(() => {}) // told again with the next channel
      try {
        await client.watch(
          cafe,
          address,
          (standing, { epoch, paused }) => {
            failures = 0
            void said(paused, null)
            if ((isNew || (wasPaused && !paused)) && standing === 'client') onConnected?.(cafe, epoch)
            isNew = false
            wasPaused = paused
            void hear(cafe, standing, signal)
          },
          { signal, onFarewell: (words) => void said(wasPaused, { words, at: clock() }) },
        )
      } catch (thrown) {
        if (signal.aborted) return
        if (toCafeError(thrown).code === 'UNAUTHORIZED') await check(cafe, signal)
      }
      await pause(pauseAfter(failures, PAUSES), signal)
    }
  }

  const refresh = async (row: Joined): Promise<void> => {
    const { cafe, issued } = row
    const known = due.get(cafe)
    const plan = known?.issued === issued ? known : { issued, at: refreshDue(row) + chance() * SPREAD, failures: 0 }
    due.set(cafe, plan)
    if (clock() < plan.at) return
    try {
      await cafes.access(cafe, { signal: closed.signal })
    } catch {
      plan.at = clock() + pauseAfter(++plan.failures, PAUSES)
    }
  }

  const look = async (): Promise<void> => {
    clearTimeout(timer)
    const active = (await cafes.list()).filter(({ state }) => state === 'active')
    await Promise.all(active.map(refresh))
    if (closed.signal.aborted) return
    const next = Math.min(LOOK, ...active.map(({ cafe }) => (due.get(cafe)?.at ?? 0) - clock()))
    clearTimeout(timer)
    timer = setTimeout(() => void look().catch(() => {}), Math.max(PAUSES.first, next))
  }

  const sync = async (): Promise<void> => {
    if (closed.signal.aborted) return
    const open = (await cafes.list()).filter(({ state }) => state !== 'ended')
    for (const [cafe, stop] of watched) {
      if (open.some((row) => row.cafe === cafe)) continue
      stop.abort()
      watched.delete(cafe)
      due.delete(cafe)
    }
    for (const row of open) {
      if (watched.has(row.cafe)) continue
      const stop = new AbortController()
      watched.set(row.cafe, stop)
      void watch(row, AbortSignal.any([stop.signal, closed.signal]))
    }
  }

  return {
    async sync() {
      await sync()
      await look()
    },
    wake() {
      for (const end of [...pauses]) end()
      for (const plan of due.values()) if (plan.failures > 0) Object.assign(plan, { at: 0, failures: 0 })
      void look().catch(() => {})
    },
    close() {
      closed.abort()
      clearTimeout(timer)
    },
  }
}
