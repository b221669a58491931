/** How people come to a cafe on a node: where it is dialled, and the link that leads there. */
import { formatInvite } from './invite.ts'
import type { Node } from './node.ts'
import { inviteWays, throughRelay } from './paths.ts'

/** @param origin where the app is served: where invites lead. */
export function entranceOf(node: Pick<Node, 'peer' | 'relays' | 'addresses' | 'reserved'>, origin: string) {
  return {
    /** Addresses in use; before the reservation stands, those it will have. */
    addresses(): readonly string[] {
      const now = node.addresses()
      return now.length > 0 ? now : node.relays.addresses.flatMap((relay) => throughRelay(relay, node.peer))
    },
    reserved: node.reserved,
    invite: (invite: { name: string; addresses: readonly string[]; token: string | undefined }): string =>
      formatInvite({ ...invite, cafe: node.peer, addresses: inviteWays(invite.addresses) }, origin),
  }
}
