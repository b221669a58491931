/**
 * Puts `RTCPeerConnection`, `RTCSessionDescription` and `RTCIceCandidate` where a SharedWorker has none, so that
 * unmodified @libp2p/webrtc (or anything else that speaks the W3C API, without media) runs there on connections lent
 * by tabs. This folder and `src/ui/rtc-*.ts` are a module of their own: beside `core` and `rpc` they import only each
 * other. What the two sides say is described in `messages.ts`, differences from a window in `channel.ts`.
 *
 * **Contract.** What a program sees here is what it would see in a window: names and values of properties, the order of
 * events, what a property is when a handler reads it, names of errors. The same cases run on a real connection and on this
 * (`test/contract/rtc.ts`). Beyond that: a connection stays with its tab; a tab that goes takes its own connections and no
 * other; no message is lost, doubled or reordered while its channel is open.
 *
 * **Life of a lent tab.** A tab may lend any number of times, each time with a new port and a new id.
 *
 * ```
 *  pool.add ──> lends ───two questions owed──> passed over for new connections
 *                 │  <──────any word────────────        │
 *                 └──── bye · lock · hung · same id ────┴──> gone: port closed, connections lost
 *
 *  lendRtc ───> lends ──stop() · pagehide · freeze · `end`──> stopped: connections closed, port closed, pump ended
 *                 ^───── lend anew: `onend` says when, after `end` and when a frozen page runs again
 * ```
 *
 * A connection that is lost is `closed` at once, in this order: its channels fire `error` and `close`, then it fires
 * `iceconnectionstatechange` and `connectionstatechange`, then its open calls reject with OperationError. A new one goes
 * to another tab, or throws CafeError UNREACHABLE `{why: 'no-tab' | 'full'}`.
 *
 * **Failures**, and how long this side takes to know (measured by `npm run bench -- bridge_lost_ms bridge_lost_crash_ms`:
 * medians of 2 and 40 ms).
 *
 * | the tab is | noticed by | within |
 * | --- | --- | --- |
 * | closed, reloaded, navigated | its `bye`, said in `pagehide`; its Web Lock, if that is lost | 250 ms |
 * | crashed | its Web Lock, which the browser frees: whoever adds a tab watches it and calls `pool.remove(id, 'lock')` | 250 ms |
 * | frozen | its `bye`, said in `freeze`; as hung where the browser does not tell it | 250 ms |
 * | hung: its main thread is busy | questions without an answer; open channels go on meanwhile, by the pump | `BEAT` × (`MAX_UNANSWERED` + 1) = 4 s |
 *
 * | and also | noticed by | within |
 * | --- | --- | --- |
 * | this worker is gone | nothing here: the page calls `stop()` when the worker's lock is free (`rpc/alive.ts`) | 250 ms |
 * | the other side closes or loses its tab | the sentinel channel's close: `connectionState` is `failed` | a round trip |
 * | the other side is cut off | the browser's ICE checks | 5 to 15 s |
 *
 * **Back-pressure**, for each channel (numbers in `limits.ts`). Sending: `bufferedAmount` counts what is in this worker, on the port and in the
 * pump, at most `MAX_UNACKED`, and `send()` throws beyond; the real channel holds at most `PUMP_HIGH`; so
 * 3.25 MiB lie between `send()` and the network, whatever the tab does. Receiving: RTCDataChannel cannot be slowed, so
 * nothing is held: each message, of at most `MAX_MESSAGE`, is passed on without a copy, and who expects more than
 * it can take asks for less (a window in the protocol above).
 *
 * @example
 * ```ts
 * // worker: before anything that looks for RTC globals is evaluated
 * const pool = createPool()
 * installRtc(pool)
 * const { webRTC } = await import('@libp2p/webrtc')
 * pool.add({ id, port, visible: true }) // as they came from a tab
 * whenGone(life, { signal }).then(() => pool.remove(id, 'lock')) // the Web Lock that the tab holds
 *
 * // tab
 * const { port1, port2 } = new MessageChannel()
 * lendRtc({ port: port1, onend: lendAgain }) // and hand port2 to the worker
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
