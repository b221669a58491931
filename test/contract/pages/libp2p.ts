/** A tab that lends WebRTC to a libp2p node in a SharedWorker and passes commands on to it. */
import { join } from './join.ts'

const call = await join(new SharedWorker(new URL('./libp2p-worker.ts', import.meta.url), { type: 'module' }))

Object.assign(globalThis, { call })
