/**
 * What cafes still have to be told: files without a receipt, files that are damaged there, roots that need not be kept any more. It is on disk, tried
 * at the start and again later by itself, each cafe independently, until the cafe has answered.
 */
import type { PinClient } from '../cafe/pin/client.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { parseCid } from '../core/block.ts'
import type { Clock } from '../core/clock.ts'
import { type CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import type { Blocks } from '../store/blocks.ts'
import type { BackupAt, BackupStore } from './backup-row.ts'
import { authorized, type Cafes } from './cafes.ts'
import { handOver } from './hand-over.ts'
import { isPathFailure } from './insist.ts'
import type { OwnBlocks } from './own-blocks.ts'
import type { Labels } from './pin-label.ts'

export interface BacklogComponents {
  readonly store: BackupStore
  readonly blocks: Blocks
  readonly cafes: Pick<Cafes, 'access' | 'list'>
  readonly client: PinClient
  readonly source: BlockSource
  readonly labels: Labels
  readonly own: OwnBlocks
  readonly clock: Clock
  /** It stands differently with some backup. */
  readonly onChange: () => void
}

export interface Backlog {
  /** Tries everything that is waiting, now; resolves when each cafe has been tried. Never rejects. */
  run(): Promise<void>
  /** Leaves a root alone that somebody else is uploading, until the returned function is called. */
  hold(root: string, upload: AbortController): () => void
  /** Stops all uploads of a root that was removed. */
  stop(root: string): void
  close(): void
}

/** Before what was not reached is tried again. */
const PAUSES: Pauses = { first: 2000, longest: 60_000 }

interface Task {
  readonly what: 'unpin' | 'upload'
  readonly cafe: PeerIdText
  readonly root: string
}

export function createBacklog(components: BacklogComponents): Backlog {
  const { store, cafes, client, clock, onChange } = components
  const turns = new Map<PeerIdText, Promise<void>>()
  const held = new Map<string, AbortController>()
  const uploading = new Map<PeerIdText, { readonly root: string; readonly stop: AbortController }>()
  const closed = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  const tasks = async (): Promise<Task[]> => {
    const [unpins, backups] = await Promise.all([store.unpins.list([]), store.backups.list([])])
    // Oldest first: what refers to something comes after it.
    const uploads = backups
      .map(({ row }) => row)
      .filter(({ root }) => !held.has(root))
      .sort((a, b) => a.since - b.since)
      .flatMap(({ root, cafes }) => cafes.filter(isDue).map(({ cafe }) => ({ cafe, root })))
    return [
      ...unpins.map(({ row }): Task => ({ what: 'unpin', ...row })),
      ...uploads.map((row): Task => ({ what: 'upload', ...row })),
    ]
  }

  const unpin = async ({ cafe, root }: Task): Promise<void> => {
    const { signal } = closed
    // Listed again meanwhile: a pack or a public file comes back under the same root.
    if (await store.backups.get(root)) return store.rows.commit([store.unpins.remove(cafe, root)])
    try {
      await authorized(cafes, cafe, signal, (auth) => client.unpin(cafe, parseCid(root), { auth, signal }))
    } catch (thrown) {
      const error = toCafeError(thrown)
      // A cafe that refuses does not know us any more, and with us it has forgotten our roots.
      if (signal.aborted || isPathFailure(error)) throw error
    }
    await store.rows.commit([store.unpins.remove(cafe, root)])
    // If that was while the cafe was asked, it may have had it for a moment, and is to have it again.
    await store.note(root, { cafe, state: 'queued' })
  }

  const send = async ({ cafe, root }: Task): Promise<void> => {
    const stop = new AbortController()
    uploading.set(cafe, { root, stop })
    const signal = AbortSignal.any([closed.signal, stop.signal])
    let refusal: CafeError | undefined
    try {
      const row = await store.backups.get(root)
      if (row) await handOver(components, row, cafe, signal)
    } catch (thrown) {
      refusal = toCafeError(thrown)
      if (signal.aborted || isPathFailure(refusal)) throw refusal
    } finally {
      uploading.delete(cafe)
      // Removed meanwhile: whoever removed it may have asked the cafe before it had everything.
      if (stop.signal.aborted) await store.unlessListed(root, [store.unpins.put([cafe, root], { cafe, root })])
    }
    const at: BackupAt = refusal
      ? { cafe, state: 'failed', reason: refusal.code }
      : { cafe, state: 'pinned', since: clock() }
    await store.note(root, at)
    onChange()
  }

  /** Tries all tasks of one cafe, also those that come meanwhile, up to the first that does not reach it. */
  const turn = async (cafe: PeerIdText): Promise<void> => {
    const tried = new Set<string>()
    for (;;) {
      const due = (await tasks()).filter((task) => task.cafe === cafe && !tried.has(`${task.what} ${task.root}`))
      if (due.length === 0) return
      for (const task of due) {
        tried.add(`${task.what} ${task.root}`)
        await (task.what === 'unpin' ? unpin(task) : send(task))
        failures = 0
      }
    }
  }

  const start = (cafe: PeerIdText): Promise<void> => {
    const running = turns.get(cafe)
    if (running) return running
    // What failed stays in the store and is tried again.
    const started = turn(cafe)
      .catch(() => {})
      .finally(() => turns.delete(cafe))
    turns.set(cafe, started)
    return started
  }

  const run = async (): Promise<void> => {
    clearTimeout(timer)
    try {
      await Promise.all([...new Set((await tasks()).map(({ cafe }) => cafe))].map(start))
      if ((await tasks()).length === 0) return
    } catch {
      // The store cannot be read now; it is tried again like everything else.
    }
    if (closed.signal.aborted) return
    clearTimeout(timer)
    timer = setTimeout(() => void run(), pauseAfter(++failures, PAUSES))
  }

  return {
    run,
    hold(root, upload) {
      held.set(root, upload)
      return () => held.delete(root)
    },
    stop(root) {
      held.get(root)?.abort()
      for (const running of uploading.values()) if (running.root === root) running.stop.abort()
    },
    close() {
      closed.abort()
      clearTimeout(timer)
    },
  }
}

const isDue = ({ state }: BackupAt): boolean => state === 'queued' || state === 'degraded'
