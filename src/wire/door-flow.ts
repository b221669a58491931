/**
 * The two bodies of one exchange through the door, each with a window: WebRTC streams have no back-pressure at their
 * receiving end and js-libp2p ends a stream that is read too slowly, so whoever reads says how much more may come. Neither
 * side ever holds more than DOOR_WINDOW bytes that were not taken, however slow the reader.
 */
import { CafeError, isErrorCode, toCafeError } from '../core/errors.ts'
import { DOOR_CHUNK, DOOR_IDLE, DOOR_WINDOW } from '../core/limits.ts'
import { parse } from '../core/schema.ts'
import { type BodyFrame, bodyFrame } from './door-protocol.ts'
import type { Frames } from './frames.ts'

export type Bytes = Uint8Array<ArrayBuffer>
export type Body = ReadableStream<Bytes>

/** Credit is given back in pieces of at least this. */
const CREDIT_STEP = DOOR_WINDOW / 4

export interface DoorFlowInit {
  readonly wire: Frames
  /** Ends everything: the stream is gone. */
  readonly signal: AbortSignal
  /** Resets the stream. */
  readonly abort: (reason: CafeError) => void
  /** What may be sent before the first credit. */
  readonly credit?: number
  /** What the other side may send as soon as its body is read: it waits for that. */
  readonly owed?: number
  readonly onCredit?: (() => void) | undefined
  /** Waits until so many bytes may be sent. @throws CafeError: then the body is cut off. */
  readonly pace?: ((bytes: number, options: { signal: AbortSignal }) => Promise<void>) | undefined
  /** The other side's body has come in full, or will not: the reason of that. */
  readonly onEnd?: ((failure?: CafeError) => void) | undefined
}

export class DoorFlow {
  readonly #init: DoorFlowInit
  readonly #ready: Bytes[] = []
  #changed = Promise.withResolvers<void>()
  #credit: number
  #unread = 0
  #owed = 0
  #left = Number.POSITIVE_INFINITY
  #begun = false
  #end: 'open' | 'ended' | CafeError = 'open'
  #refused = false
  #over = false
  #source: ReadableStreamDefaultReader<Bytes> | undefined
  #stopped = false
  #moves = 0
  #idle: ReturnType<typeof setTimeout> | undefined

  constructor(init: DoorFlowInit) {
    this.#init = init
    this.#credit = init.credit ?? DOOR_WINDOW
    this.#owed = init.owed ?? 0
    this.#watch()
  }

  /** The other side's body, of exactly `size` bytes if that is known; or none. */
  body(has: boolean, size: number | undefined): Body | null {
    this.#begun = true
    this.#left = size ?? Number.POSITIVE_INFINITY
    if (!has) this.#finish('ended')
    if (!has) return null
    return new ReadableStream<Bytes>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.#refuse() },
      { highWaterMark: 0 },
    )
  }

  /**
   * Reads what the other side says until the stream ends: its head, if one is to come, which must ask for its body, and all
   * the rest. Never rejects.
   */
  async run(onHead?: (frame: unknown) => void): Promise<void> {
    const { wire, signal, abort } = this.#init
    try {
      for (;;) {
        const frame = await wire.read({ signal })
        if (onHead && !this.#begun && isHead(frame)) onHead(frame)
        else this.#take(parse(bodyFrame, frame))
      }
    } catch (error) {
      const failure = toCafeError(error, 'UNREACHABLE')
      // A stream that ends after the body is how an exchange is over; anything else is a breach or a loss.
      if (!this.#over && (failure.code !== 'UNREACHABLE' || this.#end === 'open')) abort(failure)
      this.#fail(failure)
    }
  }

  /**
   * Sends all of `body`, as fast as the other side takes it; returns early if it wants no more, or is gone.
   * @throws CafeError whatever reading the body failed with: the other side is told.
   */
  async send(body: Body): Promise<void> {
    const source = body.getReader()
    this.#source = source
    const { wire, signal } = this.#init
    try {
      while (!this.#stopped) {
        const { value } = await source.read()
        if (!value) break
        for (let at = 0; at < value.byteLength && !this.#stopped; )
          at += await this.#sendPiece(value.subarray(at, at + DOOR_CHUNK))
      }
      if (!this.#stopped) await wire.write({ end: true }, { signal })
    } catch (error) {
      const failure = toCafeError(error)
      await wire.write({ err: failure.code }, { signal }).catch(() => {})
      throw failure
    } finally {
      // A source that is at its end, or has failed, takes no notice.
      source.cancel().catch(() => {})
    }
  }

  /** All has been said: what the stream does from now on matters to nobody. */
  close(): void {
    this.#over = true
    clearTimeout(this.#idle)
    this.#stop()
  }

  /** Sends as much of a piece as there is credit for, and says how much that was. */
  async #sendPiece(piece: Bytes): Promise<number> {
    while (this.#credit === 0 && !this.#stopped) await this.#changed.promise
    if (this.#stopped) return 0
    const data = piece.subarray(0, this.#credit)
    this.#credit -= data.byteLength
    await this.#init.pace?.(data.byteLength, this.#init)
    await this.#init.wire.write({ data }, this.#init)
    this.#moves++
    return data.byteLength
  }

  #take(frame: BodyFrame): void {
    this.#moves++
    if ('credit' in frame) {
      this.#credit += frame.credit
      if (this.#credit > DOOR_WINDOW) throw new CafeError('BAD_REQUEST', { at: 'credit' })
      this.#init.onCredit?.()
    } else if ('stop' in frame) this.#stop()
    else if (!this.#refused) this.#takeBody(frame)
    this.#change()
  }

  #takeBody(frame: Exclude<BodyFrame, { credit: number } | { stop: true }>): void {
    if (this.#end !== 'open' || !this.#begun) throw new CafeError('BAD_REQUEST', { at: 'body' })
    if ('data' in frame) {
      const { byteLength } = frame.data
      this.#unread += byteLength
      this.#left -= byteLength
      if (this.#unread > DOOR_WINDOW) throw new CafeError('BAD_REQUEST', { at: 'window' })
      if (this.#left < 0) throw wrongSize()
      this.#ready.push(frame.data as Bytes)
    } else if ('err' in frame) this.#finish(new CafeError(isErrorCode(frame.err) ? frame.err : 'INTERNAL'))
    else this.#finish(this.#left > 0 && Number.isFinite(this.#left) ? wrongSize() : 'ended')
  }

  async #pull(controller: ReadableStreamDefaultController<Bytes>): Promise<void> {
    while (this.#ready.length === 0 && this.#end === 'open') {
      // The first read of a body whose sender waits for it.
      await this.#give(0)
      if (this.#ready.length === 0 && this.#end === 'open') await this.#changed.promise
    }
    const piece = this.#ready.shift()
    if (piece) {
      controller.enqueue(piece)
      await this.#give(piece.byteLength)
    } else if (this.#end instanceof CafeError) controller.error(this.#end)
    else controller.close()
  }

  /** Gives back credit for what was read. A stream that is gone is told to the reader by what follows. */
  async #give(bytes: number): Promise<void> {
    this.#moves++
    this.#unread -= bytes
    this.#owed += bytes
    if (this.#owed < CREDIT_STEP || this.#end !== 'open') return
    const credit = this.#owed
    this.#owed = 0
    await this.#init.wire.write({ credit }, this.#init).catch(() => {})
  }

  async #refuse(): Promise<void> {
    this.#refused = true
    this.#ready.length = 0
    if (this.#end !== 'open') return
    await this.#init.wire.write({ stop: true }, this.#init).catch(() => {})
    this.#finish('ended')
  }

  #finish(end: 'ended' | CafeError): void {
    if (this.#end !== 'open') return
    this.#end = end
    this.#init.onEnd?.(end === 'ended' ? undefined : end)
  }

  #fail(error: CafeError): void {
    this.#finish(error)
    this.#stop()
    this.#change()
  }

  #stop(): void {
    this.#stopped = true
    this.#source?.cancel().catch(() => {})
    this.#change()
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  #watch(moves = -1): void {
    const now = this.#moves
    if (moves === now) this.#init.abort(new CafeError('TIMEOUT'))
    else this.#idle = setTimeout(() => this.#watch(now), DOOR_IDLE)
  }
}

const isHead = (frame: unknown): boolean => typeof frame === 'object' && frame !== null && 'status' in frame

/** A body of another size than its head says. */
const wrongSize = (): CafeError => new CafeError('CORRUPT', { what: 'size' })
