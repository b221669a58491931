/**
 * Whose turn it is to be fetched: FETCHES at once, one for each account while others wait, and what did not reach an origin
 * again later. Keys are `account/id`. What waits is on disk with whoever opens this.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { FETCHES } from '../../core/limits.ts'
import type { Parts } from '../../store/table.ts'
import type { DueRow } from './notes.ts'

/** A fetch under way. */
export interface Fetching {
  readonly stop: AbortController
  soFar: { readonly blocks: number; readonly bytes: number }
}

export interface FetchQueueComponents {
  /** Fetches one; gives when to try again, if at all. */
  readonly attempt: (key: string, due: DueRow, job: Fetching) => Promise<DueRow | undefined>
  readonly clock: Clock
}

export interface FetchQueue {
  /** Takes up what was waiting or under way when the last one closed. */
  open(rows: readonly { readonly key: Parts; readonly row: DueRow }[]): void
  add(key: string, due: DueRow): void
  has(key: string): boolean
  running(key: string): Fetching | undefined
  /** Fetches of an account, waiting or under way. */
  countOf(account: string): number
  /** Forgets one, with what it brought, and resolves when nothing of it goes on. */
  stop(key: string): Promise<void>
  stopAll(account: string): Promise<void>
  /** Stops all; what waits or is under way is on disk, for the next {@link FetchQueue.open}. */
  close(): Promise<void>
}

/** Milliseconds until an origin that was not reached is tried again: at first, and at most. */
const FIRST_WAIT = 5000
const LONGEST_WAIT = 15 * 60_000
/** Milliseconds between looks at the clock while something waits for its time. */
const LOOK = 1000

export const nextTry = ({ tries }: DueRow, now: number): DueRow => ({
  next: now + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 16)),
  tries: tries + 1,
})

const accountOf = (key: string): string => key.split('/')[0] as string

export function createFetchQueue({ attempt, clock }: FetchQueueComponents): FetchQueue {
  const waiting = new Map<string, DueRow>()
  const running = new Map<string, Fetching & { readonly ended: Promise<void> }>()
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const start = (key: string, due: DueRow): void => {
    waiting.delete(key)
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const job = { stop: new AbortController(), soFar: { blocks: 0, bytes: 0 }, ended }
    running.set(key, job)
    const over = (again: DueRow | undefined): void => {
      running.delete(key)
      if (again && !job.stop.signal.aborted) waiting.set(key, again)
      resolve()
      run()
    }
    // Rows that cannot be written now are tried again at the next opening.
    attempt(key, due, job).then(over, () => over(undefined))
  }

  const run = (): void => {
    clearTimeout(timer)
    if (closed) return
    const busy = new Set([...running.keys()].map(accountOf))
    for (const [key, due] of [...waiting]) {
      if (running.size >= FETCHES) return
      if (due.next > clock() || busy.has(accountOf(key))) continue
      busy.add(accountOf(key))
      start(key, due)
    }
    if ([...waiting.values()].some(({ next }) => next > clock())) timer = setTimeout(run, LOOK)
  }

  const end = async (key: string, reason: CafeError): Promise<void> => {
    waiting.delete(key)
    const job = running.get(key)
    job?.stop.abort(reason)
    await job?.ended
  }
  /** Nobody wants it any more: that is no reason to keep what came of it. */
  const stop = (key: string): Promise<void> => end(key, new CafeError('NOT_FOUND', { what: 'pin' }))
  const keysOf = (account: string): string[] =>
    [...waiting.keys(), ...running.keys()].filter((key) => accountOf(key) === account)

  return {
    open(rows) {
      closed = false
      for (const { key, row } of rows) waiting.set(key.join('/'), { ...row, next: 0 })
      run()
    },
    add(key, due) {
      waiting.set(key, due)
      // After whoever adds it has said so: its first state is queued.
      queueMicrotask(run)
    },
    has: (key) => waiting.has(key) || running.has(key),
    running: (key) => running.get(key),
    countOf: (account) => keysOf(account).length,
    stop,
    stopAll: async (account) => void (await Promise.all(keysOf(account).map(stop))),
    async close() {
      closed = true
      clearTimeout(timer)
      waiting.clear()
      await Promise.all([...running.keys()].map((key) => end(key, new CafeError('ABORTED'))))
    },
  }
}
