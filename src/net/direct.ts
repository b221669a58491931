/**
 * Tries for direct connections: one attempt for each peer at a time, and remembers why there is none. An attempt that
 * does not get there soon sees to a relayed connection first, so that whoever is in a hurry need not wait for it; as long
 * as that one stands in, the direct one is tried again by itself.
 */
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type { PeerIdText } from '../core/ids.ts'
import { DIRECT_WAIT, OPEN_TIMEOUT } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import { bestConnection, isLimited, splitAddresses, type WhyRelayed } from './paths.ts'

/** Milliseconds a direct attempt has before a relayed connection is made, and used for small calls. */
export const HEAD_START = 500
/** Before the next attempt, while a relayed connection stands in. */
const PAUSES: Pauses = { first: 3000, longest: 5 * 60_000 }

export interface DirectPaths {
  /**
   * The attempt that runs, or a new one unless one has failed just now and a relayed connection is open. Never rejects:
   * undefined means that there is no direct path now.
   */
  attempt(peer: PeerIdText): Promise<Connection | undefined>
  /** The attempt that runs. */
  running(peer: PeerIdText): Promise<Connection | undefined> | undefined
  why(peer: PeerIdText): WhyRelayed | undefined
  /** Something has changed: what failed is forgotten, and tried again where a relayed connection stands in. */
  retry(): void
  /** Nothing is tried by itself any more. */
  close(): void
}

export interface DirectComponents {
  readonly libp2p: Libp2p
  /** Where a peer may be reached, as far as known. */
  readonly addresses: (peer: PeerIdText) => readonly string[]
  readonly canDirect: () => boolean
  readonly log: Log
  /** There is a direct connection to `peer`. */
  readonly onDirect: (peer: PeerIdText) => void
  /** What `why` says has changed. */
  readonly onChange: () => void
}

/** Peers whose failure is remembered; the oldest are forgotten. */
const MAX_FAILURES = 512

interface Failure {
  readonly why: WhyRelayed
  /** Attempts that failed in a row. */
  readonly times: number
  /** Up to when none is worth making, by `performance.now()`. */
  readonly until: number
  readonly timer?: ReturnType<typeof setTimeout>
}

export function createDirectPaths(components: DirectComponents): DirectPaths {
  const { libp2p, addresses, canDirect, log, onDirect, onChange } = components
  const attempts = new Map<PeerIdText, Promise<Connection | undefined>>()
  const failures = new Map<PeerIdText, Failure>()
  const closed = new AbortController()
  const best = (peer: PeerIdText): Connection | undefined =>
    bestConnection(libp2p.getConnections(peerIdFromString(peer)))

  const forget = (peer: PeerIdText): void => {
    clearTimeout(failures.get(peer)?.timer)
    failures.delete(peer)
  }

  const fail = (peer: PeerIdText, why: WhyRelayed, times = 0): undefined => {
    forget(peer)
    failures.set(peer, { why, times, until: 0, ...(times > 0 && !closed.signal.aborted && later(peer, times)) })
    const oldest = failures.keys().next().value
    if (failures.size > MAX_FAILURES && oldest !== undefined) forget(oldest)
  }

  /** When it is tried again, and what does that. */
  const later = (peer: PeerIdText, times: number): Pick<Failure, 'until' | 'timer'> => {
    const wait = pauseAfter(times, PAUSES)
    const again = (): void => {
      const failure = failures.get(peer)
      if (failure) failures.set(peer, { ...failure, until: 0 })
      look(peer)
    }
    return { until: performance.now() + wait, timer: setTimeout(again, wait) }
  }

  /** Tries a peer that only a relayed connection leads to, if it is worth it now. */
  const look = (peer: PeerIdText): void => {
    const open = best(peer)
    if (open && isLimited(open) && addresses(peer).length > 0) void attempt(peer)
  }

  /** Dials; gives way after the head start if `relay` can be dialled and there is no connection at all by then. */
  const dial = async (peer: PeerIdText, usable: Multiaddr[], relay: boolean): Promise<Connection> => {
    const stop = new AbortController()
    const early = setTimeout(() => relay && !best(peer) && stop.abort(), HEAD_START)
    try {
      return await libp2p.dial(usable, { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(DIRECT_WAIT)]) })
    } finally {
      clearTimeout(early)
    }
  }

  const run = async (peer: PeerIdText, usable: Multiaddr[], relayed: Multiaddr[], times: number) => {
    const started = performance.now()
    try {
      const first = await dial(peer, usable, relayed.length > 0).catch((cause) => {
        if (relayed.length === 0 || best(peer)) throw cause
      })
      if (first) return first
      // libp2p joins dials to one peer, so the relay is dialled between two attempts and not beside one.
      await libp2p.dial(relayed, { signal: AbortSignal.timeout(OPEN_TIMEOUT) }).catch(() => {})
      return await dial(peer, usable, false)
    } catch (cause) {
      log('info', 'no direct path', { peer, cause })
      return fail(peer, performance.now() - started >= DIRECT_WAIT ? 'timeout' : 'failed', times)
    }
  }

  const attempt: DirectPaths['attempt'] = (peer) => {
    const running = attempts.get(peer)
    if (running) return running
    const { direct, relayed } = splitAddresses(addresses(peer))
    if (direct.length === 0) return Promise.resolve(fail(peer, 'no-address'))
    const usable = direct.filter((address) => canDirect() || !address.toString().includes('/webrtc'))
    if (usable.length === 0) return Promise.resolve(fail(peer, 'no-tab'))
    const { times = 0, until = 0 } = failures.get(peer) ?? {}
    if (performance.now() < until && best(peer)) return Promise.resolve(undefined)
    forget(peer)
    const next = run(peer, usable, relayed, times + 1).finally(() => {
      attempts.delete(peer)
      onChange()
    })
    attempts.set(peer, next)
    void next.then((connection) => connection && onDirect(peer))
    return next
  }

  // What comes to be relayed, or is again because the direct connection ended, is tried by itself.
  for (const event of ['connection:open', 'connection:close'] as const)
    libp2p.addEventListener(event, ({ detail }) => look(detail.remotePeer.toString() as PeerIdText), closed)

  return {
    attempt,
    running: (peer) => attempts.get(peer),
    why: (peer) => (attempts.has(peer) ? 'pending' : failures.get(peer)?.why),
    retry() {
      for (const peer of [...failures.keys()]) {
        forget(peer)
        look(peer)
      }
    },
    close() {
      closed.abort()
      for (const peer of [...failures.keys()]) forget(peer)
    },
  }
}
