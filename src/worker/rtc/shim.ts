/**
 * Puts `RTCPeerConnection`, `RTCSessionDescription` and `RTCIceCandidate` where a SharedWorker has none, so that
 * unmodified @libp2p/webrtc (or anything else that speaks the W3C API, without media) runs there on connections lent
 * by tabs. The protocol and its limits are described in `messages.ts`, differences from a window in `channel.ts`.
 *
 * @example
 * ```ts
 * // worker: before anything that looks for RTC globals is evaluated
 * const pool = createPool()
 * installRtc(pool)
 * const { webRTC } = await import('@libp2p/webrtc')
 * pool.add({ id, port, visible: true }) // a port that came from a tab
 *
 * // tab
 * const { port1, port2 } = new MessageChannel()
 * lendRtc({ port: port1 }) // and hand port2 to the worker
 * ```
 */
import { PeerConnection } from './connection.ts'
import { Certificate, IceCandidate, plainRecipe, SessionDescription } from './init.ts'
import type { RtcPool } from './pool.ts'

/** The constructor that takes the place of the missing one. */
export interface RtcApi {
  readonly RTCPeerConnection: {
    new (config?: unknown): PeerConnection
    /** A certificate, made later by the tab that uses it. @throws TypeError for a bad algorithm. */
    generateCertificate(algorithm: unknown): Promise<Certificate>
  }
  readonly RTCSessionDescription: typeof SessionDescription
  readonly RTCIceCandidate: typeof IceCandidate
}

/** The three classes over `pool`, installed nowhere. */
export function createRtc(pool: RtcPool): RtcApi {
  class RTCPeerConnection extends PeerConnection {
    constructor(config?: unknown) {
      super(pool, config)
    }

    static async generateCertificate(algorithm: unknown): Promise<Certificate> {
      return new Certificate(plainRecipe(algorithm), Date.now())
    }
  }
  return { RTCPeerConnection, RTCSessionDescription: SessionDescription, RTCIceCandidate: IceCandidate }
}

/**
 * Defines the three globals on `scope`. Import '@libp2p/webrtc' dynamically and only after this: it copies the globals
 * when it is evaluated.
 */
export function installRtc(pool: RtcPool, scope: object = globalThis): void {
  for (const [name, value] of Object.entries(createRtc(pool))) {
    Object.defineProperty(scope, name, { value, configurable: true, writable: true, enumerable: false })
  }
}
