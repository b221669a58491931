/** Notices when other devices come to a thread or go from it, by whatever way the blocks that say so have come. */
import type { Log } from '../core/log.ts'
import type { Entry, ThreadIdText } from '../thread/thread.ts'
import type { News } from './thread-news.ts'
import type { Roster } from './thread-roster.ts'

export interface MembershipComponents {
  readonly roster: Roster
  readonly news: News
  readonly log: Log
  /** Looks for those who are in now. */
  readonly refresh: () => Promise<void>
}

export interface Membership {
  /** These blocks are new here. */
  blocks(id: ThreadIdText, entries: readonly Entry[]): Promise<void>
  /** Something is new in a thread: looked at when it has settled. */
  settle(id: ThreadIdText): void
  close(): void
}

/** Milliseconds between two looks at threads in which something is new. */
const SETTLE = 2000

export function createMembership({ roster, news, log, refresh }: MembershipComponents): Membership {
  const unsettled = new Set<ThreadIdText>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const look = (): void => {
    timer = undefined
    for (const id of unsettled) roster.forget(id)
    unsettled.clear()
    void refresh().catch((cause) => log('warn', 'members not looked for', { cause }))
  }

  return {
    async blocks(id, entries) {
      if (!(await roster.changed(id, entries))) return
      news.emit('members', id)
      await refresh()
    },
    settle(id) {
      unsettled.add(id)
      timer ??= setTimeout(look, SETTLE)
    },
    close: () => clearTimeout(timer),
  }
}
