/** The calls about sealed links as plain functions: `cafe.links`. */
import type { PeerIdText } from '../core/ids.ts'
import type { Client } from '../rpc/port.ts'
import type { LinkApi, LinkConsole, LinkOpenApi } from '../worker/link-api.ts'
import { sealedLinkOf } from './sealed-link.ts'

export function linkConsole(call: Client<LinkApi & LinkOpenApi>['call']): LinkConsole {
  return {
    make: (wishes) => call('links.make', wishes),
    list: () => call('links.list', {}),
    change: (id, change) => call('links.change', { id, ...change }),
    revoke: (id) => call('links.revoke', { id }),
    open: (link, { password } = {}) => {
      const { code = '', from } = sealedLinkOf(link)
      return call('links.open', { code, from: from as readonly PeerIdText[], password })
    },
  }
}
