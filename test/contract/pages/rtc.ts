/** Runs the WebRTC contract in this window, or on the shim in a SharedWorker. `?pump=none|broken` spoils the pump. */
import { runRtcCases } from '../rtc.ts'
import { join } from './join.ts'

const PUMPS: Record<string, () => Worker> = {
  none: () => {
    throw new Error('workers are forbidden here')
  },
  broken: () => new Worker('/no-such-script.js', { type: 'module' }),
}

const createPump = PUMPS[new URLSearchParams(location.search).get('pump') ?? '']
const worker = new SharedWorker(new URL('./rtc-worker.ts', import.meta.url), { type: 'module' })
const call = await join(worker, createPump)

Object.assign(globalThis, {
  contract: { window: () => runRtcCases(globalThis), worker: () => call('run') },
})
