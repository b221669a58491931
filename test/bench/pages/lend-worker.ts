/** A worker with two connections, lent by two tabs and connected with each other, that tells when the newer tab's is lost. */
import { createPool } from '../../../src/worker/rtc/pool.ts'
import { createRtc } from '../../../src/worker/rtc/shim.ts'
import { serve } from '../../contract/pages/join.ts'
import { close, negotiate, once, pair, type RtcApi } from '../../contract/rtc-tools.ts'

const pool = createPool()
const api = createRtc(pool) as unknown as RtcApi
let lost: Promise<number> | undefined

serve(pool, {
  /** Connects. @throws if the two connections are not of one tab each. */
  async connect() {
    const { a, b } = pair(api)
    const channel = a.createDataChannel('bench')
    const open = once(channel, 'open')
    await negotiate({ a, b })
    await open
    const seats = pool.tabs.map(({ connections }) => connections).join()
    if (seats !== '1,1') throw new Error(`the tabs lend ${seats} connections`)
    lost = new Promise((resolve) => {
      b.onconnectionstatechange = () => {
        if (b.connectionState !== 'closed') return
        resolve(Date.now())
        close(a)
      }
    })
  },
  /** When the newer tab's connection was lost, in milliseconds since the epoch. */
  lost() {
    if (!lost) throw new Error('nothing is connected')
    return lost
  },
})
