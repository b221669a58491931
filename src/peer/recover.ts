/**
 * Recovery from words alone: the account is open, and any one honest cafe that keeps its backup is enough. Asks the cafes that
 * are given, that a relay names and that are known here; takes the newest manifest, names the cafes that show less; registers
 * at those it names; restores thread after thread, newest first. How far it has come is on disk: run again, it goes on.
 *
 * | fails with                       | means                                                              |
 * |----------------------------------|--------------------------------------------------------------------|
 * | NOT_FOUND {what: 'backup'}       | cafes answered, and none keeps anything for this account; `unreached` others did not |
 * | CORRUPT {what: 'backup'}         | there is a backup, and its manifest is broken wherever it is; `salvage` restores what can be |
 * | UNSUPPORTED {what: 'backup'}     | it was written by a newer version of this program                  |
 * | UNREACHABLE {what: 'backup'}     | no cafe was reached                                                |
 *
 * That words are none is found before, when the account is opened: BAD_REQUEST {what: 'words'}.
 */
import type { BlockSource } from '../cafe/pin/fetch.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_ADDRESSES } from '../core/limits.ts'
import type { Account } from '../crypto/account.ts'
import { ONLY_SLOT } from '../crypto/slot-seal.ts'
import type { Rows } from '../store/rows.ts'
import type { CafeAddress, Cafes } from './cafes.ts'
import type { Keepers } from './keeper.ts'
import type { AccountRecord } from './record.ts'
import { leaveStrangers, restoreAll } from './recover-all.ts'
import { type BehindCafe, behindOf, createInquiry, freshness, newestOf, type Shown } from './recover-reach.ts'
import {
  type AskedCafe,
  MAX_PLACES,
  type Outcome,
  type RecoveryRow,
  type RecoveryStore,
  type RestoredThread,
  recoveryStore,
} from './recover-row.ts'
import type { SlotClient } from './slot-exchange.ts'
import type { Slots } from './slots.ts'

export interface RecoverComponents {
  readonly rows: Rows
  readonly account: () => Account
  readonly cafes: Pick<Cafes, 'list' | 'register' | 'access' | 'deregister'>
  readonly snapshots: SlotClient
  readonly source: BlockSource
  readonly record: AccountRecord
  readonly keepers: Keepers
  readonly slots: Pick<Slots, 'store' | 'subjects' | 'exchange' | 'hold'>
  /** Cafes that a relay knows of. */
  readonly directory?: (options: { signal: AbortSignal }) => Promise<readonly CafeAddress[]>
  readonly clock: Clock
}

export interface RecoverOptions {
  /** Where to look, beside what is known: what a person has links to. Without any an unfinished recovery looks where it did. */
  readonly cafes?: readonly CafeAddress[]
  /** Where the manifest is broken everywhere: restores what the cafes have without it. Threads that were left may come back. */
  readonly salvage?: boolean
  readonly signal: AbortSignal
  readonly onProgress?: (progress: RecoverProgress) => void
}

export interface RecoverProgress {
  readonly step: 'cafes' | 'threads'
  /** A thread that is being restored: it can be used already. */
  readonly thread?: string
  readonly blocks: number
  readonly of: number
  /** Threads that are done with, of those that there are. */
  readonly done: number
  readonly threads: number
}

export interface Recovered {
  /** `unconfirmed`: only one cafe has shown what was restored, so it may be holding something newer back. */
  readonly fresh: 'confirmed' | 'unconfirmed'
  /** The manifest that counted; undefined for what was salvaged without one. */
  readonly manifest: { readonly seq: number; readonly ts: number } | undefined
  readonly cafes: readonly AskedCafe[]
  readonly behind: readonly BehindCafe[]
  readonly threads: readonly RestoredThread[]
  /** Every thread is done with, as far as it can be: nothing waits for being run again. */
  readonly finished: boolean
}

export interface Recover {
  /** @throws CafeError as in the table above; ABORTED; QUOTA if the disk is full. */
  run(options: RecoverOptions): Promise<Recovered>
  /** A recovery that was begun and is not finished. */
  unfinished(): Promise<boolean>
  /** What has been restored so far, or was last. */
  restored(): Promise<readonly RestoredThread[]>
}

export function createRecover(components: RecoverComponents): Recover {
  const store = recoveryStore(components.rows)
  return {
    async run(options) {
      const release = components.slots.hold()
      try {
        return await recovery(components, store, options)
      } finally {
        release()
      }
    },
    async unfinished() {
      const state = await store.state()
      return state !== undefined && state.finished === null
    },
    restored: store.restored,
  }
}

async function recovery(
  components: RecoverComponents,
  store: RecoveryStore,
  options: RecoverOptions,
): Promise<Recovered> {
  const { account, record, slots, clock } = components
  const state = await begin(components, store, options)
  const inquiry = createInquiry(components, (cafe) => store.visit(cafe), options.signal)
  options.onProgress?.({ step: 'cafes', blocks: 0, of: 0, done: 0, threads: 0 })

  /** Takes in the manifests that are shown, oldest first, until nobody names a cafe that has not been asked. */
  const takeManifests = async (): Promise<void> => {
    for (;;) {
      const shown = inquiry
        .shown()
        .flatMap(({ version, body }) => (version && body ? [{ seq: version.seq, body }] : []))
      for (const one of shown.sort((a, b) => a.seq - b.seq)) await slots.exchange.absorb(ONLY_SLOT, one)
      const named = (await record.entries('cafe')).flatMap(({ id, value }) =>
        value ? [{ ...value, cafe: id as PeerIdText }] : [],
      )
      if (!inquiry.add(named)) return
      await inquiry.settle()
    }
  }

  inquiry.add(state.cafes)
  await inquiry.settle()
  checkShown(inquiry.shown(), options.salvage ?? false)
  await takeManifests()
  let threads = await restoreAll(components, store, inquiry.shown(), options)
  const early = inquiry.shown().length
  await inquiry.settle(Number.POSITIVE_INFINITY)
  if (inquiry.shown().length > early) {
    // Those that were slow may know more.
    await takeManifests()
    threads = await restoreAll(components, store, inquiry.shown(), options)
  }
  const shown = inquiry.shown()
  const finished = threads.every(({ state }) => state !== 'waiting')
  if (finished) {
    await leaveStrangers(components, store, shown, options.signal)
    await store.finish(clock())
  }
  const newest = newestOf(shown)
  return {
    ...{ fresh: freshness(shown), manifest: newest && { seq: newest.manifest.seq, ts: newest.manifest.ts } },
    cafes: shown.map(({ cafe, outcome }) => ({ cafe, outcome })),
    ...{ behind: await behindOf(account(), shown), threads, finished },
  }
}

/** Where to look; an unfinished recovery goes on, and looks where it did too. */
async function begin(
  { cafes, directory, clock }: RecoverComponents,
  store: RecoveryStore,
  { cafes: given = [], signal }: RecoverOptions,
): Promise<RecoveryRow> {
  const before = await store.state()
  const going = before !== undefined && before.finished === null ? before : undefined
  // A relay that does not answer names nobody.
  const listed = directory ? await directory({ signal }).catch((): readonly CafeAddress[] => []) : []
  signal.throwIfAborted()
  const known = (await cafes.list()).filter(({ state }) => state === 'active')
  const places = new Map<string, RecoveryRow['cafes'][number]>()
  for (const { cafe, addresses, name } of [...given, ...(going?.cafes ?? []), ...known, ...listed])
    if (!places.has(cafe) && places.size < MAX_PLACES)
      places.set(cafe, { cafe, addresses: addresses.slice(0, MAX_ADDRESSES), ...(name === undefined ? {} : { name }) })
  const row = { started: clock(), finished: null, visited: [], ...going, cafes: [...places.values()] }
  await (going ? store.save(row) : store.begin(row))
  return row
}

function checkShown(shown: readonly Shown[], salvage: boolean): void {
  if (newestOf(shown)) return
  const count = (...outcomes: readonly Outcome[]): number =>
    shown.filter(({ outcome }) => outcomes.includes(outcome)).length
  const what = 'backup'
  const unreached = count('unreachable')
  if (count('newer') > 0) throw new CafeError('UNSUPPORTED', { what })
  if (count('damaged') > 0) {
    if (salvage) return
    throw new CafeError('CORRUPT', { what, unreached })
  }
  if (count('none', 'unknown') > 0) throw new CafeError('NOT_FOUND', { what, unreached })
  throw new CafeError('UNREACHABLE', { what })
}
