/** Things the host should know of: kept until dismissed, bounded, and one row however often the same comes again. */
import { MAX_ALARMS } from '../../core/limits.ts'
import type { Change } from '../../store/rows.ts'
import type { AlarmRow, SessionStore } from './store.ts'

export type Alarm = AlarmRow & { readonly id: string }

export interface Alarms {
  /** Changes that write one down; none where the same was written within the last minute. */
  raise(alarm: Pick<AlarmRow, 'kind' | 'account' | 'peer'>, now: number): Promise<Change[]>
  /** Newest first. */
  list(): Promise<readonly Alarm[]>
  /** Forgets one that the host has seen. */
  dismiss(id: string): Promise<void>
}

/** A thief who calls in a loop must not make us write in a loop. */
const AGAIN = 60_000

export function createAlarms({ alarms, rows }: Pick<SessionStore, 'alarms' | 'rows'>): Alarms {
  const list = async (): Promise<Alarm[]> => {
    const found = await alarms.list([])
    return found.map(({ key, row }) => ({ ...row, id: key.join('') })).sort((a, b) => b.at - a.at)
  }
  return {
    list,
    async raise({ kind, account, peer }, now) {
      const id = [kind, account, peer].filter((part) => part !== null).join('-')
      const before = await alarms.get(id)
      if (before && Math.abs(now - before.at) < AGAIN) return []
      const over = before ? [] : (await list()).slice(MAX_ALARMS - 1)
      return [
        ...over.map((alarm) => alarms.remove(alarm.id)),
        alarms.put([id], { kind, account, peer, at: now, times: (before?.times ?? 0) + 1 }),
      ]
    },
    dismiss: (id) => rows.commit([alarms.remove(id)]),
  }
}
