/**
 * Which thread is pulled from whom, and when: one run for a peer and a thread at a time, and as a rule one for a thread,
 * since what one member has the others have too. A second begins beside one that is slow, so that nobody who drips can
 * keep a thread from everybody else. What failed is tried again while the link stands.
 */
import { unlessAborted } from '../core/abort.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import { isHopeless, type SyncClient } from '../thread/sync-client.ts'
import type { Links } from '../thread/sync-links.ts'
import type { Thread, ThreadIdText } from '../thread/thread.ts'
import { isOutOfReach } from './insist.ts'

export interface PullComponents {
  readonly links: Links
  readonly client: Pick<SyncClient, 'pull'>
  readonly get: (id: ThreadIdText) => Promise<Thread | undefined>
  /** We have all that the peer said it has. */
  readonly onLevel: (id: ThreadIdText) => void
  /** The peer has sent all, and still something is not here: it cannot be read without a key, or waits for what others have. */
  readonly onBehind: (id: ThreadIdText) => void
  /** The link with the peer is gone, or it is not worth having: `hopeless`. */
  readonly onLost: (peer: PeerIdText, hopeless: boolean) => void
}

export interface Pulls {
  /** The peer has said where it is: pulls if that is news. */
  consider(peer: PeerIdText, id: ThreadIdText): void
  /** Resolves when nothing runs, and nothing waits to. @throws CafeError ABORTED by the signal. */
  settled(signal: AbortSignal): Promise<void>
  close(): void
}

/** A run that lasts longer does not keep others from beginning; so many run for one thread at most. */
const SLOW = 3000
const AT_ONCE = 3
/** Runs at once in all. */
const RUNS = 6
/** Milliseconds one run may take: what has come by then stays. */
const RUN_TIME = 3 * 60_000
/** Runs one after the other while a peer has more. */
const ROUNDS = 64
const PAUSES: Pauses = { first: 1000, longest: 30_000 }
const TRIES = 5

interface Queue {
  readonly waiting: Set<PeerIdText>
  /** Since when each runs. */
  readonly running: Map<PeerIdText, number>
  readonly failures: Map<PeerIdText, number>
}

export function createPulls(components: PullComponents): Pulls {
  const { links, client, get, onLevel, onBehind, onLost } = components
  const queues = new Map<ThreadIdText, Queue>()
  const closed = new AbortController()
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let running = 0
  /** Set while anything runs or waits. */
  let busy: PromiseWithResolvers<void> | undefined

  const later = (ms: number, task: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      task()
    }, ms)
    timers.add(timer)
  }

  const lacks = async (peer: PeerIdText, id: ThreadIdText): Promise<boolean> => {
    const heads = links.headsOf(peer, id)
    const thread = heads && (await get(id))
    return thread !== undefined && (await thread.has(heads ?? [])).includes(false)
  }

  const pull = async (peer: PeerIdText, id: ThreadIdText): Promise<void> => {
    for (let round = 0; round < ROUNDS && (await lacks(peer, id)); round++) {
      const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(RUN_TIME)])
      const { applied, more } = await client.pull(peer, id, { signal })
      if (!more) break
      if (applied === 0) throw new CafeError('FORBIDDEN', { why: 'blocks' })
    }
    if (await lacks(peer, id)) onBehind(id)
    else onLevel(id)
  }

  const failed = (peer: PeerIdText, id: ThreadIdText, queue: Queue, error: unknown): void => {
    const failures = (queue.failures.get(peer) ?? 0) + 1
    queue.failures.set(peer, failures)
    const { code } = toCafeError(error)
    const hopeless = isHopeless(error)
    const isGone = failures >= TRIES && isOutOfReach(code)
    if (hopeless || isGone || code === 'UNAUTHORIZED') {
      queue.failures.delete(peer)
      links.drop(peer)
      onLost(peer, hopeless)
    } else if (failures < TRIES && links.tagOf(peer, id)) {
      later(pauseAfter(failures, PAUSES), () => consider(peer, id))
    }
  }

  const run = async (peer: PeerIdText, id: ThreadIdText, queue: Queue): Promise<void> => {
    running++
    queue.running.set(peer, performance.now())
    later(SLOW, () => work(id))
    try {
      await pull(peer, id)
      queue.failures.delete(peer)
    } catch (error) {
      if (!closed.signal.aborted) failed(peer, id, queue, error)
    } finally {
      running--
      queue.running.delete(peer)
      workAll()
    }
  }

  const work = (id: ThreadIdText): void => {
    const queue = queues.get(id)
    if (!queue || closed.signal.aborted) return
    const fresh = [...queue.running.values()].filter((since) => performance.now() - since < SLOW)
    if (fresh.length > 0 || queue.running.size >= AT_ONCE || running >= RUNS) return
    const peer = [...queue.waiting].find((peer) => !queue.running.has(peer))
    if (!peer) return
    queue.waiting.delete(peer)
    void run(peer, id, queue)
  }

  const workAll = (): void => {
    for (const [id, queue] of queues) {
      work(id)
      if (queue.running.size === 0 && queue.waiting.size === 0 && queue.failures.size === 0) queues.delete(id)
    }
    if (running > 0 || [...queues.values()].some(({ waiting }) => waiting.size > 0)) return
    busy?.resolve()
    busy = undefined
  }

  const consider = (peer: PeerIdText, id: ThreadIdText): void => {
    if (closed.signal.aborted || !links.headsOf(peer, id)) return
    const queue = queues.get(id) ?? { waiting: new Set(), running: new Map(), failures: new Map() }
    queues.set(id, queue)
    queue.waiting.add(peer)
    busy ??= Promise.withResolvers()
    workAll()
  }

  return {
    consider,
    async settled(signal) {
      while (busy) await unlessAborted(busy.promise, signal)
    },
    close() {
      closed.abort(new CafeError('ABORTED'))
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
