/**
 * The WebRTC that tabs lend to this worker. When this module has been evaluated its shim is in place: @libp2p/webrtc takes
 * RTCPeerConnection from the global when it is evaluated, so every entry of the host imports this before `host.ts`.
 */
import { createPool } from './rtc/pool.ts'
import { installRtc } from './rtc/shim.ts'

export const pool = createPool()
installRtc(pool)
