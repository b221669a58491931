/** How far a recovery has come: on disk, so that it goes on after whatever ended it. */
import type { ErrorCode } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_ADDRESSES } from '../core/limits.ts'
import { count, multiaddrText, name, peerId, text, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Rows } from '../store/rows.ts'
import { type Table, table } from '../store/table.ts'

const place = v.strictObject({
  cafe: peerId,
  name: v.optional(name),
  addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)),
})

/** Cafes that were given to one recovery: what a person has links to, or what a relay names. */
export const MAX_PLACES = 64

const stateRow = v.strictObject({
  started: count(),
  finished: v.nullable(count()),
  /** Where to look, as it was given. */
  cafes: v.pipe(v.array(place), v.maxLength(MAX_PLACES)),
  /** Cafes this device has come to only to look: those that keep nothing for us are left again. */
  visited: v.pipe(v.array(peerId), v.maxLength(2 * MAX_PLACES)),
})

const threadRow = v.strictObject({
  state: v.picklist(['done', 'older', 'damaged', 'missing', 'waiting']),
  blocks: count(),
  of: count(),
  code: v.optional(text(32)),
})

export type RecoveryRow = v.InferOutput<typeof stateRow>

/**
 * `done`: all of it is here. `older`: so is an older version, since no cafe showed the newest. `damaged`: some blocks, or all
 * copies of the snapshot, are broken everywhere. `missing`: no cafe that was reached has it. `waiting`: not everything could
 * be asked for; going on may bring it.
 */
export interface RestoredThread {
  readonly thread: string
  readonly state: v.InferOutput<typeof threadRow>['state']
  /** Blocks that are here, of those known. */
  readonly blocks: number
  readonly of: number
  readonly code?: ErrorCode | undefined
}

export interface RecoveryStore {
  readonly rows: Rows
  readonly states: Table<RecoveryRow>
  readonly threads: Table<v.InferOutput<typeof threadRow>>
  state(): Promise<RecoveryRow | undefined>
  save(row: RecoveryRow): Promise<void>
  /** Begins anew: forgets what an earlier recovery has restored. */
  begin(row: RecoveryRow): Promise<void>
  /** Notes that this device comes to a cafe only to look. */
  visit(cafe: PeerIdText): Promise<void>
  finish(at: number): Promise<void>
  saveThread(thread: RestoredThread): Promise<void>
  restored(): Promise<readonly RestoredThread[]>
}

const STATE = 'state'

export function recoveryStore(rows: Rows): RecoveryStore {
  const states = table(rows, 'recovery', stateRow)
  const threads = table(rows, 'recovery-thread', threadRow)
  const serial = createSerial()
  const change = (make: (row: RecoveryRow) => Partial<RecoveryRow>): Promise<void> =>
    serial(STATE, async () => {
      const row = await states.get(STATE)
      if (row) await rows.commit([states.put([STATE], { ...row, ...make(row) })])
    })
  return {
    ...{ rows, states, threads },
    state: () => states.get(STATE),
    save: (row) => rows.commit([states.put([STATE], row)]),
    async begin(row) {
      const old = await threads.list([])
      await rows.commit([states.put([STATE], row), ...old.map(({ key }) => threads.remove(...key))])
    },
    visit: (cafe) => change((row) => ({ visited: [...new Set([...row.visited, cafe])].slice(0, 2 * MAX_PLACES) })),
    finish: (at) => change(() => ({ finished: at })),
    saveThread: ({ thread, ...row }) => rows.commit([threads.put([thread], row)]),
    restored: async () =>
      (await threads.list([])).map(({ key: [thread = ''], row }) => ({ thread, ...row }) as RestoredThread),
  }
}

/** What was found at a cafe. */
export type Outcome = 'manifest' | 'none' | 'damaged' | 'newer' | 'unknown' | 'unreachable'

export interface AskedCafe {
  readonly cafe: PeerIdText
  /**
   * `none`: it knows us and has nothing. `damaged`: what it has is broken. `newer`: of a newer version of this program.
   * `unknown`: it does not know the account. `unreachable`: no answer.
   */
  readonly outcome: Outcome
}
