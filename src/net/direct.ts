/**
 * Tries for direct connections: one attempt for each peer at a time, and remembers why there is none. An attempt that
 * does not get there soon sees to a relayed connection first, so that whoever is in a hurry need not wait for it.
 */
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type { PeerIdText } from '../core/ids.ts'
import { DIRECT_WAIT, OPEN_TIMEOUT } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { bestConnection, splitAddresses, type WhyRelayed } from './paths.ts'

/** Milliseconds a direct attempt has before a relayed connection is made, and used for small calls. */
export const HEAD_START = 500
/** Milliseconds after a failed attempt before the next, while a relayed connection stands in. */
const PAUSE = 15_000

export interface DirectPaths {
  /**
   * The attempt that runs, or a new one unless one has failed just now and a relayed connection is open. Never rejects:
   * undefined means that there is no direct path now.
   */
  attempt(peer: PeerIdText, addresses: readonly string[]): Promise<Connection | undefined>
  /** The attempt that runs. */
  running(peer: PeerIdText): Promise<Connection | undefined> | undefined
  why(peer: PeerIdText): WhyRelayed | undefined
  /** Forgets what failed: something has changed. */
  retry(): void
}

export interface DirectComponents {
  readonly libp2p: Libp2p
  readonly canDirect: () => boolean
  readonly log: Log
  /** What `why` says has changed. */
  readonly onChange: () => void
}

/** Peers whose failure is remembered; the oldest are forgotten. */
const MAX_FAILURES = 512

export function createDirectPaths({ libp2p, canDirect, log, onChange }: DirectComponents): DirectPaths {
  const attempts = new Map<PeerIdText, Promise<Connection | undefined>>()
  const failures = new Map<PeerIdText, { readonly why: WhyRelayed; readonly at: number }>()
  const best = (peer: PeerIdText): Connection | undefined =>
    bestConnection(libp2p.getConnections(peerIdFromString(peer)))

  const fail = (peer: PeerIdText, why: WhyRelayed): undefined => {
    failures.delete(peer)
    failures.set(peer, { why, at: performance.now() })
    const oldest = failures.keys().next().value
    if (failures.size > MAX_FAILURES && oldest !== undefined) failures.delete(oldest)
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

  const run = async (peer: PeerIdText, usable: Multiaddr[], relayed: Multiaddr[]): Promise<Connection | undefined> => {
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
      return fail(peer, performance.now() - started >= DIRECT_WAIT ? 'timeout' : 'failed')
    }
  }

  return {
    attempt(peer, addresses) {
      const running = attempts.get(peer)
      if (running) return running
      const { direct, relayed } = splitAddresses(addresses)
      if (direct.length === 0) return Promise.resolve(fail(peer, 'no-address'))
      const usable = direct.filter((address) => canDirect() || !address.toString().includes('/webrtc'))
      if (usable.length === 0) return Promise.resolve(fail(peer, 'no-tab'))
      const { at = 0, why } = failures.get(peer) ?? {}
      const tried = why === 'timeout' || why === 'failed'
      if (tried && performance.now() - at < PAUSE && best(peer)) return Promise.resolve(undefined)
      failures.delete(peer)
      const attempt = run(peer, usable, relayed).finally(() => {
        attempts.delete(peer)
        onChange()
      })
      attempts.set(peer, attempt)
      return attempt
    },
    running: (peer) => attempts.get(peer),
    why: (peer) => (attempts.has(peer) ? 'pending' : failures.get(peer)?.why),
    retry: () => failures.clear(),
  }
}
