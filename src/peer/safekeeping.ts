/**
 * Everything that keeps an account safe beyond this device, put together: its record, the slots at its cafes, recovery, the
 * restore drill, and moving. Whoever composes the account peer hands in the threads and what else is kept.
 */
import type { BlockSource } from '../cafe/pin/fetch.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import { createSerial } from '../core/serial.ts'
import type { Account } from '../crypto/account.ts'
import type { Rows } from '../store/rows.ts'
import { agreeOnCafes } from './agree.ts'
import type { CafeAddress, Cafes } from './cafes.ts'
import { createDrill, type Drill } from './drill.ts'
import type { KeptFile } from './drill-files.ts'
import type { Keepers } from './keeper.ts'
import { type Cargo, createMove, type Move } from './move.ts'
import type { AccountRecord, RecordEntry } from './record.ts'
import { createRecover, type Recover } from './recover.ts'
import type { SlotClient } from './slot-exchange.ts'
import { createSlots, type Slots } from './slots.ts'

export interface SafekeepingComponents {
  readonly rows: Rows
  readonly account: Account
  /** This device. */
  readonly device: PeerIdText
  readonly record: AccountRecord
  readonly cafes: Pick<Cafes, 'list' | 'access' | 'register' | 'deregister'>
  readonly snapshots: SlotClient
  readonly source: BlockSource
  readonly keepers: Keepers
  /** Threads in other rows, for a drill: their blocks go nowhere else. */
  readonly trial: (rows: Rows) => Keepers
  /** Everything that cafes keep below a root. */
  readonly files: () => Promise<readonly KeptFile[]>
  /** What a move takes along beside the slots. */
  readonly cargo: readonly Cargo[]
  readonly publish: (options: { signal: AbortSignal }) => Promise<void>
  readonly directory?: (options: { signal: AbortSignal }) => Promise<readonly CafeAddress[]>
  readonly clock: Clock
  readonly random: Random
  readonly onChange?: () => void
}

export interface Safekeeping {
  readonly record: AccountRecord
  readonly slots: Slots
  readonly recover: Recover
  readonly drill: Drill
  readonly move: Move
  /** From now on everything goes on by itself; goes on with a move that was interrupted. */
  open(): Promise<void>
  /** The list of cafes has changed. */
  cafesChanged(): Promise<void>
  /** The record has changed, here or (`merged`) on another device. */
  recordChanged(changed: readonly RecordEntry[], merged: boolean): void
  /** A cafe keeps nothing of ours any more; `left` if we have left it. */
  erased(cafe: PeerIdText, left: boolean): Promise<void>
  close(): void
}

/**
 * The record comes first, since others need it too: give its changes to {@link Safekeeping.recordChanged}.
 *
 * @example
 * ```ts
 * const record = createRecord({ rows, device, clock, onChange: (...news) => safekeeping.recordChanged(...news) })
 * const safekeeping = createSafekeeping({ rows, account, device, record, cafes, keepers, … })
 * await safekeeping.open()
 * ```
 */
export function createSafekeeping(components: SafekeepingComponents): Safekeeping {
  const { cafes, record } = components
  const closed = new AbortController()
  const parts = { ...components, account: (): Account => components.account }
  const slots = createSlots(parts)
  const recover = createRecover({ ...parts, slots })
  const drill = createDrill({ ...parts, slots })
  const move = createMove({ ...parts, slots })
  const serial = createSerial()

  const agree = (): Promise<void> =>
    serial('agree', async () => {
      // A recovery looks at cafes that it may leave again.
      if (closed.signal.aborted || (await recover.unfinished())) return
      await agreeOnCafes({ cafes, record }, closed.signal)
    })

  return {
    ...{ record, slots, drill, move },
    recover: {
      ...recover,
      async run(options) {
        const recovered = await recover.run(options)
        await agree()
        await slots.sync()
        return recovered
      },
    },
    async open() {
      await drill.tidy()
      await agree()
      await slots.sync()
      // What is in the way of it is in its state, and whoever looks there may go on with it.
      void move.resume({ signal: closed.signal }).catch(() => {})
    },
    async cafesChanged() {
      await agree()
      await slots.sync()
    },
    recordChanged(changed, merged) {
      slots.changed()
      if (merged && changed.some(({ kind }) => kind === 'cafe')) void agree().catch(() => {}) // tried again with the next
    },
    async erased(cafe, left) {
      await slots.erased(cafe)
      if (left && !(await recover.unfinished())) await record.remove('cafe', cafe)
    },
    close() {
      closed.abort()
      slots.close()
    },
  }
}
