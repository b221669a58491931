/**
 * What happened at the cafe, for its host: who came and went, what was kept and what was turned away. Names no more than
 * the host sees anyway (the two ends of an address), nothing of content, and nothing of letters or searches. The last
 * MAX_ACTIVITY lines, none older than ACTIVITY_TTL; the same again within an hour is one line with a count, so nobody fills
 * it by repeating himself. Lines of an account go when all that is kept for it is erased, but for the one that says so.
 *
 * It is written beside the work and not with it: a line may be lost with the process, never the other way round.
 */
import type { Clock } from '../core/clock.ts'
import { type CafeError, isCafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import { ACTIVITY_AGAIN, ACTIVITY_TTL, MAX_ACTIVITY } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { count, text, v } from '../core/schema.ts'
import type { Change, Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'

/**
 * `device`: one more of a client; `locked`: its invite was withdrawn; `full`: there was no room for what it brought;
 * `admitted` and `refused`: the host's answer to who has `asked`.
 */
export const HAPPENINGS = [
  ...(['opened', 'closed', 'paused', 'resumed'] as const),
  ...(['joined', 'device', 'asked', 'admitted', 'refused', 'left', 'evicted', 'locked', 'kept', 'full'] as const),
] as const
export type Happening = (typeof HAPPENINGS)[number]

const activityRow = v.strictObject({
  what: v.picklist(HAPPENINGS),
  /** The two ends of an address; null where it is about the cafe. */
  who: v.nullable(text(16)),
  /** The first time and the last, in milliseconds since the epoch. */
  from: count(),
  at: count(),
  times: count(),
  /** Bytes of what was kept. */
  bytes: count(),
})
export type Activity = v.InferOutput<typeof activityRow>

export const activityTable = (rows: Rows): Table<Activity> => table(rows, 'activity', activityRow)

export interface ActivityLog {
  /** Notes what has happened; it is on the medium soon after. */
  note(what: Happening, who?: Address, bytes?: number): void
  /** Newest first. */
  list(): readonly Activity[]
  /** Changes that forget all lines of an account. */
  forget(account: Address): Change[]
  /** `task`, with a line if there was no room for what the account brought. */
  noteFull<T>(account: Address, task: Promise<T>): Promise<T>
  /** Resolves when all is written. */
  close(): Promise<void>
}

interface ActivityComponents {
  readonly rows: Rows
  readonly now: Clock
  readonly log: Log
  /** There is a new line. */
  readonly onChange: () => void
}

/** Keys are numbers in the order of what happened, all of one length. */
const keyOf = (place: number): string => place.toString().padStart(12, '0')
/** Not one that brings more than it has declared. */
const lacksRoom = ({ code, data }: CafeError): boolean =>
  code === 'QUOTA' && (data['limit'] !== undefined || data['disk'] === true)
const endsOf = (account: Address): string => `${account.slice(0, 6)}…${account.slice(-6)}`

export async function createActivity({ rows, now, log, onChange }: ActivityComponents): Promise<ActivityLog> {
  const lines = activityTable(rows)
  // One that cannot be read says nothing; it goes with the oldest.
  const found = await lines.list([], { damaged: () => {} })
  const kept = new Map(found.map(({ key, row }) => [Number(key[0]), row]))
  const unwritten = new Map<number, Change>()
  let last = Math.max(0, ...kept.keys())
  let writing: Promise<void> | undefined

  const put = (place: number, row: Activity): void => {
    kept.set(place, row)
    unwritten.set(place, lines.put([keyOf(place)], row))
  }
  const drop = (place: number): void => {
    kept.delete(place)
    unwritten.set(place, lines.remove(keyOf(place)))
  }
  const write = async (): Promise<void> => {
    while (unwritten.size > 0) {
      const changes = [...unwritten.values()]
      unwritten.clear()
      // What it is about has happened all the same.
      await rows.commit(changes).catch((cause) => log('warn', 'the activity log could not be written', { cause }))
    }
    writing = undefined
  }

  /** The line that says the same, if it is not old. */
  const same = (what: Happening, who: string | null, at: number): [number, Activity] | undefined =>
    [...kept].findLast(([, line]) => line.what === what && line.who === who && at - line.from < ACTIVITY_AGAIN)

  const note: ActivityLog['note'] = (what, account, bytes = 0) => {
    const at = now()
    const who = account === undefined ? null : endsOf(account)
    const [place, before] = same(what, who, at) ?? []
    if (place !== undefined) drop(place)
    put(++last, {
      ...{ what, who, at, from: before?.from ?? at },
      ...{ times: (before?.times ?? 0) + 1, bytes: (before?.bytes ?? 0) + bytes },
    })
    const over = [...kept.keys()].slice(0, -MAX_ACTIVITY)
    const old = [...kept].filter(([, line]) => line.at + ACTIVITY_TTL < at).map(([place]) => place)
    for (const place of new Set([...over, ...old])) drop(place)
    writing ??= write()
    onChange()
  }

  return {
    note,
    list: () => [...kept.values()].reverse(),
    forget(account) {
      const places = [...kept].filter(([, { who }]) => who === endsOf(account)).map(([place]) => place)
      return places.map((place) => {
        kept.delete(place)
        unwritten.delete(place)
        return lines.remove(keyOf(place))
      })
    },
    async noteFull(account, task) {
      try {
        return await task
      } catch (error) {
        if (isCafeError(error) && lacksRoom(error)) note('full', account)
        throw error
      }
    },
    close: async () => writing,
  }
}
