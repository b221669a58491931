/**
 * The restore drill: everything is restored from the cafes into rows of its own, as a new device would, and compared with what
 * this device has. What it finds is kept with its date; what it restored is thrown away, also after a crash. Nothing is written
 * at any cafe.
 */
import type { BlockSource } from '../cafe/pin/fetch.ts'
import type { Clock, Random } from '../core/clock.ts'
import { toCafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { count, text, v } from '../core/schema.ts'
import type { Account } from '../crypto/account.ts'
import { ONLY_SLOT } from '../crypto/slot-seal.ts'
import type { Rows } from '../store/rows.ts'
import { clear, scopedRows } from '../store/scope.ts'
import { table } from '../store/table.ts'
import type { Cafes } from './cafes.ts'
import { checkFiles, type KeptFile } from './drill-files.ts'
import type { Keepers } from './keeper.ts'
import { manifestHash, openManifest } from './manifest.ts'
import { type AccountRecord, createRecord } from './record.ts'
import { offers, type RestoreComponents, restoreThread } from './recover-threads.ts'
import { createSlotExchange, type SlotClient } from './slot-exchange.ts'
import { MANIFEST, slotStore } from './slot-row.ts'
import { createSubjects } from './slot-subject.ts'
import type { Slots } from './slots.ts'
import { openSnapshot, stateHash } from './snapshot.ts'

export interface DrillComponents {
  readonly rows: Rows
  readonly account: () => Account
  readonly device: PeerIdText
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly snapshots: SlotClient
  readonly source: BlockSource
  readonly record: AccountRecord
  readonly slots: Pick<Slots, 'run' | 'store' | 'subjects'>
  /** Threads in other rows, whose blocks go nowhere else. */
  readonly trial: (rows: Rows) => Keepers
  /** Everything that cafes keep below a root: files, packs. */
  readonly files: () => Promise<readonly KeptFile[]>
  readonly clock: Clock
  readonly random: Random
}

/** What is not as it should be. `about`: a cafe, thread or root. */
const problem = v.strictObject({
  what: v.picklist(['cafe', 'manifest', 'record', 'snapshot', 'blocks', 'file']),
  about: text(128),
  code: text(32),
})
const reportRow = v.strictObject({
  at: count(),
  ok: v.boolean(),
  cafes: count(),
  threads: count(),
  /** Blocks that came from the cafes and were whole. */
  blocks: count(),
  files: count(),
  problems: v.pipe(v.array(problem), v.maxLength(100)),
})

export type DrillProblem = v.InferOutput<typeof problem>
export type DrillReport = v.InferOutput<typeof reportRow>

export interface DrillProgress {
  readonly done: number
  readonly of: number
}

export interface Drill {
  /** @throws CafeError ABORTED; QUOTA if the disk is full. What the cafes do wrong is in the report. */
  run(options: { signal: AbortSignal; onProgress?: (progress: DrillProgress) => void }): Promise<DrillReport>
  /** The last one, and the last without any problem. */
  last(): Promise<{ readonly last: DrillReport | undefined; readonly good: DrillReport | undefined }>
  /** Throws away what one that was cut off has left: at the start. */
  tidy(): Promise<void>
}

const SCOPE = 'drill'
const MAX_PROBLEMS = 100
/** Blocks restored into memory: some tens of megabytes. Of what is beyond, each pack is sampled. */
const MAX_RESTORED = 5000

export function createDrill(components: DrillComponents): Drill {
  const { rows, clock } = components
  const reports = table(rows, 'drill', reportRow)
  return {
    async run({ signal, onProgress = () => {} }) {
      await clear(rows, SCOPE, { signal })
      try {
        const report = await drill(components, scopedRows(rows, SCOPE), signal, onProgress)
        const row = { ...report, at: clock(), ok: report.problems.length === 0 }
        const problems = row.problems.slice(0, MAX_PROBLEMS)
        const good = row.ok ? [reports.put(['good'], row)] : []
        await rows.commit([reports.put(['last'], { ...row, problems }), ...good])
        return { ...row, problems }
      } finally {
        await clear(rows, SCOPE)
      }
    },
    last: async () => ({ last: await reports.get('last'), good: await reports.get('good') }),
    tidy: () => clear(rows, SCOPE),
  }
}

type Findings = Omit<DrillReport, 'at' | 'ok'>

async function drill(
  components: DrillComponents,
  rows: Rows,
  signal: AbortSignal,
  onProgress: (progress: DrillProgress) => void,
): Promise<Findings> {
  const { account, device, cafes, clock, slots } = components
  // What has changed a moment ago is to be there too; what cannot be brought there is found missing.
  await slots.run()
  const store = slotStore(rows)
  const record = createRecord({ rows, device, clock })
  const keepers = components.trial(rows)
  const subjects = createSubjects({ account, device, record, keepers, store })
  const exchange = createSlotExchange({ ...components, store, subjects })
  const trial: RestoreComponents = { ...components, keepers, store, subjects, exchange }
  const problems: DrillProblem[] = []
  const active = (await cafes.list()).filter(({ state }) => state === 'active').map(({ cafe }) => cafe)
  for (const cafe of active) problems.push(...(await readManifest(components, trial, cafe, signal)))
  problems.push(...(await compareRecords(components.record, record)))

  const live = (await components.record.entries('thread')).flatMap(({ id, value }) => (value ? [id] : []))
  const { offered } = await offers(trial, active, live, signal)
  const files = await components.files()
  const of = offered.length + files.length
  let done = 0
  let blocks = 0
  let threads = 0
  for (const one of offered) {
    const bare = blocks > MAX_RESTORED
    const restored = await restoreThread(trial, one, { signal, bare, onProgress: () => {} })
    onProgress({ done: ++done, of })
    if (!restored) continue
    threads++
    blocks += restored.blocks
    const { thread, state, code = 'NOT_FOUND' } = restored
    if (state !== 'done') problems.push({ what: restored.of > 0 ? 'blocks' : 'snapshot', about: thread, code })
    else if (!(await hasAllOfOurs(components, keepers, thread)))
      problems.push({ what: 'snapshot', about: thread, code: 'CONFLICT' })
  }
  const checked = await checkFiles(components, files, signal, () => onProgress({ done: ++done, of }))
  blocks += checked.blocks
  problems.push(...checked.problems)
  if (active.length === 0) problems.push({ what: 'cafe', about: '', code: 'NOT_FOUND' })
  return { cafes: active.length, threads, blocks, files: files.length, problems }
}

/** Takes in what a cafe shows as the manifest, and says what is wrong with it. */
async function readManifest(
  { account, snapshots, cafes, slots }: DrillComponents,
  { exchange }: RestoreComponents,
  cafe: PeerIdText,
  signal: AbortSignal,
): Promise<DrillProblem[]> {
  try {
    const auth = await cafes.access(cafe, { signal })
    const found = await snapshots.get(cafe, ONLY_SLOT, { auth, signal })
    if (!found) return [{ what: 'manifest', about: cafe, code: 'NOT_FOUND' }]
    await openManifest(account(), found.body)
    await exchange.absorb(ONLY_SLOT, found)
    const signed = (await slots.store.at.get(cafe, MANIFEST))?.signed ?? 0
    return found.seq < signed ? [{ what: 'manifest', about: cafe, code: 'CONFLICT' }] : []
  } catch (thrown) {
    signal.throwIfAborted()
    const { code } = toCafeError(thrown)
    return [{ what: code === 'CORRUPT' || code === 'UNSUPPORTED' ? 'manifest' : 'cafe', about: cafe, code }]
  }
}

/** All that our record says must be said by what was restored; that may say more. */
async function compareRecords(own: AccountRecord, restored: AccountRecord): Promise<DrillProblem[]> {
  const hash = async (of: AccountRecord) => manifestHash({ entries: await of.all(), versions: new Map() })
  const before = await hash(restored)
  await restored.merge(await own.all())
  return sameBytes(before, await hash(restored)) ? [] : [{ what: 'record', about: MANIFEST, code: 'CONFLICT' }]
}

/** Is all that we have sealed of a thread in what was restored of it? That may be more, by another device. */
async function hasAllOfOurs({ account, slots }: DrillComponents, keepers: Keepers, thread: string): Promise<boolean> {
  const [keeper, body] = [await keepers.get(thread), await slots.store.body(thread)]
  if (!keeper || !body) return keeper !== undefined
  const ours = await openSnapshot(account(), await slots.subjects.slotOf(thread), body)
  const before = await stateHash(await keeper.state())
  await keeper.merge(ours)
  return sameBytes(before, await stateHash(await keeper.state()))
}
