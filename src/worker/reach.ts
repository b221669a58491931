/** How this device reaches others for what goes from device to device: what the account peer knows of the node. */
import { fetchCafes } from '../net/cafe-list.ts'
import type { Node } from '../net/node.ts'
import { throughRelay } from '../net/paths.ts'
import type { Reach } from '../peer/kept-threads.ts'

/** @param origin where the app is served, by a relay that may know of cafes. */
export const reachOf = (node: Node, origin: string): Reach => ({
  registrar: node,
  origin,
  online: () => node.connections().map(({ peerId }) => peerId),
  addresses: node.addresses,
  relayed: (peer) => node.relays.addresses.flatMap((relay) => throughRelay(relay, peer)),
  async directory({ signal }) {
    const listed = await fetchCafes(origin, { signal })
    // A cafe in this very browser is no safe place for its own account.
    return listed.filter(({ peer }) => peer !== node.peer).map(({ peer, addresses }) => ({ cafe: peer, addresses }))
  },
})
