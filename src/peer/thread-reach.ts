/**
 * Finds the other devices of one's threads: remembers where each was last reached, greets whoever is connected, and dials
 * the rest now and then, through relays where nothing else is known. Everybody does so when they come, so that those who
 * are here need not ask often.
 */
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import { isHopeless, type SyncClient } from '../thread/sync-client.ts'
import type { Links } from '../thread/sync-links.ts'
import type { DeviceBook } from './device-book.ts'

export interface ReachComponents {
  readonly self: PeerIdText
  readonly links: Links
  readonly client: Pick<SyncClient, 'hello'>
  readonly book: DeviceBook
  /** Peers with an open connection. */
  readonly online: () => readonly PeerIdText[]
  readonly onChange: () => void
  readonly chance: () => number
}

export interface Reach {
  /** Whom to find: other devices of one's threads, those that matter most first. */
  want(peers: readonly PeerIdText[]): void
  /** Connections may have come or gone. */
  connected(): void
  /** The link with a peer is of no use any more; `hopeless`: leave it alone for a while. */
  lost(peer: PeerIdText, hopeless: boolean): void
  /** There is one more thread: everybody is greeted again, soon. */
  again(): void
  /** A link does not have a thread that the peer should be in: it is greeted again, now and then. */
  lacking(peer: PeerIdText): void
  /** Everything is worth another attempt. */
  wake(): void
  /** Greets all now; resolves when each has answered or failed. */
  all(peers: readonly PeerIdText[], signal: AbortSignal): Promise<void>
  close(): void
}

/** Devices looked for at once, and in all. */
const AT_ONCE = 4
const MAX_WANTED = 64
/** Milliseconds: the one of two peers that greets second waits so much longer, and hears the other meanwhile. */
const SECOND = 1500
const JITTER = 300
const PAUSES: Pauses = { first: 5000, longest: 20 * 60_000 }
/** For a peer that is not worth a link. */
const HOPELESS = 10 * 60_000
/** Milliseconds between two greetings because of something lacking: it may well be so. */
const LACKING = 30_000
/** A greeting may have to open a connection. */
const GREETING = 20_000

interface Wanted {
  failures: number
  /** The link with it is not all there could be. */
  stale: boolean
  greeted: number
  /** On the clock of `performance.now()`. */
  due: number
}

export function createReach(components: ReachComponents): Reach {
  const { self, links, client, book, online, onChange, chance } = components
  const wanted = new Map<PeerIdText, Wanted>()
  const greeting = new Map<PeerIdText, Promise<void>>()
  const closed = new AbortController()
  let seen = new Set<PeerIdText>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const greet = async (peer: PeerIdText, signal: AbortSignal): Promise<void> => {
    const state = wanted.get(peer)
    if (state) Object.assign(state, { stale: false, greeted: performance.now() })
    book.dial(peer)
    try {
      const shared = await client.hello(peer, { signal: AbortSignal.any([signal, AbortSignal.timeout(GREETING)]) })
      if (state) Object.assign(state, { failures: 0, due: performance.now() + (shared.length > 0 ? 0 : HOPELESS) })
    } catch (error) {
      if (!state || closed.signal.aborted) return
      const pause = isHopeless(error) ? HOPELESS : pauseAfter(++state.failures, PAUSES)
      const { after } = toCafeError(error).data
      state.due = performance.now() + Math.max(pause, typeof after === 'number' ? after : 0)
    } finally {
      onChange()
    }
  }

  const begin = (peer: PeerIdText, signal = closed.signal): Promise<void> => {
    const running = greeting.get(peer)
    if (running) return running
    const task = greet(peer, signal).finally(() => {
      greeting.delete(peer)
      plan()
    })
    greeting.set(peer, task)
    return task
  }

  /** Greets those whose time has come, and sleeps until the next. */
  const plan = (): void => {
    clearTimeout(timer)
    if (closed.signal.aborted) return
    const now = performance.now()
    const missing = [...wanted].filter(
      ([peer, { stale }]) => (stale || links.threadsOf(peer).length === 0) && !greeting.has(peer),
    )
    const due = missing.filter(([, state]) => state.due <= now).sort(([, a], [, b]) => a.due - b.due)
    for (const [peer] of due.slice(0, Math.max(0, AT_ONCE - greeting.size))) void begin(peer)
    const next = Math.min(...missing.filter(([, state]) => state.due > now).map(([, state]) => state.due))
    if (Number.isFinite(next)) timer = setTimeout(plan, next - now)
  }

  const soon = (peer: PeerIdText): void => {
    const state = wanted.get(peer)
    if (!state) return
    const wait = chance() * JITTER + (self < peer ? 0 : SECOND)
    Object.assign(state, { failures: 0, due: performance.now() + wait })
  }

  return {
    want(peers) {
      const chosen = new Set(peers.filter((peer) => peer !== self).slice(0, MAX_WANTED))
      for (const peer of wanted.keys()) if (!chosen.has(peer)) wanted.delete(peer)
      for (const peer of chosen) {
        if (!wanted.has(peer))
          wanted.set(peer, { failures: 0, stale: false, greeted: -LACKING, due: performance.now() + chance() * JITTER })
      }
      plan()
    },
    connected() {
      const now = new Set(online())
      for (const peer of links.peers()) if (!now.has(peer)) links.drop(peer)
      for (const peer of now) if (!seen.has(peer) && links.threadsOf(peer).length === 0) soon(peer)
      seen = now
      plan()
      onChange()
    },
    lost(peer, hopeless) {
      const state = wanted.get(peer)
      if (state) state.due = performance.now() + (hopeless ? HOPELESS : chance() * JITTER)
      plan()
    },
    again() {
      const now = performance.now()
      for (const state of wanted.values())
        Object.assign(state, { stale: true, due: Math.min(state.due, now + (0.5 + chance()) * JITTER) })
      plan()
    },
    lacking(peer) {
      const state = wanted.get(peer)
      if (!state || state.stale) return
      Object.assign(state, { stale: true, due: Math.max(performance.now(), state.greeted + LACKING) })
      plan()
    },
    wake() {
      for (const state of wanted.values())
        Object.assign(state, { failures: 0, due: performance.now() + chance() * JITTER })
      plan()
    },
    async all(peers, signal) {
      const stop = AbortSignal.any([signal, closed.signal])
      await Promise.all(peers.filter((peer) => peer !== self).map((peer) => begin(peer, stop)))
    },
    close() {
      closed.abort()
      clearTimeout(timer)
    },
  }
}
