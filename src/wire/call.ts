/** The caller's half of the wire: opens a stream to a peer, sends one request, reads items up to the one end. */
import type { Stream } from '@libp2p/interface'
import { CafeError, isErrorCode, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { IDLE_TIMEOUT, OPEN_TIMEOUT } from '../core/limits.ts'
import { parse } from '../core/schema.ts'
import { endStream, frames } from './frames.ts'
import {
  answerFrame,
  type ItemOf,
  limitOf,
  type Operation,
  type ReceiptOf,
  type RequestOf,
  type Service,
  type UploadOf,
} from './protocol.ts'

/** Opens streams to peers by whatever path there is: given by `net`, so that services never see libp2p's node. */
export interface Connector {
  /** @throws CafeError UNREACHABLE or TIMEOUT. */
  open(
    peer: PeerIdText,
    protocol: string,
    options: {
      signal: AbortSignal
      /** A relayed connection may carry it. */
      limited: boolean
      /** It is worth some seconds of waiting for a direct connection. */
      bulk?: boolean
    },
  ): Promise<Stream>
}

export interface CallOptions {
  /** Access JWT, for operations with `auth: 'session'`. */
  readonly auth?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a frame after which the other side counts as gone. */
  readonly idle?: number
}

/** A running call. Read `next()` until it is undefined, then take `receipt()`; or `close()` to give up. */
export interface Exchange<Upload, Item, Receipt> {
  send(upload: Upload): Promise<void>
  /** The next item, or undefined when the end has come. */
  next(): Promise<Item | undefined>
  /** Skips what is left and gives the receipt. */
  receipt(): Promise<Receipt>
  close(): void
}

/**
 * Starts `op` of `service` at `peer`.
 * @throws CafeError whatever the host answered, or UNREACHABLE, TIMEOUT, ABORTED.
 */
export async function start<S extends Service, Op extends keyof S['operations'] & string>(
  connector: Connector,
  peer: PeerIdText,
  service: S,
  op: Op,
  input: RequestOf<S['operations'][Op]>,
  { auth, signal: caller, idle = IDLE_TIMEOUT }: CallOptions = {},
): Promise<Exchange<UploadOf<S['operations'][Op]>, ItemOf<S['operations'][Op]>, ReceiptOf<S['operations'][Op]>>> {
  const definition = service.operations[op] as Operation
  const within = (ms: number): AbortSignal =>
    caller ? AbortSignal.any([caller, AbortSignal.timeout(ms)]) : AbortSignal.timeout(ms)

  const { limited, bulk = definition.bulk ?? false } = service
  const stream = await connector.open(peer, service.id, { signal: within(OPEN_TIMEOUT), limited, bulk })
  const abort = (): void => stream.abort(new Error('call stopped'))
  if (caller?.aborted) {
    abort()
    throw toCafeError(caller.reason, 'ABORTED')
  }
  caller?.addEventListener('abort', abort, { once: true })
  const wire = frames(stream, limitOf(definition.maxItem))
  let end: { readonly receipt: unknown } | undefined

  const fail = (error: unknown): never => {
    caller?.removeEventListener('abort', abort)
    abort()
    throw error
  }

  const next = async (): Promise<unknown> => {
    if (end) return undefined
    try {
      const frame = parse(answerFrame, await wire.read({ signal: within(idle) }))
      if ('item' in frame) {
        if (!definition.item) throw new CafeError('BAD_REQUEST', { at: 'item' })
        return parse(definition.item, frame.item)
      }
      if ('err' in frame) throw new CafeError(isErrorCode(frame.err) ? frame.err : 'INTERNAL', frame.data)
      end = { receipt: parse(definition.receipt, frame.ok) }
    } catch (error) {
      return fail(error)
    }
    caller?.removeEventListener('abort', abort)
    void endStream(stream)
    return undefined
  }

  try {
    await wire.write({ op, auth, input }, { signal: within(idle) })
  } catch (error) {
    fail(error)
  }

  const exchange: Exchange<unknown, unknown, unknown> = {
    send: (up) => wire.write({ up }, { signal: within(idle) }),
    next,
    async receipt() {
      while ((await next()) !== undefined) {
        // items nobody wanted
      }
      return end?.receipt
    },
    close: abort,
  }
  return exchange as Exchange<
    UploadOf<S['operations'][Op]>,
    ItemOf<S['operations'][Op]>,
    ReceiptOf<S['operations'][Op]>
  >
}

/** A call without uploads or items: one request, one receipt. */
export async function call<S extends Service, Op extends keyof S['operations'] & string>(
  connector: Connector,
  peer: PeerIdText,
  service: S,
  op: Op,
  input: RequestOf<S['operations'][Op]>,
  options?: CallOptions,
): Promise<ReceiptOf<S['operations'][Op]>> {
  const exchange = await start(connector, peer, service, op, input, options)
  return exchange.receipt()
}
