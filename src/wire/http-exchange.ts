/**
 * One HTTP request and its response: frames in, frames out, each with a limit in time. The response is there as soon as
 * its first frame is, or the failure that comes instead; what follows waits until the caller takes it.
 */
import { unlessAborted } from '../core/abort.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { HTTP_AHEAD, IDLE_TIMEOUT, MAX_REQUEST } from '../core/limits.ts'
import { type Format, type FrameReader, frameReader } from './http-frames.ts'
import { answerHeaders, failureResponse } from './http-headers.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface HttpExchangeInit {
  /** What the request is written in. */
  readonly written: Format
  /** What the response is to be written in. */
  readonly wanted: Format
  readonly signal?: AbortSignal | undefined
}

export class HttpExchange {
  /** Aborts when the caller is gone, or the exchange over. */
  readonly signal: AbortSignal
  readonly response: Promise<Response>
  readonly #over = new AbortController()
  readonly #frames: FrameReader
  readonly #format: Format
  readonly #respond: (response: Response) => void
  #writer: WritableStreamDefaultWriter<Bytes> | undefined

  constructor(request: Request, { written, wanted, signal: other }: HttpExchangeInit) {
    const { promise, resolve } = Promise.withResolvers<Response>()
    this.response = promise
    this.#respond = resolve
    this.#format = wanted
    this.#frames = frameReader(request.body as ReadableStream<Bytes> | null, written)
    this.signal = this.#over.signal
    for (const signal of [request.signal, other]) {
      if (signal?.aborted) this.#leave()
      signal?.addEventListener('abort', this.#leave, { signal: this.signal })
    }
  }

  /** Writes the receipt that `task` gives as the one end, or its failure as `fault` has it. Never rejects. */
  async run(task: () => Promise<unknown>, fault: (error: unknown) => CafeError): Promise<void> {
    try {
      await this.#end({ ok: await task() })
    } catch (error) {
      await this.#fail(fault(error))
    }
    this.#frames.stop()
    this.#leave()
  }

  /** The next upload. @throws CafeError UNREACHABLE when there is none, as where a stream has ended. */
  async read(limit: number, stop: AbortSignal): Promise<unknown> {
    const frame = await this.#frames.read({ signal: this.#idle(stop), limit })
    if (frame === undefined) throw new CafeError('UNREACHABLE')
    return frame
  }

  /** The first frame; where it is to be `alone`, the body must end with it. */
  async input({ alone }: { alone: boolean }): Promise<unknown> {
    const options = { signal: this.#idle(), limit: MAX_REQUEST }
    const input = await this.#frames.read(options)
    if (alone && (await this.#frames.read(options)) !== undefined) throw new CafeError('BAD_REQUEST', { at: 'upload' })
    return input
  }

  /** Resolves when the caller has taken what was before the frame, but for HTTP_AHEAD bytes. */
  async write(frame: unknown, ...stop: AbortSignal[]): Promise<void> {
    const bytes = this.#format.encode(frame)
    this.#writer ??= this.#open()
    await this.#unlessIdle(this.#writer.write(bytes), ...stop)
  }

  async #end(frame: unknown): Promise<void> {
    if (this.#writer) {
      await this.write(frame)
      await this.#unlessIdle(this.#writer.close())
    } else this.#respond(new Response(this.#format.encode(frame), { headers: answerHeaders(this.#format.type) }))
  }

  async #fail(error: CafeError): Promise<void> {
    const writer = this.#writer
    if (!writer) return this.#respond(failureResponse(error, { format: this.#format }))
    try {
      await this.#end({ err: error.code, data: error.data })
    } catch (cause) {
      // Nobody is left to be told; whoever still looks sees a body without an end.
      void writer.abort(cause).catch(() => {})
    }
  }

  #open(): WritableStreamDefaultWriter<Bytes> {
    const ahead = new ByteLengthQueuingStrategy({ highWaterMark: HTTP_AHEAD })
    const { readable, writable } = new TransformStream<Bytes, Bytes>({}, undefined, ahead)
    const writer = writable.getWriter()
    writer.closed.catch(this.#leave)
    this.#respond(new Response(readable, { headers: answerHeaders(this.#format.type) }))
    return writer
  }

  async #unlessIdle(written: Promise<void>, ...stop: AbortSignal[]): Promise<void> {
    try {
      await unlessAborted(written, this.#idle(...stop))
    } catch (error) {
      throw toCafeError(error, 'UNREACHABLE')
    }
  }

  readonly #leave = (): void => this.#over.abort(new CafeError('UNREACHABLE'))
  readonly #idle = (...more: AbortSignal[]): AbortSignal =>
    AbortSignal.any([this.signal, AbortSignal.timeout(IDLE_TIMEOUT), ...more])
}
