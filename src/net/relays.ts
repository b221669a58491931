/**
 * Keeps this node at its relays: dials them at start, again whenever the connection goes, for as long as the node lives,
 * with growing, jittered pauses. js-libp2p's own reconnect queue gives up in browsers, so it is not used. A reservation
 * follows by itself from `/p2p-circuit` in the listen addresses. Beside those that are configured it keeps to those that an
 * invite named, the ways to the cafes of an account, and to those that the person has added.
 */

import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import { type Pauses, pauseAfter } from '../core/pause.ts'
import { peerId, v } from '../core/schema.ts'

export interface Relays {
  /** Multiaddrs of the relays in use, configured ones first, and the peer ids of these. */
  readonly addresses: readonly string[]
  readonly peers: readonly PeerIdText[]
  /**
   * Keeps to these relays too, for as long as they are asked for: those of the last call and not of this one are left alone.
   * Addresses of a relay that is configured are known already.
   */
  also(addresses: readonly string[]): void
  /** Ends the connection to a relay that is kept no more; a seat there is given up for one at another. */
  leave(peer: PeerIdText): Promise<void>
  /** The host of the app named it. */
  isConfigured(peer: PeerIdText): boolean
  /** The relay addresses with a connection now. */
  connected(): readonly string[]
  /** Tries again at once those that are not connected, as after the first loss: what kept them away may be over. */
  retry(): void
  stop(): void
}

/** A relay that was restarted is found again within a guest's patience; a jittered dial every few seconds hurts nobody. */
const SOON: Pauses = { first: 250, longest: 2500 }
/** One that has been away for some minutes is asked less often. */
const LATER: Pauses = { first: 250, longest: 15_000 }
/** Failed dials in a row after which a relay counts as away: about five minutes. */
const AWAY = 150
/** Milliseconds between two looks at a connection that seems to stand: its end is an event of its own. */
const LOOK = 10_000
const DIAL_TIMEOUT = 10_000

/** Relays of invites that are kept; each may have some ways. */
const MAX_MORE = 8

interface Kept {
  readonly peer: PeerIdText
  readonly ways: readonly string[]
  readonly stopped: AbortController
}

/** @param know is told where each relay may be reached. */
export function keepRelays(
  libp2p: Libp2p,
  addresses: readonly string[],
  { log, know }: { log: Log; know: (relay: PeerIdText, ways: readonly string[]) => void },
): Relays {
  const nudges = new EventTarget()
  const isConnected = (peer: string): boolean =>
    libp2p.getConnections().some((c) => c.status === 'open' && !c.limits && c.remotePeer.toString() === peer)

  const keep = async ({ peer, ways, stopped }: Kept): Promise<void> => {
    for (let failures = 0; !stopped.signal.aborted; ) {
      if (isConnected(peer)) failures = 0
      else {
        try {
          await libp2p.dial(ways.map(multiaddr), {
            signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(DIAL_TIMEOUT)]),
          })
          log('info', 'relay connected', { peer })
          continue
        } catch (cause) {
          failures++
          log('debug', 'relay not reached', { peer, cause })
        }
      }
      const ms = failures === 0 ? LOOK : pauseAfter(failures, failures < AWAY ? SOON : LATER)
      const nudged = await closedOrLater({ libp2p, nudges, peer, ms, signal: stopped.signal })
      if (nudged) failures = 0
    }
  }
  const start = ([peer, ways]: [PeerIdText, string[]]): Kept => {
    const kept = { peer, ways, stopped: new AbortController() }
    know(peer, ways)
    void keep(kept)
    return kept
  }

  const configured = [...byPeer(addresses)].map(start)
  let more: readonly Kept[] = []
  const all = (): readonly Kept[] => [...configured, ...more]
  const flat = (): readonly string[] => [...addresses, ...more.flatMap(({ ways }) => ways)]
  return {
    get addresses() {
      return flat()
    },
    get peers() {
      return flat().map(relayPeer)
    },
    also(given) {
      const wanted = [...byPeer(given)]
        .filter(([peer]) => !configured.some((one) => one.peer === peer))
        .slice(0, MAX_MORE)
      const same = (one: Kept): boolean =>
        wanted.some(([peer, ways]) => peer === one.peer && ways.join() === one.ways.join())
      const staying = more.filter(same)
      for (const one of more) if (!staying.includes(one)) one.stopped.abort()
      more = [...staying, ...wanted.filter(([peer]) => !staying.some((one) => one.peer === peer)).map(start)]
    },
    async leave(peer) {
      if (all().some((one) => one.peer === peer)) return
      // A node that loses its seat dials what libp2p remembers as relays: this one would give the seat back.
      await libp2p.peerStore.patch(peerIdFromString(peer), { protocols: [] })
      const connections = libp2p.getConnections().filter((c) => !c.limits && c.remotePeer.toString() === peer)
      await Promise.all(connections.map((connection) => connection.close()))
    },
    isConfigured: (peer) => configured.some((one) => one.peer === peer),
    connected: () => all().flatMap(({ peer, ways }) => (isConnected(peer) ? ways : [])),
    retry: () => void nudges.dispatchEvent(new Event('retry')),
    stop: () => {
      for (const { stopped } of all()) stopped.abort()
    },
  }
}

function byPeer(addresses: readonly string[]): Map<PeerIdText, string[]> {
  return Map.groupBy(new Set(addresses), relayPeer)
}

/** The relay's peer id, from the end of its address. */
export function relayPeer(address: string): PeerIdText {
  return (address.split('/p2p/').at(-1) ?? '') as PeerIdText
}

const HOST = /^(ip4|ip6|dns|dns4|dns6)$/
const FOR_BROWSERS = /^(ws|wss|webrtc-direct)$/

/** True for a whole way to a relay that browsers can go, from a host to a peer id, and that leads through no other relay. */
export function isRelayAddress(text: string): boolean {
  try {
    const names = multiaddr(text)
      .getComponents()
      .map(({ name }) => name)
    const isWhole = HOST.test(names[0] ?? '') && names.indexOf('p2p') === names.length - 1
    return isWhole && names.some((name) => FOR_BROWSERS.test(name)) && v.is(peerId, relayPeer(text))
  } catch {
    return false // not even an address
  }
}

interface Pause {
  readonly libp2p: Libp2p
  readonly nudges: EventTarget
  readonly peer: string
  readonly ms: number
  readonly signal: AbortSignal
}

/** Resolves when a connection to `peer` closes, after `ms`, or with true when there is reason to try again now. */
function closedOrLater({ libp2p, nudges, peer, ms, signal }: Pause): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (event?: Event): void => {
      clearTimeout(timer)
      libp2p.removeEventListener('connection:close', onClose)
      nudges.removeEventListener('retry', done)
      signal.removeEventListener('abort', done)
      resolve(event?.type === 'retry')
    }
    const onClose = (event: CustomEvent<{ remotePeer: { toString(): string } }>): void => {
      if (event.detail.remotePeer.toString() === peer) done()
    }
    const timer = setTimeout(() => done(), ms)
    libp2p.addEventListener('connection:close', onClose)
    nudges.addEventListener('retry', done)
    signal.addEventListener('abort', done)
  })
}
