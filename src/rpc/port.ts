/**
 * Calls over a MessagePort: a fixed table of named methods, inputs checked by schema, progress, abort, transfer, and a
 * clean end when the other side dies. Only {@link CafeError} codes and data cross; anything else reads as INTERNAL.
 *
 * Messages (`id` numbers the calls of one port):
 * | from   | message                          | meaning                                   |
 * |--------|----------------------------------|-------------------------------------------|
 * | caller | `{ t: 'call', id, method, input }` | run a method of the table                 |
 * | caller | `{ t: 'abort', id }`             | stop it; the answer is then `ABORTED`     |
 * | callee | `{ t: 'progress', id, value }`   | any number of times before the end        |
 * | callee | `{ t: 'ok', id, value }`         | the one end of a call that went well      |
 * | callee | `{ t: 'err', id, code, data }`   | the one end of a call that did not        |
 */
import { CafeError, type ErrorData, isErrorCode, toCafeError } from '../core/errors.ts'
import { parse, type Schema } from '../core/schema.ts'

/** The type of one method: what goes in, what comes out, what is reported meanwhile. Never a value. */
export interface Call<Input, Output, Progress = never> {
  readonly input: Input
  readonly output: Output
  readonly progress: Progress
}

/** A table of method types, keyed by dotted names such as `pins.add`. */
export type Methods = Record<string, Call<unknown, unknown, unknown>>

export interface Context<Progress> {
  /** Fires when the caller aborts or the port's owner is gone. */
  readonly signal: AbortSignal
  progress(value: Progress): void
}

export interface Handler<C extends Call<unknown, unknown, unknown>> {
  readonly input: Schema<C['input']>
  readonly run: (
    input: C['input'],
    context: Context<C['progress']>,
  ) => Promise<C['output'] | Moved<C['output']>> | C['output'] | Moved<C['output']>
}

export type Handlers<M> = {
  readonly [K in keyof M]: M[K] extends Call<unknown, unknown, unknown> ? Handler<M[K]> : never
}

/** A result whose buffers or ports are moved, not copied, to the caller. */
export class Moved<T> {
  readonly value: T
  readonly transfer: readonly Transferable[]
  constructor(value: T, transfer: readonly Transferable[]) {
    this.value = value
    this.transfer = transfer
  }
}

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((value: Progress) => void) | undefined
  readonly transfer?: readonly Transferable[]
}

/** The caller's end of a port. */
export interface Client<M> {
  call<K extends keyof M & string>(
    method: K,
    input: M[K] extends Call<infer I, unknown, unknown> ? I : never,
    options?: CallOptions<M[K] extends Call<unknown, unknown, infer P> ? P : never>,
  ): Promise<M[K] extends Call<unknown, infer O, unknown> ? O : never>
  /** Ends every running call with `error` and closes the port. Later calls fail with the same error. */
  close(error?: CafeError): void
}

/** Calls one port may have running: far above what a page needs, low enough to bound a runaway caller. */
const MAX_RUNNING = 256

type Message = { t: string; id: number } & Record<string, unknown>

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 't' in value && 'id' in value && Number.isSafeInteger(value.id)
}

type AnyHandler = Handler<Call<unknown, unknown, unknown>>

/**
 * Answers the calls that arrive at `port` from `handlers`; nothing outside the table is reachable. Where the table is a
 * promise, calls wait for it, and fail with its failure; those of `early` do not wait.
 * @returns a function that aborts what is running and closes the port.
 */
export function serve<M>(
  port: MessagePort,
  handlers: Handlers<M> | Promise<Handlers<M>>,
  early: Partial<Handlers<M>> = {},
): (why?: CafeError) => void {
  const running = new Map<number, AbortController>()
  const find = async (method: unknown): Promise<AnyHandler> => {
    const name = String(method)
    const table = (Object.hasOwn(early, name) ? early : await handlers) as unknown as Record<string, AnyHandler>
    const handler = Object.hasOwn(table, name) ? table[name] : undefined
    if (!handler) throw new CafeError('UNSUPPORTED', { method: name.slice(0, 64) })
    return handler
  }

  const answer = async (message: Message, abort: AbortController): Promise<void> => {
    const { id } = message
    try {
      const handler = await find(message['method'])
      const input = parse(handler.input, message['input'])
      const progress = (value: unknown): void => port.postMessage({ t: 'progress', id, value })
      const result = await handler.run(input, {
        signal: abort.signal,
        progress,
      })
      abort.signal.throwIfAborted()
      if (result instanceof Moved) port.postMessage({ t: 'ok', id, value: result.value }, [...result.transfer])
      else port.postMessage({ t: 'ok', id, value: result })
    } catch (error) {
      const { code, data } = toCafeError(error)
      port.postMessage({ t: 'err', id, code, data })
    } finally {
      running.delete(id)
    }
  }

  port.onmessage = ({ data: message }: MessageEvent<unknown>) => {
    if (!isMessage(message)) return
    if (message.t === 'abort') running.get(message.id)?.abort(new CafeError('ABORTED'))
    if (message.t !== 'call' || running.has(message.id)) return
    if (running.size >= MAX_RUNNING) {
      port.postMessage({ t: 'err', id: message.id, code: 'BUSY', data: {} })
      return
    }
    const abort = new AbortController()
    running.set(message.id, abort)
    void answer(message, abort)
  }

  return (why = new CafeError('UNREACHABLE')) => {
    for (const abort of running.values()) abort.abort(why)
    port.close()
  }
}

interface Pending {
  resolve(value: unknown): void
  reject(error: CafeError): void
  readonly onProgress: ((value: never) => void) | undefined
}

/**
 * The caller's end. A MessagePort has no close event, so the owner must call `close` when it learns that the other side
 * is gone (see alive.ts); every pending call then fails at once instead of hanging.
 *
 * @example
 * ```ts
 * const api = connect<{ 'math.add': Call<{ a: number; b: number }, number> }>(port)
 * await api.call('math.add', { a: 1, b: 2 }) // 3
 * ```
 */
export function connect<M>(port: MessagePort): Client<M> {
  const pending = new Map<number, Pending>()
  let next = 0
  let closed: CafeError | undefined

  port.onmessage = ({ data: message }: MessageEvent<unknown>) => {
    if (!isMessage(message)) return
    const call = pending.get(message.id)
    if (!call) return
    if (message.t === 'progress') return call.onProgress?.(message['value'] as never)
    pending.delete(message.id)
    if (message.t === 'ok') return call.resolve(message['value'])
    const code = isErrorCode(message['code']) ? message['code'] : 'INTERNAL'
    call.reject(new CafeError(code, (message['data'] ?? {}) as ErrorData))
  }

  const call = (method: string, input: unknown, options: CallOptions<never> = {}): Promise<unknown> => {
    const { signal, onProgress, transfer = [] } = options
    if (closed) return Promise.reject(closed)
    if (signal?.aborted) return Promise.reject(toCafeError(signal.reason, 'ABORTED'))
    const id = next++
    try {
      port.postMessage({ t: 'call', id, method, input }, [...transfer])
    } catch (error) {
      // what cannot be copied, or was moved before
      return Promise.reject(toCafeError(error))
    }
    const abort = (): void => port.postMessage({ t: 'abort', id })
    const answer = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject, onProgress }))
    signal?.addEventListener('abort', abort, { once: true })
    return answer.finally(() => signal?.removeEventListener('abort', abort))
  }

  return {
    call: call as Client<M>['call'],
    close(error = new CafeError('UNREACHABLE')) {
      if (closed) return
      closed = error
      for (const { reject } of pending.values()) reject(error)
      pending.clear()
      port.close()
    },
  }
}
