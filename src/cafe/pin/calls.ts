/** A client's half of the operations of the pin service beside the upload by want-list (`client.ts`). */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { CAR_CHUNK, WINDOW } from '../../core/limits.ts'
import { type CallOptions, type Connector, call, start } from '../../wire/call.ts'
import type { ReceiptOf, UploadOf } from '../../wire/protocol.ts'
import { pinProtocol } from './protocol.ts'

type Operations = (typeof pinProtocol)['operations']
export type PinStatusAt = ReceiptOf<Operations['fetch']>

export interface CarOptions extends CallOptions {
  /** Another call by that name goes on where this one was interrupted. */
  readonly name?: string | undefined
  /** Name and key, sealed by the account for itself. */
  readonly sealed?: Uint8Array<ArrayBuffer> | undefined
  /** Called with bytes of the CAR that the cafe has taken in. */
  readonly onStored?: (bytes: number) => void
}

export interface PinCalls {
  /**
   * Pins the one root of a CARv1 of at most `bytes` bytes.
   * @throws CafeError BAD_REQUEST {what: 'car'}; CORRUPT; NOT_FOUND {missing}; QUOTA.
   */
  car(
    cafe: PeerIdText,
    bytes: number,
    car: AsyncIterable<Uint8Array<ArrayBuffer>>,
    options: CarOptions,
  ): Promise<ReceiptOf<Operations['car']>>
  /** Has the cafe fetch a root from `origins`; from this very node if there are none. */
  fetch(
    cafe: PeerIdText,
    root: CID,
    options: CallOptions & {
      readonly origins?: readonly string[]
      readonly sealed?: Uint8Array<ArrayBuffer> | undefined
    },
  ): Promise<PinStatusAt>
  status(cafe: PeerIdText, id: string, options: CallOptions): Promise<PinStatusAt | undefined>
  /** The present states, then every change, until the signal fires. */
  watch(cafe: PeerIdText, options: CallOptions): AsyncGenerator<PinStatusAt>
  /** What the cafe answers for each block: see `proofOf` in `audit.ts`. */
  audit(
    cafe: PeerIdText,
    ask: { readonly root: CID; readonly nonce: Uint8Array<ArrayBuffer>; readonly blocks: readonly CID[] },
    options: CallOptions,
  ): Promise<ReadonlyArray<Uint8Array<ArrayBuffer> | null>>
  /** Sends again what the cafe finds missing or damaged; `read` gives undefined for what is not here either. */
  mend(
    cafe: PeerIdText,
    root: CID,
    options: CallOptions & { readonly read: (cid: CID) => Promise<Uint8Array<ArrayBuffer> | undefined> },
  ): Promise<ReceiptOf<Operations['mend']>>
}

export function pinCalls({ connector }: { readonly connector: Connector }): PinCalls {
  return {
    car: (cafe, bytes, car, options) => sendCar(connector, cafe, bytes, car, options),
    fetch: (cafe, root, { origins = [], sealed, ...options }) =>
      call(connector, cafe, pinProtocol, 'fetch', { root, origins: [...origins], sealed }, options),
    status: async (cafe, id, options) =>
      (await call(connector, cafe, pinProtocol, 'status', { id }, options)).status ?? undefined,
    async *watch(cafe, options) {
      const exchange = await start(connector, cafe, pinProtocol, 'watch', {}, options)
      try {
        for (let item = await exchange.next(); item; item = await exchange.next())
          if ('status' in item) yield item.status
      } finally {
        exchange.close()
      }
    },
    async audit(cafe, { root, nonce, blocks }, options) {
      const exchange = await start(connector, cafe, pinProtocol, 'audit', { root, nonce, blocks: [...blocks] }, options)
      const proofs: Array<Uint8Array<ArrayBuffer> | null> = []
      for (let item = await exchange.next(); item; item = await exchange.next()) proofs.push(item.proof)
      if (proofs.length !== blocks.length) throw new CafeError('BAD_REQUEST', { at: 'proof' })
      return proofs
    },
    async mend(cafe, root, { read, ...options }) {
      const exchange = await start(connector, cafe, pinProtocol, 'mend', { root }, options)
      try {
        for (let item = await exchange.next(); item; item = await exchange.next()) {
          if (!('want' in item)) continue
          for (const hash of item.want) {
            const bytes = (await read(CID.createV1(raw.code, Digest.decode(hash)))) ?? null
            await exchange.send({ bytes })
          }
        }
        return await exchange.receipt()
      } finally {
        exchange.close()
      }
    },
  }
}

/** Sends a CAR in pieces, never more than `WINDOW` ahead of what the cafe has taken in. */
async function sendCar(
  connector: Connector,
  cafe: PeerIdText,
  bytes: number,
  car: AsyncIterable<Uint8Array<ArrayBuffer>>,
  { name, sealed, onStored, ...options }: CarOptions,
): Promise<ReceiptOf<Operations['car']>> {
  const exchange = await start(connector, cafe, pinProtocol, 'car', { bytes, name, sealed }, options)
  let ahead = 0
  let over = false
  let changed = Promise.withResolvers<void>()
  const wake = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const receive = async (): Promise<void> => {
    for (let item = await exchange.next(); item; item = await exchange.next()) {
      ahead -= item.stored
      if (item.stored > 0) onStored?.(item.stored)
      wake()
    }
  }
  const received = receive().finally(() => {
    over = true
    wake()
  })
  received.catch(() => {}) // it is awaited below, when sending has ended one way or the other

  let isSending = false
  const put = async (frame: UploadOf<Operations['car']>): Promise<void> => {
    isSending = true
    await exchange.send(frame)
    isSending = false
  }
  const send = async (): Promise<void> => {
    for await (const chunk of car) {
      for (let at = 0; at < chunk.byteLength; at += CAR_CHUNK) {
        const piece = chunk.slice(at, at + CAR_CHUNK)
        while (!over && ahead > 0 && ahead + piece.byteLength > WINDOW) await changed.promise
        if (over) return
        ahead += piece.byteLength
        await put({ car: piece })
      }
    }
    await put({ end: true })
  }
  try {
    await send().catch(async (error) => {
      // What the cafe said before it ended the stream is the reason, if it said anything.
      if (isSending) await received
      throw error
    })
    await received
    return await exchange.receipt()
  } finally {
    exchange.close()
  }
}
