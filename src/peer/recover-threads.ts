/**
 * The second half of a recovery: the threads, newest first. Each is there for use as soon as its snapshot is; what is broken at
 * one cafe is taken from another, or from the version before; what is broken everywhere is told and stops no other thread.
 */
import type { BlockSource } from '../cafe/pin/fetch.ts'
import type { SlotVersion } from '../cafe/snapshot/protocol.ts'
import { CafeError, type ErrorCode, toCafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import { authorized, type Cafes } from './cafes.ts'
import type { Keepers } from './keeper.ts'
import { fetchBlocks } from './recover-blocks.ts'
import type { RestoredThread } from './recover-row.ts'
import type { SlotClient, SlotExchange } from './slot-exchange.ts'
import { MANIFEST, type SlotStore } from './slot-row.ts'
import type { Subjects } from './slot-subject.ts'

export interface RestoreComponents {
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly snapshots: Pick<SlotClient, 'get' | 'list'>
  readonly source: BlockSource
  readonly keepers: Keepers
  readonly store: SlotStore
  readonly subjects: Subjects
  readonly exchange: Pick<SlotExchange, 'absorb'>
}

/** A slot, and which cafe has which version of it. */
export interface Offered {
  readonly slot: Uint8Array
  /** Undefined for a thread that no manifest names. */
  readonly thread: string | undefined
  readonly at: readonly { readonly cafe: PeerIdText; readonly version: SlotVersion }[]
}

/** A slot of a thread that was left, which a cafe still has. */
export interface LeftSlot {
  readonly cafe: PeerIdText
  readonly thread: string
  readonly seq: number
}

export interface RestoreOptions {
  readonly signal: AbortSignal
  readonly onProgress: (thread: string, blocks: number, of: number) => void
  /** Without its blocks. */
  readonly bare?: boolean
}

/**
 * What the cafes have, the slots that were written last first, and at last the threads that none of them has. Says too which
 * cafe has a slot of a thread that was left.
 */
export async function offers(
  { cafes, snapshots, subjects }: RestoreComponents,
  asked: readonly PeerIdText[],
  threads: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly offered: readonly Offered[]; readonly left: readonly LeftSlot[] }> {
  const found = new Map<string, { cafe: PeerIdText; version: SlotVersion }[]>()
  const list = async (cafe: PeerIdText): Promise<void> => {
    try {
      const all = await authorized(cafes, cafe, signal, (auth) =>
        Array.fromAsync(snapshots.list(cafe, { auth, signal })),
      )
      for (const version of all)
        found.set(hex(version.slot), [...(found.get(hex(version.slot)) ?? []), { cafe, version }])
    } catch {
      // It offers nothing then; what it alone has is reported as missing.
      signal.throwIfAborted()
    }
  }
  await Promise.all(asked.map(list))
  const index = await subjects.index()
  const left: LeftSlot[] = []
  const offered: Offered[] = []
  for (const [slot, at] of found) {
    const thread = index.get(slot)
    if (thread === MANIFEST) continue
    const newestFirst = at.sort((a, b) => b.version.seq - a.version.seq)
    const first = newestFirst[0]
    if (!first) continue
    if (thread !== undefined && (await subjects.isGone(thread)))
      left.push(...at.map(({ cafe, version: { seq } }) => ({ cafe, thread, seq })))
    else offered.push({ slot: first.version.slot, thread, at: newestFirst })
  }
  const time = ({ at }: Offered): number => Math.max(...at.map(({ version }) => version.time))
  offered.sort((a, b) => time(b) - time(a))
  const named = new Set(offered.map(({ thread }) => thread))
  for (const thread of threads)
    if (!named.has(thread)) offered.push({ slot: await subjects.slotOf(thread), thread, at: [] })
  return { offered, left }
}

/** Restores one thread; undefined for a slot that nobody can say anything about. @throws CafeError ABORTED; QUOTA. */
export async function restoreThread(
  components: RestoreComponents,
  offered: Offered,
  options: RestoreOptions,
): Promise<RestoredThread | undefined> {
  const { store, keepers, cafes, source } = components
  const wanted = offered.thread === undefined ? undefined : await store.kept.get(offered.thread)
  const { got, failures } = await fetchSnapshot(components, offered, wanted?.seq ?? 0, options.signal)
  const thread = got?.thread ?? offered.thread
  if (thread === undefined) return undefined
  const keeper = await keepers.get(thread)
  if (!got || !keeper) return { thread, blocks: 0, of: 0, ...whyNone(failures) }
  const state = got.seq < (wanted?.seq ?? 0) ? 'older' : 'done'
  options.onProgress(thread, 0, 0)
  if (options.bare) return { thread, blocks: 0, of: 0, state }
  const origins = (await cafes.list()).map(({ cafe }) => cafe)
  const { packs } = await keeper.state()
  const found = await fetchBlocks(keeper, {
    ...{ source, origins, packs, signal: options.signal },
    onProgress: (blocks, of) => options.onProgress(thread, blocks, of),
  })
  const { blocks, of } = found
  if (found.unreached > 0) return { thread, blocks, of, state: 'waiting', code: 'UNREACHABLE' }
  if (found.lost > 0) return { thread, blocks, of, state: 'damaged', code: 'NOT_FOUND' }
  return { thread, blocks, of, state }
}

interface Got {
  readonly thread: string
  readonly seq: number
}

/** The newest version that opens: from whichever cafe shows it, and else the one before. */
async function fetchSnapshot(
  { cafes, snapshots, exchange }: RestoreComponents,
  { slot, at }: Offered,
  wanted: number,
  signal: AbortSignal,
): Promise<{ readonly got: Got | undefined; readonly failures: readonly ErrorCode[] }> {
  const failures: ErrorCode[] = []
  let got: Got | undefined
  const take = async (cafe: PeerIdText, seq: number): Promise<void> => {
    if (got && got.seq >= seq) return
    try {
      const found = await authorized(cafes, cafe, signal, (auth) => snapshots.get(cafe, slot, { auth, signal, seq }))
      if (!found) throw new CafeError('NOT_FOUND')
      const { key, seq: version } = await exchange.absorb(slot, found)
      got = { thread: key, seq: version }
    } catch (thrown) {
      signal.throwIfAborted()
      failures.push(toCafeError(thrown).code)
    }
  }
  for (const { cafe, version } of at) {
    await take(cafe, version.seq)
    if (got && got.seq >= wanted) return { got, failures }
  }
  // None shows what there should be: the best of what is left.
  for (const { cafe, version } of at) if (version.before !== undefined) await take(cafe, version.before)
  return { got, failures }
}

function whyNone(failures: readonly ErrorCode[]): Pick<RestoredThread, 'state' | 'code'> {
  if (failures.length === 0) return { state: 'missing', code: 'NOT_FOUND' }
  const answered = failures.filter((code) => code === 'CORRUPT' || code === 'UNSUPPORTED' || code === 'NOT_FOUND')
  if (answered.length < failures.length) return { state: 'waiting', code: 'UNREACHABLE' }
  const code = answered.find((one) => one !== 'NOT_FOUND') ?? 'NOT_FOUND'
  return { state: code === 'NOT_FOUND' ? 'missing' : 'damaged', code }
}
