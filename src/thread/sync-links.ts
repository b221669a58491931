/**
 * Which peers have proved which threads, by which tags they are named between the two, and where each said it was last. In
 * memory only: after a start everybody says hello again. Bounded; the peer that was quiet longest is forgotten first.
 */
import type { CID } from 'multiformats/cid'
import { hex, type PeerIdText } from '../core/ids.ts'
import { MAX_SHARED } from './sync-protocol.ts'
import type { ThreadIdText } from './thread.ts'

export interface Links {
  /** This peer and we have proved these threads to each other, under these tags. */
  meet(peer: PeerIdText, threads: readonly { readonly tag: Uint8Array<ArrayBuffer>; readonly id: ThreadIdText }[]): void
  /** The thread that the peer means, or undefined. */
  threadOf(peer: PeerIdText, tag: Uint8Array): ThreadIdText | undefined
  /** How a thread is named to the peer; undefined if there is no link for it. */
  tagOf(peer: PeerIdText, id: ThreadIdText): Uint8Array<ArrayBuffer> | undefined
  /** The peer has said that these are its heads. */
  tell(peer: PeerIdText, id: ThreadIdText, heads: readonly CID[]): void
  /** What it said last; undefined if nothing. */
  headsOf(peer: PeerIdText, id: ThreadIdText): readonly CID[] | undefined
  /** Peers with a link for this thread. */
  peersOf(id: ThreadIdText): readonly PeerIdText[]
  /** Peers with any link. */
  peers(): readonly PeerIdText[]
  threadsOf(peer: PeerIdText): readonly ThreadIdText[]
  drop(peer: PeerIdText): void
  /** The peer is not of this thread any more. */
  part(peer: PeerIdText, id: ThreadIdText): void
  forget(id: ThreadIdText): void
}

/** Peers with links: all devices of some threads of sixteen, and of a few large ones. */
const MAX_LINKS = 256
/** Tags kept for one peer: of the last `hello` of each side, and one more that may be running. */
const MAX_TAGS = 3 * MAX_SHARED

interface Link {
  readonly byTag: Map<string, ThreadIdText>
  readonly threads: Map<ThreadIdText, { tag: Uint8Array<ArrayBuffer>; heads: readonly CID[] | undefined }>
}

export function createLinks(): Links {
  const links = new Map<PeerIdText, Link>()

  const linkTo = (peer: PeerIdText): Link => {
    const link = links.get(peer) ?? { byTag: new Map(), threads: new Map() }
    links.delete(peer)
    links.set(peer, link)
    const oldest = links.keys().next().value
    if (links.size > MAX_LINKS && oldest !== undefined) links.delete(oldest)
    return link
  }

  const part = (peer: PeerIdText, id: ThreadIdText): void => {
    const link = links.get(peer)
    link?.threads.delete(id)
    for (const [tag, other] of link?.byTag ?? []) if (other === id) link?.byTag.delete(tag)
  }

  return {
    meet(peer, threads) {
      if (threads.length === 0) return
      const link = linkTo(peer)
      for (const { tag, id } of threads) {
        link.byTag.set(hex(tag), id)
        link.threads.set(id, { tag, heads: link.threads.get(id)?.heads })
      }
      for (const [tag] of link.byTag) if (link.byTag.size > MAX_TAGS) link.byTag.delete(tag)
    },
    threadOf: (peer, tag) => links.get(peer)?.byTag.get(hex(tag)),
    tagOf: (peer, id) => links.get(peer)?.threads.get(id)?.tag,
    tell(peer, id, heads) {
      const known = links.get(peer)?.threads.get(id)
      if (known) known.heads = heads
    },
    headsOf: (peer, id) => links.get(peer)?.threads.get(id)?.heads,
    peersOf: (id) => [...links].filter(([, link]) => link.threads.has(id)).map(([peer]) => peer),
    peers: () => [...links.keys()],
    threadsOf: (peer) => [...(links.get(peer)?.threads.keys() ?? [])],
    drop: (peer) => void links.delete(peer),
    part,
    forget(id) {
      for (const peer of links.keys()) part(peer, id)
    },
  }
}
