/**
 * A client's half of the pin service: offers blocks as they become known, sends what is wanted, within the window. Of a
 * block only CID and size are held; its bytes are read when the cafe wants them, so memory does not grow with the file.
 */
import type { CID } from 'multiformats/cid'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { IDLE_TIMEOUT, LEAF, MAX_PAGE, WINDOW } from '../../core/limits.ts'
import { type CallOptions, type Connector, call, type Exchange, start } from '../../wire/call.ts'
import type { ItemOf, ReceiptOf, UploadOf } from '../../wire/protocol.ts'
import { type PinCalls, pinCalls } from './calls.ts'
import { pinProtocol } from './protocol.ts'

type PinOperation = (typeof pinProtocol)['operations']['pin']
export type PinReceipt = ReceiptOf<PinOperation>
export type PinnedRoot = ItemOf<(typeof pinProtocol)['operations']['list']>
type PinExchange = Exchange<UploadOf<PinOperation>, ItemOf<PinOperation>, PinReceipt>

/** A block to be offered: its bytes are where the upload's `read` finds them. */
export interface StoredBlock {
  readonly cid: CID
  /** Bytes of the block. */
  readonly size: number
}

export interface UploadOptions extends CallOptions {
  /** Gives the bytes of an offered block. What it throws ends the upload. */
  readonly read: (cid: CID) => Promise<Uint8Array<ArrayBuffer>>
  /** Called with the bytes of each block that is now known to be at the cafe. */
  readonly onStored?: (bytes: number) => void
  /** Name of this upload: another call by that name takes over from this one, whose path may have broken unnoticed. */
  readonly name?: string | undefined
  /** The root, if it is known: where it is pinned already, the receipt comes at once. */
  readonly root?: CID | undefined
  /** With `root`: what is said of it then, sealed by the account for itself. */
  readonly sealed?: Uint8Array<ArrayBuffer> | undefined
}

export interface PinClient extends PinCalls {
  /**
   * Starts an upload of at most `bytes` bytes of blocks.
   * @throws CafeError QUOTA {needed, free} before anything was sent, as soon as the cafe has answered: at the first
   * `add` or at `finish`.
   */
  upload(cafe: PeerIdText, bytes: number, options: UploadOptions): Promise<Uploading>
  unpin(cafe: PeerIdText, root: CID, options: CallOptions): Promise<{ bytes: number }>
  /** All roots this account has pinned there, page by page. */
  list(cafe: PeerIdText, options: CallOptions): AsyncGenerator<PinnedRoot>
}

/** An upload under way. */
export interface Uploading {
  /** Offers more blocks, at most MAX_OFFER; waits while the cafe has many offers to answer. */
  add(blocks: readonly StoredBlock[]): Promise<void>
  /** Sends what is left and resolves with the cafe's receipt for the whole DAG below `root`; `sealed` is kept with it. */
  finish(root: CID, sealed?: Uint8Array<ArrayBuffer>): Promise<PinReceipt>
  close(): void
}

/** Offers the cafe may have to answer at once: blocks that are made meanwhile are gathered into the next one. */
const OFFERS_AHEAD = 4
/**
 * Bytes unconfirmed at first. The window grows to WINDOW by a byte for every 16 confirmed: a new WebRTC connection that is
 * given more at once overruns the other side's socket, and then stands for up to seconds (measured).
 */
const FIRST_WINDOW = 2 * LEAF
const GROWTH = 1 / 16
/** Milliseconds between looks whether it is us who keep the cafe waiting: a silence of IDLE_TIMEOUT ends an upload. */
const PULSE = IDLE_TIMEOUT / 4

export function pinClient({ connector }: { readonly connector: Connector }): PinClient {
  return {
    ...pinCalls({ connector }),
    async upload(cafe, bytes, { read, onStored, name, root, sealed, ...options }) {
      const request = { bytes, name, root, sealed }
      return uploading(await start(connector, cafe, pinProtocol, 'pin', request, options), read, onStored)
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

function uploading(exchange: PinExchange, read: UploadOptions['read'], onStored: UploadOptions['onStored']): Uploading {
  /** Offered blocks the cafe does not have yet, by place; and the places of those it wants, in order. */
  const offered = new Map<number, StoredBlock>()
  const wanted: number[] = []
  let offers: number[] = []
  let place = 0
  let unconfirmed = 0
  let window = FIRST_WINDOW
  /** The receipt is here: it may come early, when the root is pinned already. */
  let ended = false
  let failure: CafeError | undefined
  let changed = Promise.withResolvers<void>()
  const change = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  /** Waits until `done` or the end, or throws why the upload failed. */
  const until = async (done: () => boolean): Promise<void> => {
    while (!failure && !ended && !done()) await changed.promise
    if (failure) throw failure
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
    ended = true
    clearInterval(pulse)
    change()
  }

  /** Answers come in the order of the offers; what is not wanted is at the cafe already. */
  const takeWants = (want: readonly number[]): void => {
    const size = offers.shift() ?? 0
    const from = place - offers.reduce((sum, n) => sum + n, 0) - size
    const set = new Set(want)
    for (let at = from; at < from + size; at++) {
      if (set.has(at)) wanted.push(at)
      else {
        onStored?.(offered.get(at)?.size ?? 0)
        offered.delete(at)
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
        const { cid, size } = block
        const bytes = await read(cid)
        await until(() => unconfirmed === 0 || unconfirmed + size <= window)
        unconfirmed += size
        await put({ block: at, bytes })
        offered.delete(at)
        change()
      }
    } catch (error) {
      fail(error)
    }
    sending = false
  }

  /** Sends a frame; if that fails, the reason is what the cafe said before it ended the stream, if anything. */
  const put = async (frame: UploadOf<PinOperation>): Promise<void> => {
    if (ended) return
    try {
      await exchange.send(frame)
    } catch (error) {
      await received
      if (!ended) throw error
    }
  }

  const fail = (error: unknown): void => {
    clearInterval(pulse)
    if (!ended) failure ??= toCafeError(error)
    exchange.close()
    change()
  }

  /** Offers blocks; none too, as a sign of life. */
  const offer = async (blocks: readonly StoredBlock[]): Promise<void> => {
    offers.push(blocks.length)
    for (const block of blocks) offered.set(place++, block)
    await put({ offer: blocks.map(({ cid, size }) => ({ cid, size })) })
  }

  // Whoever makes the blocks may be slower than the cafe.
  const pulse = setInterval(() => {
    if (offers.length === 0 && unconfirmed === 0) offer([]).catch(fail)
  }, PULSE)
  const received = receive()
  received.catch(fail)

  return {
    async add(blocks) {
      await until(() => offers.length < OFFERS_AHEAD)
      if (!ended) await offer(blocks)
    },
    async finish(root, sealed) {
      await until(() => offers.length === 0 && offered.size === 0 && unconfirmed === 0)
      clearInterval(pulse)
      await put({ root, sealed })
      await received
      return exchange.receipt()
    },
    close() {
      offers = []
      fail(new CafeError('ABORTED'))
    },
  }
}
