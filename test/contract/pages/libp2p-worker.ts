/** Unmodified libp2p with @libp2p/webrtc in a SharedWorker, on connections lent by tabs. */
import { createPool } from '../../../src/worker/rtc/pool.ts'
import { installRtc } from '../../../src/worker/rtc/shim.ts'
import { serve } from './join.ts'

const pool = createPool()
installRtc(pool)
// Only now: @libp2p/webrtc copies the globals when it is evaluated.
const node = import('./libp2p-node.ts').then(({ startNode }) => startNode())

serve(pool, {
  tabs: () => pool.tabs,
  start: async (relay: string) => (await node).start(relay),
  dial: async (relay: string, peer: string) => (await node).dial(relay, peer),
  echo: async (peer: string, size: number) => (await node).echo(peer, size),
  hangUp: async (peer: string) => (await node).hangUp(peer),
  connections: async (peer: string) => (await node).connections(peer),
  closes: async () => (await node).closes(),
})
