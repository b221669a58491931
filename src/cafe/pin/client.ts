/** A client's half of the pin service: offers blocks as they are made, sends what is wanted, within the window. */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { IDLE_TIMEOUT, LEAF, MAX_OFFER, MAX_PAGE, MiB, WINDOW } from '../../core/limits.ts'
import { type CallOptions, type Connector, call, type Exchange, start } from '../../wire/call.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../wire/protocol.ts'
import { pinProtocol } from './protocol.ts'

type PinOperation = (typeof pinProtocol)['operations']['pin']
export type PinReceipt = ReceiptOf<PinOperation>
export type PinnedRoot = ItemOf<(typeof pinProtocol)['operations']['list']>
type PinExchange = Exchange<UploadOf<PinOperation>, ItemOf<PinOperation>, PinReceipt>

export interface PinClient {
  /**
   * Starts an upload of at most `bytes` bytes of blocks.
   * @throws CafeError QUOTA {needed, free} before anything was sent, as soon as the cafe has answered: at the first
   * `add` or at `finish`.
   */
  upload(
    cafe: PeerIdText,
    bytes: number,
    options: CallOptions & { onStored?: (bytes: number) => void },
  ): Promise<Uploading>
  unpin(cafe: PeerIdText, root: CID, options: CallOptions): Promise<{ bytes: number }>
  /** All roots this account has pinned there, page by page. */
  list(cafe: PeerIdText, options: CallOptions): AsyncGenerator<PinnedRoot>
}

/** An upload under way. */
export interface Uploading {
  /** Gives one more block; waits while too much is held in memory. The bytes must not change afterwards. */
  add(cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Sends what is left and resolves with the cafe's receipt for the whole DAG below `root`. */
  finish(root: CID): Promise<PinReceipt>
  close(): void
}

/** Blocks in one offer: a want-list costs a round trip, a small one lets sending begin early. */
const OFFER_BYTES = 16 * LEAF
/**
 * Bytes unconfirmed at first. The window grows to WINDOW by a byte for every 16 confirmed: a new WebRTC connection that is
 * given more at once overruns the other side's socket, and then stands for up to seconds (measured).
 */
const FIRST_WINDOW = 2 * LEAF
const GROWTH = 1 / 16
/** Bytes held for cafes that are slower than the importer. */
const MAX_HELD = 8 * MiB
/** Milliseconds between looks whether it is us who keep the cafe waiting: a silence of IDLE_TIMEOUT ends an upload. */
const PULSE = IDLE_TIMEOUT / 4

export function pinClient({ connector }: { readonly connector: Connector }): PinClient {
  return {
    async upload(cafe, bytes, { onStored, ...options }) {
      return uploading(await start(connector, cafe, pinProtocol, 'pin', { bytes }, options), onStored)
    },
    unpin: (cafe, root, options) => call(connector, cafe, pinProtocol, 'unpin', { root }, options),
    async *list(cafe, options) {
      for (let after: string | undefined, more = true; more; ) {
        const page = await start(connector, cafe, pinProtocol, 'list', { after, limit: MAX_PAGE }, options)
        for (let row = await page.next(); row; row = await page.next()) {
          // The cafe's order is that of CIDv1 text, also where a v0 was pinned.
          after = row.root.toV1().toString()
          yield row
        }
        more = (await page.receipt()).more
      }
    },
  }
}

interface Held {
  readonly cid: CID
  readonly bytes: Uint8Array<ArrayBuffer>
}

function uploading(exchange: PinExchange, onStored: ((bytes: number) => void) | undefined): Uploading {
  /** Blocks not yet offered. */
  let unoffered: Held[] = []
  /** Offered blocks the cafe has not spoken of yet, by place; and those it wants, in order. */
  const offered = new Map<number, Held>()
  const wanted: number[] = []
  let offers: number[] = []
  let place = 0
  let held = 0
  let unconfirmed = 0
  let window = FIRST_WINDOW
  let failure: CafeError | undefined
  let changed = Promise.withResolvers<void>()
  const change = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  /** Waits until `done`, or throws why the upload failed. */
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      if (failure) throw failure
      await changed.promise
    }
    if (failure) throw failure
  }

  const release = (at: number): void => {
    held -= offered.get(at)?.bytes.byteLength ?? 0
    offered.delete(at)
  }

  const receive = async (): Promise<void> => {
    for (let item = await exchange.next(); item; item = await exchange.next()) {
      if ('stored' in item) {
        unconfirmed -= item.stored
        window = Math.min(WINDOW, window + item.stored * GROWTH)
        onStored?.(item.stored)
      } else takeWants(item.want)
      change()
    }
  }

  /** Answers come in the order of the offers; what is not wanted is at the cafe already. */
  const takeWants = (want: readonly number[]): void => {
    const size = offers.shift() ?? 0
    const from = place - offers.reduce((sum, n) => sum + n, 0) - size
    const set = new Set(want)
    for (let at = from; at < from + size; at++) {
      if (set.has(at)) wanted.push(at)
      else {
        onStored?.(offered.get(at)?.bytes.byteLength ?? 0)
        release(at)
      }
    }
    void send()
  }

  let sending = false
  const send = async (): Promise<void> => {
    if (sending) return
    sending = true
    try {
      for (let at = wanted.shift(); at !== undefined; at = wanted.shift()) {
        const block = offered.get(at)
        if (!block) throw new CafeError('BAD_REQUEST', { at: 'want' })
        const size = block.bytes.byteLength
        await until(() => unconfirmed === 0 || unconfirmed + size <= window)
        unconfirmed += size
        await put({ block: at, bytes: block.bytes })
        release(at)
        change()
      }
    } catch (error) {
      fail(error)
    }
    sending = false
  }

  /** Sends a frame; if that fails, the reason is what the cafe said before it ended the stream, if anything. */
  const put = async (frame: UploadOf<PinOperation>): Promise<void> => {
    try {
      await exchange.send(frame)
    } catch (error) {
      await received
      throw error
    }
  }

  const fail = (error: unknown): void => {
    clearInterval(pulse)
    failure ??= error as CafeError
    exchange.close()
    change()
  }

  /** Offers what there is; nothing too, as a sign of life. */
  const offer = async (): Promise<void> => {
    const blocks = unoffered
    unoffered = []
    offers.push(blocks.length)
    for (const block of blocks) offered.set(place++, block)
    await put({ offer: blocks.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength })) })
  }

  // The importer may be held up by a slower cafe than this one.
  const pulse = setInterval(() => {
    if (offers.length === 0 && unconfirmed === 0) offer().catch(fail)
  }, PULSE)
  const received = receive()
  received.catch(fail)

  return {
    async add(cid, bytes) {
      if (failure) throw failure
      unoffered.push({ cid, bytes })
      held += bytes.byteLength
      const waiting = unoffered.reduce((sum, block) => sum + block.bytes.byteLength, 0)
      if (waiting >= OFFER_BYTES || unoffered.length === MAX_OFFER) await offer()
      await until(() => held <= MAX_HELD)
    },
    async finish(root) {
      if (unoffered.length > 0) await offer()
      await until(() => offers.length === 0 && offered.size === 0 && unconfirmed === 0)
      clearInterval(pulse)
      await put({ root })
      await received
      return exchange.receipt()
    },
    close() {
      offers = []
      fail(new CafeError('ABORTED'))
    },
  }
}
