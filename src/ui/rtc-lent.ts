/**
 * One lent connection, as the tab holds it: the real one, what the worker asks of it, and what the worker must hear of
 * it. Every word about it carries all of its synchronous properties, read in the task of the event.
 */
import { SENTINEL_ID } from '../worker/rtc/limits.ts'
import {
  type ChannelInfo,
  type Config,
  type Down,
  errorInfo,
  type PcState,
  type PcUp,
  STATE_EVENTS,
} from '../worker/rtc/messages.ts'
import type { Take } from './rtc-hands.ts'

type Tell = (message: PcUp, transfer?: Transferable[]) => void

export class Lent {
  readonly #pc: number
  readonly #tell: Tell
  readonly #take: Take
  /** Set when the real connection exists; only a certificate takes time. */
  #real: RTCPeerConnection | undefined
  #waiting: (() => void)[] = []
  #sentinel: RTCDataChannel | undefined
  #gone = false
  #closed = false

  constructor(pc: number, config: Config, tell: Tell, take: Take) {
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
