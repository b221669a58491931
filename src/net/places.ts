/**
 * Places for connections, of which a node has a fixed number: some are for peers this device knows, so that strangers, who
 * cost nothing to make, cannot take them all. When the strangers' are taken, the stranger who has been there longest
 * without using it gives way; a newcomer with an invite needs seconds until it is known.
 */
import type { Connection, ConnectionGater, PeerId } from '@libp2p/interface'
import type { PeerIdText } from '../core/ids.ts'

export interface Places {
  /** In all; libp2p refuses what is more. */
  readonly all: number
  /** Of these, for strangers. */
  readonly strangers: number
}

export interface PlacesComponents {
  readonly places: Places
  readonly connections: () => readonly Connection[]
  /** A client, a cafe or somebody's device that this one has to do with. */
  readonly known: (peer: PeerIdText) => boolean | Promise<boolean>
}

/** Milliseconds in which a stranger may make itself known before it can be sent away. */
const GRACE = 15_000

/** The part of the gate that counts strangers. Outgoing connections are ours, whoever answers. */
export function placesGate({ places, connections, known }: PlacesComponents): ConnectionGater {
  const text = (peer: PeerId): PeerIdText => peer.toString() as PeerIdText

  /** Whoever came in and is not known now, the first to come first. */
  const strangers = async (): Promise<Connection[]> => {
    const inbound = connections().filter(({ direction, status }) => direction === 'inbound' && status === 'open')
    // Known or not is looked up only when it matters.
    if (inbound.length < places.strangers) return []
    const unknown = await Promise.all(inbound.map(async ({ remotePeer }) => !(await known(text(remotePeer)))))
    return inbound.filter((_, i) => unknown[i]).sort((a, b) => a.timeline.open - b.timeline.open)
  }

  return {
    async denyInboundUpgradedConnection(peer) {
      const others = await strangers()
      if (others.length < places.strangers || (await known(text(peer)))) return false
      const idle = others.find(({ streams, timeline }) => streams.length === 0 && Date.now() - timeline.open > GRACE)
      idle?.abort(new Error('the place is needed'))
      return idle === undefined
    },
  }
}
