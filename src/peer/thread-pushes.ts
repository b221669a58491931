/**
 * Tells members who are connected what is new. What this device says goes to all of them at once, with the blocks; posts
 * made while one is on its way go together with the next. What came from somebody is told on to two by chance, a moment
 * later and without the blocks: enough that it reaches those whom its author does not reach, and no storm among many.
 */
import type { CID } from 'multiformats/cid'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { delay } from '../core/pause.ts'
import type { SealedBlock } from '../thread/block.ts'
import { isHopeless, type SyncClient } from '../thread/sync-client.ts'
import type { Links } from '../thread/sync-links.ts'
import type { Thread, ThreadIdText } from '../thread/thread.ts'
import { isOutOfReach } from './insist.ts'

export interface PushComponents {
  readonly links: Links
  readonly client: Pick<SyncClient, 'push'>
  readonly get: (id: ThreadIdText) => Promise<Thread | undefined>
  readonly onLost: (peer: PeerIdText, hopeless: boolean) => void
  /** The peer has these. */
  readonly onTaken: (peer: PeerIdText, id: ThreadIdText, blocks: readonly SealedBlock[]) => void
  /** From 0 to 1. */
  readonly chance: () => number
}

export interface Pushes {
  /** This device has said something. Resolves when all who are connected have heard of it, or cannot. */
  posted(id: ThreadIdText, blocks: readonly SealedBlock[]): Promise<void>
  /** Blocks of others have come. */
  arrived(id: ThreadIdText): void
  /** Compares heads with the peer. Resolves when that is done, however it ended. */
  compare(peer: PeerIdText, id: ThreadIdText): Promise<void>
  close(): void
}

/** Members who are told on what came from another. */
const FANOUT = 2
/** Milliseconds before that: what comes meanwhile is told with it, and others may have been faster. */
const TELL_ON = 500
const SPREAD = 1500
/** Before a push that was refused is tried again, once; and for how long a peer that is busy is waited for. */
const AGAIN = 1000
const LONGEST = 30_000
/** Blocks kept for the next push to a peer; with more it is told the heads, and pulls. */
const MAX_PENDING = 64

interface Pending {
  blocks: SealedBlock[]
  due: boolean
  running: Promise<void> | undefined
}

export function createPushes({ links, client, get, onLost, onTaken, chance }: PushComponents): Pushes {
  const closed = new AbortController()
  const pending = new Map<string, Pending>()
  const telling = new Map<ThreadIdText, ReturnType<typeof setTimeout>>()

  const push = async (peer: PeerIdText, id: ThreadIdText, blocks: readonly SealedBlock[]): Promise<void> => {
    for (let attempt = 1; links.tagOf(peer, id); attempt++) {
      try {
        if (await client.push(peer, id, blocks, { signal: closed.signal })) onTaken(peer, id, blocks)
        return
      } catch (error) {
        if (closed.signal.aborted) return
        const hopeless = isHopeless(error)
        const { code, data } = toCafeError(error)
        // It does not know us, or the way to it is gone: a greeting is what finds out, and compares all heads.
        if (hopeless || code === 'UNAUTHORIZED' || isOutOfReach(code)) {
          links.drop(peer)
          return onLost(peer, hopeless)
        }
        // The next comparison of heads finds out what it lacks.
        if (attempt === 2) return
        const after = typeof data.after === 'number' ? Math.min(data.after, LONGEST) : 0
        await delay(Math.max(AGAIN, after), closed.signal).catch(() => {})
      }
    }
  }

  const drain = async (peer: PeerIdText, id: ThreadIdText, state: Pending): Promise<void> => {
    while (state.due && !closed.signal.aborted) {
      const { blocks } = state
      Object.assign(state, { blocks: [], due: false })
      await push(peer, id, blocks)
    }
    pending.delete(`${peer} ${id}`)
  }

  const send = (peer: PeerIdText, id: ThreadIdText, blocks: readonly SealedBlock[]): Promise<void> => {
    const key = `${peer} ${id}`
    const state = pending.get(key) ?? { blocks: [], due: false, running: undefined }
    pending.set(key, state)
    state.due = true
    state.blocks = [...state.blocks, ...blocks].slice(0, MAX_PENDING + 1)
    // A turn later, so that what is said in one go goes together.
    state.running ??= Promise.resolve().then(() => drain(peer, id, state))
    return state.running
  }

  const tellOn = async (id: ThreadIdText): Promise<void> => {
    const thread = await get(id)
    if (!thread || closed.signal.aborted) return
    const ours = await thread.heads()
    // Whoever it came from has said the same heads, and so has whoever was told by another.
    const candidates = links.peersOf(id).filter((peer) => !sameHeads(links.headsOf(peer, id), ours))
    for (let told = 0; told < FANOUT && candidates.length > 0; told++) {
      const [peer] = candidates.splice(Math.floor(chance() * candidates.length), 1)
      if (peer) void send(peer, id, [])
    }
  }

  return {
    async posted(id, blocks) {
      await Promise.all(links.peersOf(id).map((peer) => send(peer, id, blocks)))
    },
    arrived(id) {
      if (closed.signal.aborted || telling.has(id)) return
      const tell = (): void => {
        telling.delete(id)
        void tellOn(id).catch(() => {}) // heads are compared now and then
      }
      telling.set(id, setTimeout(tell, TELL_ON + chance() * SPREAD))
    },
    compare: (peer, id) => send(peer, id, []),
    close() {
      closed.abort(new CafeError('ABORTED'))
      for (const timer of telling.values()) clearTimeout(timer)
    },
  }
}

/** Are these the same heads, in whatever order? */
export function sameHeads(a: readonly CID[] | undefined, b: readonly CID[]): boolean {
  if (!a || a.length !== b.length) return false
  const known = new Set(a.map(String))
  return b.every((cid) => known.has(cid.toString()))
}
