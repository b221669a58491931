/**
 * Notices that the store has lost something it had promised, as a browser's may after it was killed or its disk was full:
 * each commit raises a number, and a mark outside of the store says which number was reached. Where a start finds less in
 * the store than the mark says, the cafe's storage epoch grows. Every receipt names it, so clients and senders bring again
 * what only the lost part knew (security.md §3.3).
 *
 * The mark is written after the commit and not with it: what is lost between two marks goes unnoticed here, and is found
 * by audits and receipts instead.
 */
import { decode, encode } from '../core/codec.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import { count, parse, peerId, v } from '../core/schema.ts'
import type { Change, Rows } from './rows.ts'

const markSchema = v.strictObject({ peer: peerId, epoch: count(), commits: count() })
export type Mark = v.InferOutput<typeof markSchema>

/** A mark as bytes, and back. @throws CafeError for what is none. */
export const packMark = (mark: Mark): Uint8Array<ArrayBuffer> => encode(mark)
export const unpackMark = (bytes: Uint8Array): Mark => parse(markSchema, decode(bytes, MAX_MARK))

/** Where the mark is kept: not in the store that it is about. */
export interface Marks {
  read(): Promise<Mark | undefined>
  write(mark: Mark): Promise<void>
}

export interface EpochComponents {
  readonly marks: Marks
  /** The cafe: a mark of another one says nothing. */
  readonly peer: PeerIdText
  readonly log: Log
}

export interface CountedRows extends Rows {
  /**
   * The storage epoch: 1, and one more for each start that found something lost. From now on the mark follows the commits.
   */
  epoch(components: EpochComponents): Promise<number>
  /** From the commit of this change on it is at least so much: for rows that have come from another place. */
  epochAt(epoch: number): Change
}

const KEY = '/cafe/commits'
const stateSchema = v.strictObject({ epoch: count(), commits: count() })
const MAX_STATE = 64
const MAX_MARK = 256
/** Milliseconds between two marks. */
const EVERY = 2000

/**
 * The same rows, with their commits counted.
 *
 * @example
 * ```ts
 * const rows = await countedRows(await openRows())
 * const epoch = await rows.epoch({ marks: cacheMarks(caches), peer: node.peer, log })
 * ```
 */
export async function countedRows(rows: Rows): Promise<CountedRows> {
  const stored = await rows.get(KEY)
  const state = stored ? parse(stateSchema, decode(stored, MAX_STATE)) : { epoch: 1, commits: 0 }
  let committed = state.commits
  let onCommit = (): void => {}

  const commit: Rows['commit'] = async (changes) => {
    const number = ++state.commits
    await rows.commit([...changes, { key: KEY, value: encode(state) }])
    committed = Math.max(committed, number)
    onCommit()
  }

  return {
    ...rows,
    commit,
    epochAt(epoch) {
      state.epoch = Math.max(state.epoch, epoch)
      return { key: KEY, value: encode(state) }
    },
    async epoch({ marks, peer, log }) {
      const known = await marks.read().catch((cause) => {
        log('warn', 'the mark of the store could not be read', { cause })
        return undefined
      })
      const mark = known?.peer === peer ? known : undefined
      if (mark && (committed < mark.commits || state.epoch < mark.epoch)) {
        log('warn', 'the store has lost what it had', { commits: committed, marked: mark.commits })
        state.epoch = Math.max(state.epoch, mark.epoch) + 1
        state.commits = Math.max(state.commits, mark.commits)
        await commit([])
      }
      const write = nowAndThen(async () => {
        await marks.write({ peer, epoch: state.epoch, commits: committed })
      }, log)
      onCommit = write
      write()
      return state.epoch
    },
  }
}

/** Runs `task` now and then while it is asked for, the last time after the last call. */
function nowAndThen(task: () => Promise<void>, log: Log): () => void {
  let due = false
  let last = Promise.resolve()
  const run = async (): Promise<void> => {
    due = false
    await task().catch((cause) => log('warn', 'the mark of the store could not be written', { cause }))
  }
  return () => {
    if (!due) setTimeout(() => (last = last.then(run)), EVERY) // one after the other: none may ever come to an end
    due = true
  }
}
