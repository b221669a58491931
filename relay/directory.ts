/**
 * Which cafes can be reached through this relay: `GET /cafes`. For whoever has nothing but the words of an account, and for
 * people who look for a cafe. A cafe is a peer that holds a seat here and says in identify that it admits clients; that is
 * what everybody on the relay can see of it anyway. The relay keeps nothing of it beyond the connection.
 */
import { randomInt } from 'node:crypto'
import type { IdentifyResult, PeerId } from '@libp2p/interface'
import * as limits from './limits.ts'

/** What cafes speak and nobody else does; the relay knows no more of it than the name. */
export const CAFE_PROTOCOL = '/cafe/session/1.0.0'

/** The body of `/cafes`. */
export interface Directory {
  /** In no order: from another place each time, so that of too many all are named now and then. */
  readonly cafes: ReadonlyArray<{
    readonly peer: string
    /** Where it can be dialled through this relay. */
    readonly addresses: readonly string[]
  }>
}

/** The part of a libp2p node that is used. */
export interface Seats {
  readonly services: { readonly relay: { readonly reservations: { keys(): Iterable<PeerId> } } }
  addEventListener(type: 'peer:identify', listener: (event: CustomEvent<IdentifyResult>) => void): void
  addEventListener(type: 'peer:disconnect', listener: (event: CustomEvent<PeerId>) => void): void
}

/**
 * A reader of the directory of `node`, which listens from now on.
 * @param addresses full addresses of the relay, ending in its peer id.
 * @param pick a number from 0 to below its argument.
 */
export function createDirectory(
  node: Seats,
  addresses: () => readonly string[],
  pick: (below: number) => number = randomInt,
): () => Directory {
  /** Those connected who speak it: no more than there are connections. */
  const cafes = new Set<string>()
  // At each connection, and whenever the peer says anew what it speaks.
  node.addEventListener('peer:identify', ({ detail: { peerId, protocols } }) => {
    if (protocols.includes(CAFE_PROTOCOL)) cafes.add(peerId.toString())
    else cafes.delete(peerId.toString())
  })
  node.addEventListener('peer:disconnect', ({ detail }) => void cafes.delete(detail.toString()))

  return () => {
    const seated = [...node.services.relay.reservations.keys()].map(String).filter((peer) => cafes.has(peer))
    const first = seated.length > 0 ? pick(seated.length) : 0
    const named = [...seated.slice(first), ...seated.slice(0, first)].slice(0, limits.MAX_CAFES)
    const ways = addresses().slice(0, limits.CAFE_ADDRESSES)
    return { cafes: named.map((peer) => ({ peer, addresses: ways.map((way) => `${way}/p2p-circuit/p2p/${peer}`) })) }
  }
}
