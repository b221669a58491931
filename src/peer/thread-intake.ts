/**
 * The one way by which blocks of others come into a thread, from wherever: they are checked and kept by the thread, and
 * then what follows from them is done: notes for the person, a join that waited for the first blocks, a key that is due.
 */
import type { CID } from 'multiformats/cid'
import type { Log } from '../core/log.ts'
import type { SealedBlock } from '../thread/block.ts'
import type { Taken } from '../thread/sync-serve.ts'
import type { Entry, Received, Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import type { Notes } from './thread-notes.ts'

export interface IntakeComponents {
  readonly threads: Threads
  readonly notes: Notes
  readonly log: Log
  readonly chance: () => number
  /** Blocks of others are new here. */
  readonly onArrived: (id: ThreadIdText, entries: readonly Entry[]) => void
  readonly onBlocks: (id: ThreadIdText, blocks: readonly CID[]) => Promise<void>
  /** This device has said something by itself. */
  readonly onSaid: (thread: Thread, entry: Entry) => Promise<void>
}

export interface Intake {
  /** `missing`: blocks that those which came build on, and that are not here. */
  take(id: ThreadIdText, blocks: readonly SealedBlock[]): Promise<Taken & { readonly missing: readonly CID[] }>
  /** What follows from blocks that a thread has taken by itself. */
  taken(thread: Thread, received: Received): Promise<void>
  /** All is here that some other device or cafe has. */
  level(id: ThreadIdText): Promise<void>
  close(): void
}

/** Milliseconds before a key that is due is made: who is first spares the others. */
const TEND = 1000
const SPREAD = 5000
/** Blocks looked at one by one for what follows from them; of more at once only the last are. */
const LOOKED_AT = 512
/** And of history. */
const FEW = 16

export function createIntake(components: IntakeComponents): Intake {
  const { threads, notes, log, chance, onArrived, onBlocks, onSaid } = components
  const tending = new Map<ThreadIdText, ReturnType<typeof setTimeout>>()

  const tend = (thread: Thread): void => {
    if (tending.has(thread.id)) return
    const run = async (): Promise<void> => {
      tending.delete(thread.id)
      const entry = await thread.tend()
      if (entry) await onSaid(thread, entry)
    }
    const timer = setTimeout(
      () => void run().catch((cause) => log('warn', 'key not made', { cause })),
      TEND + chance() * SPREAD,
    )
    tending.set(thread.id, timer)
  }

  const follow = async (thread: Thread, applied: readonly CID[], news: boolean): Promise<void> => {
    await onBlocks(thread.id, applied)
    // History is nobody's news, and to open each block once more would take as long as to get it.
    const looked = news || applied.length <= FEW ? applied.slice(-LOOKED_AT) : []
    const entries = (await Promise.all(looked.map((cid) => thread.entry(cid)))).filter((entry) => !!entry)
    await notes.blocks(thread, entries, news)
    onArrived(thread.id, entries)
    if (entries.some(({ content }) => content.type === 'leave' || content.type === 'remove')) tend(thread)
  }

  return {
    async take(id, blocks) {
      const thread = await threads.get(id)
      if (!thread) return { applied: 0, refused: 0, missing: [] }
      // Asked before: what comes may be all there is, and is history then.
      const { level: news } = await notes.seen(id)
      const { applied, refused, missing } = await thread.receive(blocks)
      for (const { why } of refused) log('debug', 'block refused', { why })
      if (applied.length > 0) await follow(thread, applied, news)
      return { applied: applied.length, refused: refused.length, missing }
    },
    async taken(thread, { applied }) {
      const { level } = await notes.seen(thread.id)
      if (applied.length > 0) await follow(thread, applied, level)
    },
    async level(id) {
      const before = await notes.seen(id)
      await notes.level(id)
      const thread = await threads.get(id)
      if (!thread) return
      if (!before.level) tend(thread)
      const { standing, blocks } = await thread.info()
      if (standing !== null || blocks === 0) return
      const entry = await thread.join()
      if (entry) await onSaid(thread, entry)
    },
    close() {
      for (const timer of tending.values()) clearTimeout(timer)
    },
  }
}
