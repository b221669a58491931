/**
 * A thread's blocks at the cafes: gathered into packs, each one backup. The root of a pack is a dag-cbor list of the CIDs of
 * its blocks under the raw codec, so that a cafe's walk ends there and each block can still be fetched by its hash.
 *
 * - A block that was added is in a pack, or known to wait for one, whatever happens in between.
 * - Packs are merged as they get many (`pack-plan.ts`): the blocks are at the cafes already and only a root is sent. The
 *   old ones go when every cafe that had them has the new one, and snapshots name it.
 * - The same blocks make the same root on every device of the account.
 * - Each device packs and releases its own. Those of others are named beside them until no cafe has them any more.
 */
import { CID } from 'multiformats/cid'
import type { Clock } from '../core/clock.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import { createSerial } from '../core/serial.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import type { Backups } from './backup.ts'
import { asMember, readPackRoot } from './pack-root.ts'
import { type PackRow, packTables } from './pack-row.ts'
import { createPackSteps } from './pack-steps.ts'

export interface PacksComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly backups: Pick<Backups, 'keep' | 'release' | 'get' | 'read' | 'watch' | 'lookedAt'>
  readonly clock: Clock
  /** A thread has other roots than before: its snapshots are to name them. */
  readonly onChange: (thread: string) => void
  /**
   * Do the snapshots at all cafes name these roots? Until they do, what these replace stays, so that a device that has
   * nothing but a snapshot finds what it names.
   */
  readonly areNamed?: ((thread: string, roots: readonly CID[]) => Promise<boolean>) | undefined
  /** Milliseconds that new blocks wait for others. */
  readonly wait?: number
}

/** Threads by their id as 64 hex digits. */
export interface Packs {
  /** Notes blocks that are here; resolves when that is on the medium. They are packed soon. What was added before is passed over. */
  add(thread: string, blocks: readonly CID[]): Promise<void>
  /** Roots that together have every block that was packed, here or elsewhere. One that no cafe has was replaced by another of them. */
  of(thread: string): Promise<readonly CID[]>
  /** Takes roots that a snapshot of another device names. */
  adopt(thread: string, roots: readonly CID[]): Promise<void>
  /** Packs what waits, now: what was added before is in a queued pack when it resolves. */
  flush(thread: string): Promise<void>
  /** Snapshots have changed: what was replaced may be free to go. */
  look(thread: string): void
  /** Blocks that are in no pack yet. */
  waiting(thread: string): Promise<readonly CID[]>
  /** Releases everything of a thread, and forgets it; called again after a crash, it goes on. */
  drop(thread: string): Promise<void>
  close(): void
}

/** A message is often followed by the next. */
const WAIT = 1000
/** After a failure of the disk, or of nobody knows what: nothing is lost meanwhile. */
const PAUSES: Pauses = { first: 2000, longest: 5 * 60_000 }
/** What was replaced may go once snapshots say so, of which nobody tells us. */
const LOOKS: Pauses = { first: 10_000, longest: 10 * 60_000 }
/** Milliseconds that reading another device's pack may take. */
const READ_TIME = 30_000
/** Rows removed in one commit. */
const STEP = 1000

export function createPacks(components: PacksComponents): Packs {
  const { rows, blocks, holds, backups, clock, onChange, areNamed = async () => true, wait = WAIT } = components
  const tables = packTables(rows)
  const { packs, fresh, packed } = tables
  const { asPacked, packFresh, merge, release, isGone } = createPackSteps({
    ...{ rows, tables, blocks, holds, backups, clock, areNamed },
  })
  const serial = createSerial()
  const closed = new AbortController()
  const timers = new Map<string, { readonly at: number; readonly timer: ReturnType<typeof setTimeout> }>()
  const failures = new Map<string, number>()
  /** Packs of other devices that were asked for what is in them, since the start. */
  const asked = new Set<string>()
  /** How often it was too early to release something of a thread, in a row. */
  const early = new Map<string, number>()
  /** Threads with packs that wait to be released, or whose makers may have released them. */
  const unsettled = new Set<string>()

  const list = async (thread: string): Promise<PackRow[]> => (await packs.list([thread])).map(({ row }) => row)

  const settle = async (thread: string): Promise<boolean> => {
    let changed = false
    let held = 0
    let left = 0
    for (const row of await list(thread)) {
      if (await isGone(row)) {
        await rows.commit([packs.remove(thread, row.root)])
        changed = true
      } else if (row.old && (await release(thread, row))) changed = true
      else if (row.old) held += 1
      else if (row.foreign) {
        left += 1
        await learnOnce(thread, row)
      }
    }
    if (held + left === 0) unsettled.delete(thread)
    if (held === 0 || changed) early.delete(thread)
    if (held > 0) lookAgain(thread)
    return changed
  }

  /** As soon as its backup was found at a cafe. */
  const learnOnce = async (thread: string, { root, count }: PackRow): Promise<void> => {
    if (count > 0 || asked.has(root) || !(await backups.get(root))) return
    asked.add(root)
    learn(thread, CID.parse(root)).catch(() => {}) // it costs nothing but room: at the next start
  }

  const lookAgain = (thread: string): void => {
    const count = (early.get(thread) ?? 0) + 1
    early.set(thread, count)
    soon(thread, Math.max(wait, pauseAfter(count, LOOKS)))
  }

  const stop = (thread: string): void => {
    clearTimeout(timers.get(thread)?.timer)
    timers.delete(thread)
  }

  const work = (thread: string): Promise<void> =>
    serial(thread, async () => {
      stop(thread)
      const made = await packFresh(thread)
      const merged = await merge(thread)
      if (merged) unsettled.add(thread)
      const settled = await settle(thread)
      // What was released may make room for the next.
      const again = settled && (await merge(thread))
      if (again) unsettled.add(thread)
      failures.delete(thread)
      if (made || merged || settled || again) onChange(thread)
    })

  /** Works after a pause, or when it was going to anyway, if that is earlier. */
  const soon = (thread: string, pause = wait): void => {
    const at = performance.now() + pause
    if (closed.signal.aborted || (timers.get(thread)?.at ?? Number.POSITIVE_INFINITY) <= at) return
    stop(thread)
    const run = (): void => {
      timers.delete(thread)
      work(thread).catch(() => {
        // All of it is on the medium still.
        const count = (failures.get(thread) ?? 0) + 1
        failures.set(thread, count)
        soon(thread, pauseAfter(count, PAUSES))
      })
    }
    timers.set(thread, { at, timer: setTimeout(run, pause) })
  }

  /** Notes what is in another device's pack, so that it is not packed here too. */
  const learn = async (thread: string, root: CID): Promise<void> => {
    const bytes = await backups.read(root, { signal: AbortSignal.any([closed.signal, AbortSignal.timeout(READ_TIME)]) })
    const members = await readPackRoot(root, bytes)
    await serial(thread, async () => {
      const row = await packs.get(thread, root.toString())
      if (!row) return
      const known = packs.put([thread, row.root], { ...row, count: members.length })
      await rows.commit([known, ...members.flatMap((cid) => asPacked(thread, cid))])
    })
  }

  const resume = async (): Promise<void> => {
    for (const { key } of await fresh.list([])) soon(key[0] as string)
    for (const { key, row } of await packs.list([])) if (row.old || row.foreign) unsettled.add(key[0] as string)
    for (const thread of unsettled) soon(thread)
  }
  resume().catch(() => {}) // the rows cannot be read now: each add, and each change of a backup, looks again
  const unwatch = backups.watch(() => {
    for (const thread of unsettled) soon(thread)
  })

  /** Removes the rows of a table that are about a thread, in steps. */
  const clear = async ({ list, remove }: typeof fresh, thread: string): Promise<void> => {
    for (
      let page = await list([thread], { limit: STEP });
      page.length > 0;
      page = await list([thread], { limit: STEP })
    )
      await rows.commit(page.map(({ key }) => remove(...key)))
  }

  return {
    add: async (thread, cids) => {
      const names = [...new Set(cids.map((cid) => asMember(cid).toString()))]
      const known = await Promise.all(names.map((name) => packed.get(thread, name)))
      const lacking = names.filter((_, i) => !known[i])
      if (lacking.length === 0) return
      await rows.commit(lacking.map((name) => fresh.put([thread, name], {})))
      soon(thread)
    },
    of: async (thread) => (await list(thread)).map(({ root }) => CID.parse(root)),
    adopt: (thread, roots) =>
      serial(thread, async () => {
        const known = new Set((await list(thread)).map(({ root }) => root))
        const lacking = roots.filter((root) => !known.has(root.toString()))
        const asRow = (root: CID): PackRow => ({ root: root.toString(), count: 0, since: clock(), foreign: true })
        await rows.commit(lacking.map((root) => packs.put([thread, root.toString()], asRow(root))))
        if (lacking.length > 0) unsettled.add(thread)
        for (const root of lacking) await learnOnce(thread, asRow(root))
      }),
    flush: work,
    waiting: async (thread) => (await fresh.list([thread])).map(({ key }) => CID.parse(key[1] as string)),
    look: (thread) => soon(thread),
    drop: (thread) =>
      serial(thread, async () => {
        stop(thread)
        unsettled.delete(thread)
        early.delete(thread)
        await clear(fresh, thread)
        for (const { root } of await list(thread)) await backups.release(root, [packs.remove(thread, root)])
        await clear(packed, thread)
      }),
    close() {
      closed.abort()
      unwatch()
      for (const thread of [...timers.keys()]) stop(thread)
    },
  }
}
