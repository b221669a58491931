/** The answers to {@link GatewayApi}: blocks for the service worker, from this device or from the network. */
import { parseCid } from '../core/block.ts'
import { peerId, text, v } from '../core/schema.ts'
import type { Node } from '../net/node.ts'
import { type Handlers, Moved } from '../rpc/port.ts'
import type { GatewayApi } from './api.ts'

/** Cafes one link may name. */
const MAX_FROM = 4

export function gatewayHandlers(node: Node): Handlers<GatewayApi> {
  return {
    'block.get': {
      input: v.strictObject({ cid: text(256), from: v.pipe(v.array(peerId), v.maxLength(MAX_FROM)) }),
      async run({ cid, from }, { signal }) {
        node.fetcher.hint(from)
        // A copy: the original may be on its way into the store, and a moved buffer would be gone there.
        const bytes = (await node.get(parseCid(cid), { signal })).slice()
        return new Moved(bytes, [bytes.buffer])
      },
    },
  }
}
