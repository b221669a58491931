/**
 * The cafe's time: never before what it has written down. Clocks jump; a token that has ended must not live again because
 * of it, and a clock that went far back issues nothing, since what it issued could outlive its end.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { CLOCK_BACK } from '../../core/limits.ts'
import { count, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

export interface CafeTime {
  /** Milliseconds since the epoch, never less than the last time written down. */
  now(): number
  /**
   * The time to issue something at.
   * @throws CafeError BUSY {why: 'clock', after} if this device's clock is more than CLOCK_BACK behind what was written.
   */
  issue(): number
  /** Part of a commit: writes the time down. */
  stamp(): Change
}

const timeRow = v.strictObject({ last: count() })

export const timeTable = (rows: Rows): Table<{ last: number }> => table(rows, 'time', timeRow)

/** The time of the cafe whose rows these are; `onBack` is called when issuing is refused. */
export async function createCafeTime(rows: Rows, clock: Clock, onBack: () => void): Promise<CafeTime> {
  const time: Table<{ last: number }> = timeTable(rows)
  let last = (await time.get('last'))?.last ?? 0
  const now = (): number => Math.max(last, clock())
  return {
    now,
    issue() {
      const back = last - clock()
      if (back <= CLOCK_BACK) return now()
      onBack()
      throw new CafeError('BUSY', { why: 'clock', after: back })
    },
    stamp() {
      last = now()
      return time.put(['last'], { last })
    },
  }
}

/** A change that forgets the time written down: the host says that the clock is right now, and was wrong before. */
export const forgetTime = (rows: Rows): Change => timeTable(rows).remove('last')
