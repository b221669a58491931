/**
 * Which cafe has a block: asks the cafes that hold a seat here and names those that do. The relay keeps nothing of it. It
 * lets a link be opened that names no cafe; what the relay learns is that somebody looks for that CID.
 */
import type { Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { PeerIdText } from '../src/core/ids.ts'
import type { Log } from '../src/core/log.ts'
import { blockProtocol, findProtocol, MAX_PROVIDERS } from '../src/wire/block.ts'
import { type Connector, call } from '../src/wire/call.ts'
import { serve } from '../src/wire/serve.ts'
import * as limits from './limits.ts'
import type { RelayNode } from './node.ts'

/** Answers `findProtocol` on `node` from now on. */
export async function serveFind(node: RelayNode, log: Log): Promise<void> {
  const connector: Connector = {
    open: (peer, protocol, { signal }): Promise<Stream> => {
      const open = node.getConnections(peerIdFromString(peer)).find(({ status }) => status === 'open')
      if (!open) return Promise.reject(new Error('the peer has left'))
      return open.newStream(protocol, { signal })
    },
  }

  const has = async (peer: PeerIdText, cid: Parameters<typeof ask>[0], signal: AbortSignal): Promise<boolean> => {
    try {
      const { have } = await call(connector, peer, blockProtocol, 'have', { cids: [cid] }, { signal })
      return have[0] === true
    } catch {
      // a peer that left, is slow, or serves no blocks: it simply is not named
      return false
    }
  }

  type Find = Parameters<typeof serve<typeof findProtocol, undefined>>[1]['find']
  const ask = async (
    cid: Parameters<Find>[0]['cid'],
    asker: PeerIdText,
    found: (peer: PeerIdText) => Promise<void>,
  ) => {
    const signal = AbortSignal.timeout(limits.FIND_TIME)
    const seated = [...node.services.relay.reservations.keys()].map((peer) => peer.toString() as PeerIdText)
    const asked = seated.filter((peer) => peer !== asker).slice(0, limits.FIND_PEERS)
    let named = 0
    await Promise.all(
      asked.map(async (peer) => {
        if ((await has(peer, cid, signal)) && named++ < MAX_PROVIDERS) await found(peer)
      }),
    )
  }

  const answer = serve<typeof findProtocol, undefined>(
    findProtocol,
    {
      async find({ cid }, { peer, send }) {
        await ask(cid, peer, (found) => send({ peer: found }))
        return {}
      },
    },
    { guard: async () => undefined, log },
  )
  await node.handle(findProtocol.id, answer, { maxInboundStreams: limits.FIND_STREAMS })
}
