/**
 * Lends this tab's WebRTC to the worker: makes real connections on request, moves each data channel at birth to the
 * tab's dedicated worker, and closes everything when the page goes, so that the other sides learn of it at once. The
 * same is done when the browser freezes the page, which would keep everybody waiting for it. The
 * protocol is described in `../worker/rtc/messages.ts`.
 */
import { asDown } from '../worker/rtc/guards.ts'
import {
  type ChannelInfo,
  type Config,
  type Down,
  errorInfo,
  MAX_CONNECTIONS,
  type PcState,
  type PcUp,
  SENTINEL_ID,
  STATE_EVENTS,
  type TabUp,
} from '../worker/rtc/messages.ts'
import { watchNetwork } from './rtc-news.ts'
import { pumpChannel } from './rtc-pump.ts'

export interface LendOptions {
  /** This tab's end of the control port; the other end goes to `RtcPool.add` in the worker. */
  readonly port: MessagePort
  /** Makes the dedicated worker that pumps channels; replaced in tests. */
  readonly createPump?: () => Worker
  /**
   * The worker no longer wants this tab's connections (it took the tab for hung), or the page was frozen and runs again.
   * Lend anew with a new port and id.
   */
  readonly onend?: () => void
}

/**
 * Lends until `stop()`, `pagehide`, `freeze`, or the worker's `end`. After any of these the port is closed for good; a page shown
 * again from the back/forward cache lends anew under a new id.
 */
export function lendRtc({ port, createPump = defaultPump, onend }: LendOptions): { stop(): void } {
  const tell = (message: PcUp | TabUp, transfer: Transferable[] = []) => port.postMessage(message, transfer)
  const lent = new Map<number, Lent>()
  const hands = createHands(createPump)

  const stop = () => {
    tell({ ev: 'bye' })
    for (const one of lent.values()) one.close()
    lent.clear()
    hands.stop()
    port.close()
    removeEventListener('pagehide', stop)
    document.removeEventListener('visibilitychange', look)
    document.removeEventListener('freeze', freeze)
    unwatch()
  }
  const thaw = () => onend?.()
  const freeze = () => {
    stop()
    document.addEventListener('resume', thaw, { once: true })
  }
  const look = () => tell({ ev: 'visible', visible: document.visibilityState === 'visible' })
  const make = (pc: number, config: Config) => {
    if (lent.has(pc)) return
    if (lent.size < MAX_CONNECTIONS) lent.set(pc, new Lent(pc, config, tell, hands.take))
    else tell({ ev: 'dead', pc, error: { name: 'OperationError', message: 'this tab lends no more connections' } })
  }

  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = asDown(data)
    if (!message) return
    if (message.op === 'ask') tell({ ev: 'here' })
    else if (message.op === 'new') make(message.pc, message.config)
    else if (message.op === 'end') {
      stop()
      onend?.()
    } else if (message.op === 'close') {
      lent.get(message.pc)?.close()
      lent.delete(message.pc)
    } else lent.get(message.pc)?.run(message)
  }
  addEventListener('pagehide', stop)
  document.addEventListener('visibilitychange', look)
  document.addEventListener('freeze', freeze)
  const unwatch = watchNetwork((what) => tell({ ev: 'news', what }))
  look()
  return {
    stop() {
      document.removeEventListener('resume', thaw)
      stop()
    },
  }
}

/** Takes a new channel and serves it over `port` from here on. */
type Take = (channel: RTCDataChannel, port: MessagePort) => void

function defaultPump(): Worker {
  return new Worker(new URL('./rtc-pump.ts', import.meta.url), { type: 'module', name: 'rtc-pump' })
}

/**
 * Where channels go: to the dedicated worker once it has said that it is there; to this thread before, and where there
 * can be no worker, its script does not load, or a channel cannot be transferred. So no channel is ever lost.
 */
function createHands(createPump: () => Worker): { take: Take; stop(): void } {
  const pump = startPump(createPump)
  let ready = false
  pump?.addEventListener('message', () => {
    ready = true
  })
  const take: Take = (channel, port) => {
    if (!ready || !pump) return pumpChannel(channel, port)
    try {
      // The channel first: if it cannot be moved, the port is still ours.
      pump.postMessage({ channel, port }, [channel, port])
    } catch {
      pumpChannel(channel, port)
    }
  }
  return { take, stop: () => pump?.terminate() }
}

function startPump(createPump: () => Worker): Worker | undefined {
  try {
    return createPump()
  } catch {
    // Forbidden here. This thread does as well, only a busy page then delays messages.
    return undefined
  }
}

/** One lent connection: the real one and what the worker must hear of it. */
class Lent {
  readonly #pc: number
  readonly #tell: (message: PcUp, transfer?: Transferable[]) => void
  readonly #take: Take
  /** Set when the real connection exists; only a certificate takes time. */
  #real: RTCPeerConnection | undefined
  #waiting: (() => void)[] = []
  #sentinel: RTCDataChannel | undefined
  #gone = false
  #closed = false

  constructor(pc: number, config: Config, tell: (message: PcUp, transfer?: Transferable[]) => void, take: Take) {
    this.#pc = pc
    this.#tell = tell
    this.#take = take
    if (config.certificates?.length) void this.#certify(config)
    else this.#make(config, undefined)
  }

  /** Runs one request, in order, once the connection exists. */
  run(message: Extract<Down, { op: 'call' | 'dc' }>): void {
    const act = () => (message.op === 'dc' ? this.#channel(message.info, message.port) : void this.#call(message))
    if (this.#real) act()
    else this.#waiting.push(act)
  }

  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#real?.close()
  }

  async #certify(config: Config): Promise<void> {
    try {
      const recipes = config.certificates ?? []
      this.#make(
        config,
        await Promise.all(recipes.map((recipe) => RTCPeerConnection.generateCertificate({ ...recipe }))),
      )
    } catch (error) {
      this.#tell({ ev: 'dead', pc: this.#pc, error: errorInfo(error) })
    }
  }

  #make(config: Config, certificates: RTCCertificate[] | undefined): void {
    if (this.#closed) return
    try {
      // The guard has checked shapes; the browser knows the words.
      const real = new RTCPeerConnection({ ...config, certificates } as RTCConfiguration)
      this.#real = real
      this.#listen(real)
    } catch (error) {
      this.#tell({ ev: 'dead', pc: this.#pc, error: errorInfo(error) })
      return
    }
    for (const act of this.#waiting.splice(0)) act()
  }

  #listen(real: RTCPeerConnection): void {
    const pc = this.#pc
    for (const name of STATE_EVENTS) {
      real.addEventListener(name, () => this.#tell({ ev: 'state', pc, name, state: this.#state(real) }))
    }
    real.onicecandidate = ({ candidate }) => {
      this.#tell({ ev: 'candidate', pc, state: this.#state(real), candidate: candidate && plainCandidate(candidate) })
    }
    real.onicecandidateerror = ({ url, errorCode, errorText, address, port }) => {
      this.#tell({ ev: 'candidateerror', pc, info: { url, errorCode, errorText, address, port } })
    }
    real.ondatachannel = ({ channel }) => {
      const { port1, port2 } = new MessageChannel()
      const info = describe(channel)
      // In this very task: a channel can be moved only at birth.
      this.#take(channel, port1)
      this.#tell({ ev: 'channel', pc, state: this.#state(real), info, port: port2 }, [port2])
    }
  }

  async #call({ id, method, arg }: Extract<Down, { op: 'call' }>): Promise<void> {
    const real = this.#real
    if (!real) return
    try {
      const result: unknown = await (real[method] as (arg?: unknown) => Promise<unknown>).call(real, arg)
      if (real.sctp) this.#watch(real)
      const value = method.startsWith('create') ? plainDescription(result as RTCSessionDescriptionInit) : undefined
      this.#tell({ ev: 'reply', pc: this.#pc, id, state: this.#state(real), ...(value ? { value } : {}) })
    } catch (error) {
      this.#tell({ ev: 'reply', pc: this.#pc, id, state: this.#state(real), error: errorInfo(error) })
    }
  }

  #channel(info: ChannelInfo, port: MessagePort): void {
    const { label, id, maxPacketLifeTime, maxRetransmits, ...rest } = info
    try {
      const channel = this.#real?.createDataChannel(label, {
        ...rest,
        ...(id === null ? {} : { id }),
        ...(maxPacketLifeTime === null ? {} : { maxPacketLifeTime }),
        ...(maxRetransmits === null ? {} : { maxRetransmits }),
      })
      if (channel) this.#take(channel, port)
      if (this.#real) this.#watch(this.#real)
    } catch (error) {
      port.postMessage({ error: errorInfo(error) })
      port.postMessage({ state: 'closed' })
    }
  }

  /**
   * Adds the sentinel, once there is data to negotiate. If it closes after having been open the other side has closed
   * or gone, which the browser itself would say only after 5 to 15 s.
   */
  #watch(real: RTCPeerConnection): void {
    if (this.#sentinel || real.signalingState === 'closed') return
    const sentinel = real.createDataChannel('sentinel', { negotiated: true, id: SENTINEL_ID })
    this.#sentinel = sentinel
    sentinel.onopen = () => {
      sentinel.onclose = () => {
        if (this.#closed || this.#gone) return
        this.#gone = true
        this.#tell({ ev: 'state', pc: this.#pc, name: 'connectionstatechange', state: this.#state(real) })
      }
    }
  }

  #state(real: RTCPeerConnection): PcState {
    return {
      connectionState: this.#gone ? 'failed' : real.connectionState,
      iceConnectionState: real.iceConnectionState,
      iceGatheringState: real.iceGatheringState,
      signalingState: real.signalingState,
      localDescription: real.localDescription && plainDescription(real.localDescription),
      remoteDescription: real.remoteDescription && plainDescription(real.remoteDescription),
      maxMessageSize: real.sctp?.maxMessageSize ?? null,
    }
  }
}

function plainDescription({ type, sdp = '' }: RTCSessionDescriptionInit): { type: string; sdp: string } {
  return { type, sdp }
}

function plainCandidate(candidate: RTCIceCandidate) {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment }
}

function describe(channel: RTCDataChannel): ChannelInfo {
  const { label, protocol, id, negotiated, ordered, maxPacketLifeTime, maxRetransmits } = channel
  return { label, protocol, id, negotiated, ordered, maxPacketLifeTime, maxRetransmits }
}
