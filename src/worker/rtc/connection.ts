/**
 * `RTCPeerConnection` in a worker: every call goes to the tab that lends the real connection, every event comes back
 * with the state a handler may read. When the tab is lost the connection closes at once, its calls reject, its channels
 * close; other tabs' connections are not touched.
 */
import { type ChannelState, DataChannel } from './channel.ts'
import { candidateErrorEvent, defineHandlers, errorFrom, eventWith, type Handler, invalidState } from './events.ts'
import {
  type ChannelInit,
  IceCandidate,
  plainCandidate,
  plainChannel,
  plainConfig,
  plainDescription,
  SessionDescription,
} from './init.ts'
import { MAX_CHANNELS, MAX_MESSAGE, SENTINEL_ID } from './limits.ts'
import type { ChannelInfo, ErrorInfo, Method, PcState, PcUp } from './messages.ts'
import type { RtcLine, RtcPool } from './pool.ts'

const EVENTS = [
  'connectionstatechange',
  'datachannel',
  'icecandidate',
  'icecandidateerror',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'negotiationneeded',
  'signalingstatechange',
] as const

const NEW: PcState = {
  connectionState: 'new',
  iceConnectionState: 'new',
  iceGatheringState: 'new',
  signalingState: 'stable',
  localDescription: null,
  remoteDescription: null,
  maxMessageSize: null,
}

/** One lent connection; W3C `RTCPeerConnection` without media. */
export class PeerConnection extends EventTarget {
  declare onconnectionstatechange: Handler
  declare ondatachannel: Handler<Event & { channel: DataChannel }>
  declare onicecandidate: Handler<Event & { candidate: IceCandidate | null }>
  declare onicecandidateerror: Handler
  declare oniceconnectionstatechange: Handler
  declare onicegatheringstatechange: Handler
  declare onnegotiationneeded: Handler
  declare onsignalingstatechange: Handler

  static {
    defineHandlers(PeerConnection.prototype, EVENTS)
  }

  #state: PcState = NEW
  #closed = false
  #nextCall = 0
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #channels = new Set<DataChannel>()
  readonly #line: RtcLine

  /** @throws CafeError UNREACHABLE `{why: 'no-tab' | 'full'}` when no tab can lend; TypeError for a bad `config`. */
  constructor(pool: RtcPool, config: unknown) {
    super()
    const plain = plainConfig(config)
    this.#line = pool.lend({ receive: (message) => this.#receive(message), lost: (error) => this.#lose(error) })
    this.#line.post({ op: 'new', config: plain })
  }

  get connectionState(): string {
    return this.#state.connectionState
  }

  get iceConnectionState(): string {
    return this.#state.iceConnectionState
  }

  get iceGatheringState(): string {
    return this.#state.iceGatheringState
  }

  get signalingState(): string {
    return this.#state.signalingState
  }

  get localDescription(): SessionDescription | null {
    const { localDescription } = this.#state
    return localDescription && new SessionDescription(localDescription)
  }

  get remoteDescription(): SessionDescription | null {
    const { remoteDescription } = this.#state
    return remoteDescription && new SessionDescription(remoteDescription)
  }

  /** Null until a description with data has been set. */
  get sctp(): { readonly maxMessageSize: number } | null {
    const { maxMessageSize } = this.#state
    return maxMessageSize === null ? null : { maxMessageSize }
  }

  createOffer(options?: object): Promise<unknown> {
    return this.#call('createOffer', () => options && { ...options })
  }

  createAnswer(options?: object): Promise<unknown> {
    return this.#call('createAnswer', () => options && { ...options })
  }

  async setLocalDescription(description?: unknown): Promise<void> {
    await this.#call('setLocalDescription', () => description && plainDescription(description))
  }

  async setRemoteDescription(description: unknown): Promise<void> {
    await this.#call('setRemoteDescription', () => plainDescription(description))
  }

  async addIceCandidate(candidate?: unknown): Promise<void> {
    await this.#call('addIceCandidate', () => candidate && plainCandidate(candidate))
  }

  /**
   * A channel, `connecting` until the tab says otherwise.
   *
   * @throws InvalidStateError when closed; TypeError for contradictory options; OperationError when the id is taken or
   * {@link MAX_CHANNELS} are open.
   */
  createDataChannel(label: string, init: ChannelInit = {}): DataChannel {
    if (this.#closed) throw invalidState("The RTCPeerConnection's signalingState is 'closed'.")
    const info = plainChannel(String(label), init)
    const taken = info.id === SENTINEL_ID || [...this.#channels].some((other) => other.id === info.id)
    if ((info.id !== null && taken) || this.#channels.size >= MAX_CHANNELS) {
      throw new DOMException('RTCDataChannel creation failed', 'OperationError')
    }
    const { port1, port2 } = new MessageChannel()
    const channel = this.#adopt(info, port1, 'connecting')
    this.#line.post({ op: 'dc', info, port: port2 }, [port2])
    channel.start()
    return channel
  }

  /** Closes at once, as W3C has it: states now, `close` of each channel in a task, promises left pending. */
  close(): void {
    if (this.#closed) return
    const ended = this.#shut()
    this.#calls.clear()
    this.#line.close()
    setTimeout(() => {
      for (const end of ended) end()
    })
  }

  #call(method: Method, argument: () => unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(invalidState("The RTCPeerConnection's signalingState is 'closed'."))
    const pending = Promise.withResolvers<unknown>()
    try {
      const arg = argument()
      const id = this.#nextCall++
      this.#calls.set(id, pending)
      this.#line.post({ op: 'call', id, method, arg: arg || undefined })
    } catch (error) {
      pending.reject(error)
    }
    return pending.promise
  }

  #receive(message: PcUp): void {
    if (this.#closed) return
    if (message.ev === 'dead') {
      this.#line.close()
      this.#lose(message.error)
    } else if (message.ev === 'candidateerror') {
      this.dispatchEvent(candidateErrorEvent(message.info))
    } else {
      this.#state = message.state
      this.#dispatch(message)
    }
  }

  #dispatch(message: Extract<PcUp, { state: PcState }>): void {
    if (message.ev === 'state') {
      this.dispatchEvent(new Event(message.name))
    } else if (message.ev === 'candidate') {
      const candidate = message.candidate && new IceCandidate(message.candidate)
      this.dispatchEvent(eventWith('icecandidate', { candidate }))
    } else if (message.ev === 'reply') {
      const call = this.#calls.get(message.id)
      this.#calls.delete(message.id)
      if (message.error) call?.reject(errorFrom(message.error))
      else call?.resolve(message.value && new SessionDescription(message.value))
    } else {
      this.#incoming(message.info, message.port)
    }
  }

  #incoming(info: ChannelInfo, port: MessagePort): void {
    if (this.#channels.size >= MAX_CHANNELS) {
      port.postMessage({ close: true })
      port.close()
      return
    }
    const channel = this.#adopt(info, port, 'open')
    this.dispatchEvent(eventWith('datachannel', { channel }))
    channel.start()
  }

  #adopt(info: ChannelInfo, port: MessagePort, state: ChannelState & ('connecting' | 'open')): DataChannel {
    const channel = new DataChannel(
      {
        maxMessageSize: () => Math.min(this.#state.maxMessageSize ?? MAX_MESSAGE, MAX_MESSAGE),
        gone: (gone) => this.#channels.delete(gone),
      },
      { info, port, state, holdClose: state === 'connecting' && info.label === 'init' },
    )
    this.#channels.add(channel)
    return channel
  }

  /** Sets every state to closed and returns the events still owed by the channels, in order of creation. */
  #shut(error?: ErrorInfo): readonly (() => void)[] {
    this.#closed = true
    this.#state = { ...this.#state, connectionState: 'closed', iceConnectionState: 'closed', signalingState: 'closed' }
    return [...this.#channels].map((channel) => channel.sever(error))
  }

  /** The tab is gone or has refused: channels first, then ICE, then the connection, then whoever waits for a reply. */
  #lose(error: ErrorInfo): void {
    if (this.#closed) return
    const ended = this.#shut(error)
    for (const end of ended) end()
    this.dispatchEvent(new Event('iceconnectionstatechange'))
    this.dispatchEvent(new Event('connectionstatechange'))
    for (const call of this.#calls.values()) call.reject(errorFrom(error))
    this.#calls.clear()
  }
}
