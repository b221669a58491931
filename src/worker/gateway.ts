/** The answers to {@link GatewayApi}: blocks for the service worker, from this device or from the network; names. */
import { parseCid } from '../core/block.ts'
import type { PeerIdText } from '../core/ids.ts'
import { BLOCK_TIMEOUT } from '../core/limits.ts'
import { peerId, text, v } from '../core/schema.ts'
import type { Giver } from '../core/watched.ts'
import type { Names } from '../net/names.ts'
import type { Node } from '../net/node.ts'
import type { LinkOpener } from '../peer/link-open.ts'
import { type Handlers, Moved } from '../rpc/port.ts'
import type { GatewayApi } from './api.ts'
import { linkOpening } from './link-open-handlers.ts'
import { resolveHandlers } from './names-handlers.ts'

/** Milliseconds between signs of life while a block is on its way: it may wait behind many others. */
const PULSE = BLOCK_TIMEOUT / 4

/** Cafes one link may name. */
const MAX_FROM = 4

export function gatewayHandlers(node: Node, names: Names, opener: LinkOpener): Handlers<GatewayApi> {
  return {
    ...resolveHandlers(names),
    'link.open': {
      input: v.strictObject(linkOpening),
      run: (link, { signal }) => opener.open(link, { signal }),
    },
    'block.get': {
      input: v.strictObject({ cid: text(256), from: v.pipe(v.array(peerId), v.maxLength(MAX_FROM)) }),
      async run({ cid, from }, { signal, progress }) {
        node.fetcher.hint(from)
        const pulse = setInterval(() => progress('waiting'), PULSE)
        try {
          // A copy: the original may be on its way into the store, and a moved buffer would be gone there.
          const wanted = parseCid(cid)
          const since = performance.now()
          const bytes = (await node.get(wanted, { signal })).slice()
          const peer = node.fetcher.giverOf(wanted, since)
          if (peer) progress({ peer, path: pathTo(node, peer) })
          return new Moved(bytes, [bytes.buffer])
        } finally {
          clearInterval(pulse)
        }
      },
    },
  }
}

/** By which way blocks of a peer come now: a direct one is used as soon as there is one. */
function pathTo(node: Node, peer: PeerIdText): Giver['path'] {
  const isDirect = node.connections().some(({ peerId, path }) => peerId === peer && path === 'direct')
  return isDirect ? 'direct' : 'relayed'
}
