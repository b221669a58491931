/** The shim's side of the WebRTC contract. */
import { createPool } from '../../../src/worker/rtc/pool.ts'
import { createRtc } from '../../../src/worker/rtc/shim.ts'
import { type RtcApi, runRtcCases } from '../rtc.ts'
import { serve } from './join.ts'

const pool = createPool()
serve(pool, { run: () => runRtcCases(createRtc(pool) as unknown as RtcApi) })
