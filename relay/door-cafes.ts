/** The cafes that can be reached through the door: those connected to the relay. It keeps no more than their ids. */
import type { Connection, IdentifyResult, PeerId, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CafeError } from '../src/core/errors.ts'
import type { PeerIdText } from '../src/core/ids.ts'
import { DOOR_PROTOCOL } from '../src/wire/door-protocol.ts'
import { DOOR_CAFES, DOOR_OPEN } from './limits.ts'

/** The part of a libp2p node that is used. */
export interface DoorNode {
  getConnections(peer: PeerId): Connection[]
  addEventListener(type: 'peer:identify', listener: (event: CustomEvent<IdentifyResult>) => void): void
}

export interface DoorCafes {
  /** Had it its door open here, since the relay was started? */
  knows(cafe: PeerIdText): boolean
  /** @throws CafeError UNREACHABLE {what: 'asleep' | 'closed'}; BUSY {what: 'door'}. */
  open(cafe: PeerIdText, signal: AbortSignal): Promise<Stream>
}

export function createDoorCafes(node: DoorNode): DoorCafes {
  const known = new Set<string>()
  // At each connection, and whenever the peer says anew what it speaks.
  node.addEventListener('peer:identify', ({ detail: { peerId, protocols } }) => {
    if (!protocols.includes(DOOR_PROTOCOL)) return
    known.delete(peerId.toString())
    known.add(peerId.toString())
    const oldest = known.values().next().value
    if (known.size > DOOR_CAFES && oldest !== undefined) known.delete(oldest)
  })
  return {
    knows: (cafe) => known.has(cafe),
    async open(cafe, signal) {
      const open = node.getConnections(peerIdFromString(cafe)).filter(({ status }) => status === 'open')
      // The newest: an older one may be that of a network the cafe has left.
      const connection = open.sort((a, b) => b.timeline.open - a.timeline.open)[0]
      if (!connection) throw new CafeError('UNREACHABLE', { what: 'asleep' })
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(DOOR_OPEN)])
        return await connection.newStream(DOOR_PROTOCOL, { signal: within })
      } catch (cause) {
        const name = cause instanceof Error ? cause.name : ''
        if (name === 'UnsupportedProtocolError') throw new CafeError('UNREACHABLE', { what: 'closed' }, { cause })
        if (name.startsWith('TooMany')) throw new CafeError('BUSY', { what: 'door' }, { cause })
        throw new CafeError('UNREACHABLE', { what: 'lost' }, { cause })
      }
    },
  }
}
