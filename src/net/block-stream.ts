/** One long-lived stream of wanted blocks from one peer: answers come in order, credit is given back as they are read. */
import type { CID } from 'multiformats/cid'
import { CafeError, toCafeError } from '../core/errors.ts'
import { KiB } from '../core/limits.ts'
import { type blockProtocol, MAX_WANTS } from '../wire/block.ts'
import type { Exchange } from '../wire/call.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../wire/protocol.ts'

type Get = (typeof blockProtocol)['operations']['get']

export interface BlockStream {
  readonly closed: boolean
  /**
   * The block, or null if that peer does not have it. However many wait before it: as long as that peer says something
   * now and then, the stream goes on.
   * @throws CafeError when the stream ends first: TIMEOUT if it fell silent, UNREACHABLE if it broke.
   */
  get(cid: CID): Promise<Uint8Array<ArrayBuffer> | null>
  close(): void
}

/** Wants sent ahead: plenty to fill a path with small blocks, and never more than may wait at the other side. */
const AHEAD = MAX_WANTS / 2
/** Credit is returned in pieces of at least this. */
const CREDIT_STEP = 256 * KiB
/** Milliseconds without a want after which the stream is given back; shorter than the wire's idle limit. */
const KEEP = 5000

export function blockStream(exchange: Exchange<UploadOf<Get>, ItemOf<Get>, ReceiptOf<Get>>): BlockStream {
  const waiting: PromiseWithResolvers<Uint8Array<ArrayBuffer> | null>[] = []
  let closed = false
  let owed = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let room = Promise.withResolvers<void>()
  const makeRoom = (): void => {
    room.resolve()
    room = Promise.withResolvers()
  }

  const end = (error: CafeError): void => {
    closed = true
    clearTimeout(timer)
    exchange.close()
    for (const { reject } of waiting.splice(0)) reject(error)
    makeRoom()
  }

  const restIfIdle = (): void => {
    clearTimeout(timer)
    if (waiting.length > 0 || closed) return
    timer = setTimeout(() => {
      closed = true
      exchange.send({ done: true }).catch(() => exchange.close())
    }, KEEP)
  }

  const read = async (): Promise<void> => {
    for (let item = await exchange.next(); item; item = await exchange.next()) {
      const want = waiting.shift()
      if (!want) throw new CafeError('BAD_REQUEST', { at: 'block' })
      want.resolve(item.block)
      makeRoom()
      owed += item.block?.byteLength ?? 0
      if (owed >= CREDIT_STEP) {
        const credit = owed
        owed = 0
        await exchange.send({ credit })
      }
      restIfIdle()
    }
    end(new CafeError('UNREACHABLE'))
  }
  read().catch((error) => end(toCafeError(error, 'UNREACHABLE')))

  return {
    get closed() {
      return closed
    },
    async get(cid) {
      while (!closed && waiting.length >= AHEAD) await room.promise
      if (closed) throw new CafeError('UNREACHABLE')
      clearTimeout(timer)
      const answer = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>()
      answer.promise.catch(() => {}) // when sending fails, that is what the caller gets
      waiting.push(answer)
      await exchange.send({ want: cid })
      return answer.promise
    },
    close: () => end(new CafeError('ABORTED')),
  }
}
