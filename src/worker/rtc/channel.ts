/**
 * `RTCDataChannel` over a MessagePort: the worker's end of a channel that lives in a tab. Sending is bounded and
 * acknowledged: `bufferedAmount` rises in `send()` and falls when the pump has handed the bytes to the real channel.
 *
 * Differences from a window, all allowed for by W3C or invisible to libp2p: `id` is null until `open` even on an
 * established connection; `send()` throws `OperationError` at {@link MAX_UNACKED} bytes (Chromium: 16 MiB); `send(Blob)`
 * is not supported; closing the connection fires `close` without `closing`.
 */
import { ChannelError, defineHandlers, eventWith, type Handler, invalidState } from './events.ts'
import { asFromChannel } from './guards.ts'
import { MAX_UNACKED, MAX_UNACKED_FRAMES } from './limits.ts'
import { type ChannelInfo, type ErrorInfo, type Frame, type FromChannel, frameSize, transfers } from './messages.ts'

export type ChannelState = 'connecting' | 'open' | 'closing' | 'closed'

/** What a channel needs to know of its connection. */
export interface ChannelOwner {
  /** Largest message the other side takes, in bytes. */
  maxMessageSize(): number
  /** Called once, just before `close` is dispatched. */
  gone(channel: DataChannel): void
}

/** How a channel begins. */
export interface ChannelStart {
  readonly info: ChannelInfo
  readonly port: MessagePort
  readonly state: 'connecting' | 'open'
  /**
   * Keeps the remote's closing back until `close()` is called here. For @libp2p/webrtc 6's 'init' channel: the answerer
   * closes it as soon as it is up, and a dialler that hears of that before `connectionState` turns `connected` waits
   * for ever for an `open` that has been (one dial in ten).
   */
  readonly holdClose: boolean
}

const STATES: readonly ChannelState[] = ['connecting', 'open', 'closing', 'closed']
const EVENTS = ['open', 'message', 'bufferedamountlow', 'error', 'closing', 'close'] as const

/** The worker's end of one lent data channel; W3C `RTCDataChannel`. */
export class DataChannel extends EventTarget {
  declare onopen: Handler
  declare onmessage: Handler<MessageEvent>
  declare onbufferedamountlow: Handler
  declare onerror: Handler
  declare onclosing: Handler
  declare onclose: Handler

  static {
    defineHandlers(DataChannel.prototype, EVENTS)
  }

  binaryType: 'arraybuffer' | 'blob' = 'arraybuffer'
  bufferedAmountLowThreshold = 0

  readonly label: string
  readonly protocol: string
  readonly negotiated: boolean
  readonly ordered: boolean
  readonly maxPacketLifeTime: number | null
  readonly maxRetransmits: number | null

  #id: number | null
  #state: ChannelState
  #opened = false
  /** Nothing more is received; `close` has been or is being dispatched. */
  #ended = false
  #bufferedAmount = 0
  #frames = 0
  #batch: Frame[] = []
  #held: 'none' | 'holding' | 'closing' | 'closed'
  readonly #port: MessagePort
  readonly #owner: ChannelOwner

  constructor(owner: ChannelOwner, { info, port, state, holdClose }: ChannelStart) {
    super()
    this.label = info.label
    this.protocol = info.protocol
    this.negotiated = info.negotiated
    this.ordered = info.ordered
    this.maxPacketLifeTime = info.maxPacketLifeTime
    this.maxRetransmits = info.maxRetransmits
    this.#id = info.id
    this.#state = state
    this.#held = holdClose ? 'holding' : 'none'
    this.#owner = owner
    this.#port = port
    port.addEventListener('message', this.#receive)
  }

  get id(): number | null {
    return this.#id
  }

  get readyState(): ChannelState {
    return this.#state
  }

  /** Bytes sent and not yet handed to the real channel. */
  get bufferedAmount(): number {
    return this.#bufferedAmount
  }

  /** Lets messages in. Called by the connection once the application has had its chance to attach handlers. */
  start(): void {
    this.#port.start()
  }

  /**
   * Sends one message; bytes are copied, so the caller may reuse its buffer.
   *
   * @throws InvalidStateError unless open; TypeError above the other side's `maxMessageSize`; OperationError when the
   * queue is full.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#state !== 'open') throw invalidState("RTCDataChannel.readyState is not 'open'")
    const frame = copy(data)
    const size = frameSize(frame)
    if (size > this.#owner.maxMessageSize()) throw new TypeError('message larger than max-message-size')
    if (this.#bufferedAmount + size > MAX_UNACKED || this.#frames >= MAX_UNACKED_FRAMES) {
      throw new DOMException('RTCDataChannel send queue is full', 'OperationError')
    }
    this.#bufferedAmount += size
    this.#frames++
    // One post for all that is sent in this turn: 20 % more throughput than one each.
    if (this.#batch.push(frame) === 1) queueMicrotask(() => this.#flush())
  }

  /** Closes after what was sent has gone out. Fires `close` when it has; never throws. */
  close(): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    const held = this.#held
    this.#held = 'none'
    this.#flush()
    this.#state = 'closing'
    this.#port.postMessage({ close: true })
    if (held === 'closed') setTimeout(() => this.#end())
  }

  /**
   * Ends at once, as when the connection is closed or its tab is gone; called by the connection. `close` is dispatched
   * by the returned function, so that all states can be set before the first event.
   */
  sever(error?: ErrorInfo): () => void {
    if (this.#ended) return () => {}
    // No `close` goes to the pump: the other side must see the connection end, not this channel end as if in order.
    this.#release()
    return () => {
      if (error) this.dispatchEvent(eventWith('error', { error: new ChannelError(error) }))
      this.dispatchEvent(new Event('close'))
    }
  }

  readonly #receive = (event: MessageEvent<unknown>): void => {
    const message = asFromChannel(event.data)
    if (message === undefined) return
    if (message instanceof ArrayBuffer || typeof message === 'string') this.#message(message)
    else if ('ack' in message) this.#acknowledge(message.ack, message.frames)
    else if ('error' in message) this.#fail(message.error)
    else this.#change(message)
  }

  #message(frame: Frame): void {
    const data = this.binaryType === 'blob' && typeof frame !== 'string' ? new Blob([frame]) : frame
    this.dispatchEvent(new MessageEvent('message', { data }))
  }

  #acknowledge(bytes: number, frames: number): void {
    const before = this.#bufferedAmount
    this.#bufferedAmount = Math.max(0, before - bytes)
    this.#frames = Math.max(0, this.#frames - frames)
    const low = this.bufferedAmountLowThreshold
    if (before > low && this.#bufferedAmount <= low) this.dispatchEvent(new Event('bufferedamountlow'))
  }

  /** The channel is closed when it says why; `close` follows with the pump's last message. */
  #fail(info: ErrorInfo): void {
    this.#state = 'closed'
    this.#held = 'none'
    this.dispatchEvent(eventWith('error', { error: new ChannelError(info) }))
  }

  /** Applies the real channel's state, forwards only. */
  #change(message: Extract<FromChannel, { state: string }>): void {
    const next = message.state
    if (next === 'open') {
      this.#id = message.id ?? this.#id
      // An incoming channel is open before its `open` event, so the event has a flag of its own.
      if (this.#opened || STATES.indexOf(this.#state) > STATES.indexOf('open')) return
      this.#opened = true
      this.#state = 'open'
      this.dispatchEvent(new Event('open'))
    } else if (this.#held !== 'none') {
      this.#held = next
    } else if (next === 'closed') {
      this.#end()
    } else if (STATES.indexOf(next) > STATES.indexOf(this.#state)) {
      this.#state = next
      this.dispatchEvent(new Event('closing'))
    }
  }

  #flush(): void {
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    this.#port.postMessage(batch, transfers(batch))
  }

  #end(): void {
    if (this.#ended) return
    this.#release()
    this.dispatchEvent(new Event('close'))
  }

  #release(): void {
    this.#ended = true
    this.#state = 'closed'
    this.#held = 'none'
    this.#batch = []
    this.#port.removeEventListener('message', this.#receive)
    this.#port.close()
    this.#owner.gone(this)
  }
}

function copy(data: string | ArrayBuffer | ArrayBufferView): Frame {
  if (typeof data === 'string') return data
  if (data instanceof ArrayBuffer) return data.slice(0)
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer
  }
  throw new TypeError('RTCDataChannel.send takes text, an ArrayBuffer or a view of one')
}
