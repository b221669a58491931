/**
 * The same libp2p node twice, to be compared: in this browser's SharedWorker on the WebRTC this tab lends, and, from its
 * first call on, in this window itself on the window's own WebRTC. `globalThis.peers` calls the commands of either.
 */
import { join } from '../../contract/pages/join.ts'
import type { PeerCommands } from './peer-node.ts'

type Call = (name: keyof PeerCommands, ...args: never[]) => Promise<unknown>

const worker: Call = await join(new SharedWorker(new URL('./peer-worker.ts', import.meta.url), { type: 'module' }))

let node: Promise<PeerCommands> | undefined
const window: Call = async (name, ...args) => {
  node ??= import('./peer-node.ts').then(({ createPeer }) => createPeer())
  return ((await node)[name] as (...rest: never[]) => unknown)(...args)
}

Object.assign(globalThis, { peers: { worker, window } })
