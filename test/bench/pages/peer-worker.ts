/** The node of `peer-node.ts` in a SharedWorker, on connections lent by tabs. */
import { createPool } from '../../../src/worker/rtc/pool.ts'
import { installRtc } from '../../../src/worker/rtc/shim.ts'
import { serve } from '../../contract/pages/join.ts'
import type { PeerCommands } from './peer-node.ts'

const pool = createPool()
installRtc(pool)
// Only now: @libp2p/webrtc copies the globals when it is evaluated.
const node = import('./peer-node.ts').then(({ createPeer }) => createPeer())

const later =
  (name: keyof PeerCommands) =>
  async (...args: never[]): Promise<unknown> =>
    ((await node)[name] as (...rest: never[]) => unknown)(...args)

serve(pool, {
  reserve: later('reserve'),
  connect: later('connect'),
  send: later('send'),
  echo: later('echo'),
})
