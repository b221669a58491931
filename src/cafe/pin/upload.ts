/**
 * One upload at the cafe: what was offered, what is still wanted, what has been stored. Blocks are verified before they
 * are stored; if the client turns out to be wrong, what only this upload brought is removed again.
 */
import type { CID } from 'multiformats/cid'
import { checkCid } from '../../core/block.ts'
import { CafeError } from '../../core/errors.ts'
import { WALK_BLOCKS, WINDOW } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { type Blocks, blockKey, verifiedPut } from '../../store/blocks.ts'

interface Offered {
  readonly cid: CID
  readonly size: number
  state: 'here' | 'wanted' | 'arriving'
}

/** What the uploads of one cafe share. */
export interface UploadComponents {
  readonly blocks: Blocks
  readonly serial: Serial
  readonly running: Set<Upload>
}

/** One queue for looking what is here and for removing it: nothing is removed that another upload was told is here. */
const QUEUE = 'uploads'

export class Upload {
  readonly #blocks: Blocks
  readonly #serial: Serial
  readonly #running: Set<Upload>
  readonly #maxBytes: number
  readonly #offered: Offered[] = []
  /** Keys of blocks that were not in the store before this upload. */
  readonly #wanted = new Set<string>()
  /** Those of them that no other upload has offered: if this one fails, they go. */
  readonly #own = new Map<string, CID>()
  readonly #sizes = new Map<string, number>()
  readonly #writing = new Set<Promise<void>>()
  #bytes = 0
  #unconfirmed = 0

  constructor({ blocks, serial, running }: UploadComponents, maxBytes: number) {
    this.#blocks = blocks
    this.#serial = serial
    this.#running = running
    this.#maxBytes = maxBytes
    running.add(this)
  }

  /**
   * Takes an offer and returns the places of the blocks to send.
   * @throws CafeError QUOTA past the declared bytes; BAD_REQUEST past the limit of blocks or for a CID we do not take.
   */
  offer(blocks: ReadonlyArray<{ cid: CID; size: number }>): Promise<number[]> {
    return this.#serial(QUEUE, () => this.#take(blocks))
  }

  async #take(blocks: ReadonlyArray<{ cid: CID; size: number }>): Promise<number[]> {
    if (this.#offered.length + blocks.length > WALK_BLOCKS) throw new CafeError('BAD_REQUEST', { blocks: WALK_BLOCKS })
    const want: number[] = []
    const here = await Promise.all(blocks.map(({ cid }) => this.#blocks.has(checkCid(cid))))
    for (const [i, { cid, size }] of blocks.entries()) {
      this.#bytes += size
      if (this.#bytes > this.#maxBytes) throw new CafeError('QUOTA', { declared: this.#maxBytes })
      const key = blockKey(cid)
      const known = here[i] || this.#wanted.has(key)
      const shared = this.#share(key)
      if (!known) {
        want.push(this.#offered.length)
        this.#wanted.add(key)
        if (!shared) this.#own.set(key, cid)
      }
      this.#offered.push({ cid, size, state: known ? 'here' : 'wanted' })
    }
    return want
  }

  /**
   * Verifies and stores a wanted block in the background; `stored` is called with its size when it is on the medium.
   * @throws CafeError BAD_REQUEST if it was not wanted, is not of the offered size, or came past the window.
   */
  block(place: number, bytes: Uint8Array<ArrayBuffer>, stored: (size: number) => Promise<void>): void {
    const offered = this.#offered[place]
    if (offered?.state !== 'wanted') throw new CafeError('BAD_REQUEST', { at: 'block' })
    if (offered.size !== bytes.byteLength) throw new CafeError('BAD_REQUEST', { at: 'size' })
    if (this.#unconfirmed > WINDOW) throw new CafeError('BAD_REQUEST', { at: 'window' })
    offered.state = 'arriving'
    this.#unconfirmed += bytes.byteLength
    const write = verifiedPut(this.#blocks, offered.cid, bytes).then(async () => {
      offered.state = 'here'
      this.#sizes.set(blockKey(offered.cid), bytes.byteLength)
      this.#unconfirmed -= bytes.byteLength
      await stored(bytes.byteLength)
    })
    this.#writing.add(write)
    // The failure is thrown by `settled` or `failure`; a finished write need not be kept.
    write.then(
      () => this.#writing.delete(write),
      () => {},
    )
  }

  /** Waits for all blocks under way. @throws the first failure among them. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing)
  }

  /** Rejects as soon as a block under way fails; resolves when there is none. */
  failure(): Promise<unknown> {
    return Promise.all(this.#writing)
  }

  /** Size of a block this upload has verified, else undefined. */
  sizeOf(cid: CID): number | undefined {
    return this.#sizes.get(blockKey(cid))
  }

  /** Ends the upload and keeps its blocks: pinned, or left for the client to resume. */
  keep(): void {
    this.#running.delete(this)
  }

  /** Ends the upload and removes what only it has brought. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.#writing)
    await this.#serial(QUEUE, async () => {
      this.#running.delete(this)
      const written = [...this.#own].filter(([key]) => this.#sizes.has(key))
      await Promise.all(written.map(([, cid]) => this.#blocks.delete(cid)))
    })
  }

  /** True if another upload wants this block too: then none of them may remove it, since any may get a receipt for it. */
  #share(key: string): boolean {
    const others = [...this.#running].filter((other) => other !== this && other.#wanted.has(key))
    for (const other of others) other.#own.delete(key)
    return others.length > 0
  }
}
