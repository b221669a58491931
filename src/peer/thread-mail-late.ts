/** Members for whom too much waits already to be sent more: they get the rest, from where it ended, when there is room. */
import type { Address } from '../core/ids.ts'
import { count, v } from '../core/schema.ts'
import type { Serial } from '../core/serial.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { Entry, Member, Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import { createChore } from './chore.ts'

export interface LateComponents {
  readonly rows: Rows
  readonly threads: Pick<Threads, 'get'>
  /** One thing at a time in each thread. */
  readonly serial: Serial
  /** Up to which block of this device it is settled who gets it by mail. */
  readonly upTo: (id: ThreadIdText) => Promise<number>
  /** @returns false where there is no room for it. */
  readonly send: (thread: Thread, to: Address, entry: Entry) => Promise<boolean>
  readonly isTaken: (id: ThreadIdText, member: Member, entry: Entry) => boolean
}

export interface Late {
  /** From which block on, for each who waits in the thread. */
  of(id: ThreadIdText): Promise<Map<Address, number>>
  note(id: ThreadIdText, who: Address, from: number): Promise<void>
  /** There may be room now. */
  due(): void
  forget(id: ThreadIdText): Promise<void>
  close(): void
}

/** Own blocks looked at in one go. */
const STEP = 64
/** Milliseconds between two tries. */
const WAIT = 5000

const lateRow = v.strictObject({ from: count() })

export function createLate({ rows, threads, serial, upTo, send, isTaken }: LateComponents): Late {
  const lates = table(rows, 'thread-mail-late', lateRow)
  /** There may be some, until it is known that there are none. */
  let any = true

  const goOn = async (thread: Thread, who: Address): Promise<void> => {
    const late = await lates.get(thread.id, who)
    if (!late) return
    const member = (await thread.members()).find(({ address }) => address === who)
    const last = await upTo(thread.id)
    for (let from = late.from - 1; member?.standing === 'in' && from < last; from += STEP)
      for (const entry of await thread.own({ after: from, limit: Math.min(STEP, last - from) })) {
        if (isTaken(thread.id, member, entry) || (await send(thread, who, entry))) continue
        return rows.commit([lates.put([thread.id, who], { from: entry.content.seq })])
      }
    await rows.commit([lates.remove(thread.id, who)])
  }

  const chore = createChore(
    async () => {
      const all = await lates.list([])
      any = all.length > 0
      for (const { key } of all) {
        const [id, who] = key as [ThreadIdText, Address]
        const thread = await threads.get(id)
        if (thread) await serial(id, () => goOn(thread, who))
      }
    },
    { wait: WAIT },
  )

  return {
    of: async (id) => new Map((await lates.list([id])).map(({ key, row }) => [key[1] as Address, row.from])),
    async note(id, who, from) {
      any = true
      await rows.commit([lates.put([id, who], { from })])
    },
    due() {
      if (any) chore.due()
    },
    async forget(id) {
      const gone = await lates.list([id])
      if (gone.length > 0) await rows.commit(gone.map(({ key }) => lates.remove(...key)))
    },
    close: chore.close,
  }
}
