/** Threads over the real stores, and the same work done by hand with WebCrypto and IndexedDB. */
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { systemClock, systemRandom } from '../../../src/core/clock.ts'
import { hex, type PeerIdText } from '../../../src/core/ids.ts'
import { Secret } from '../../../src/core/secret.ts'
import { openAccount } from '../../../src/crypto/account.ts'
import { accountSigner } from '../../../src/crypto/certificate.ts'
import { type Blocks, blockKey } from '../../../src/store/blocks.ts'
import type { Holds } from '../../../src/store/holds.ts'
import type { Rows } from '../../../src/store/rows.ts'
import type { ThreadsComponents } from '../../../src/thread/admit.ts'
import {
  type BlockRow,
  cidOf,
  down,
  orderHash,
  orderOf,
  type Place,
  threadTables,
  unhex,
} from '../../../src/thread/tables.ts'
import type { Thread } from '../../../src/thread/thread.ts'
import { createThreads } from '../../../src/thread/threads.ts'

export interface ThreadLabComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  /** One strict transaction of one put. */
  readonly putRaw: (key: string, value: Uint8Array<ArrayBuffer>) => Promise<void>
}

const PEER = `12D3KooW${'a'.repeat(44)}` as PeerIdText
/** Blocks of a filling that are committed together. */
const TOGETHER = 2000
/** Entries of a first page. */
const PAGE = 50
/** What a block's rows come to, about. */
const ROWS_SIZE = 900

/** Blocks that are whole, so that pages can be read. */
const NEWEST = 60

const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await run()
  return performance.now() - started
}

export async function threadLab({ rows, blocks, holds, putRaw }: ThreadLabComponents) {
  const account = await openAccount(new Secret(systemRandom(32)))
  const signer = accountSigner(account, PEER)
  const components: ThreadsComponents = {
    ...{ rows, blocks, holds, account, signer, clock: systemClock, random: systemRandom },
    onChange: () => {},
    onGarbage: () => {},
  }
  const create = () => createThreads(components).create({ name: 'Lab', type: 'open', sharing: 'shared' })
  const short = await create()
  let long = await create()

  /** The size of a block of such a text, as it is stored. */
  const blockSize = async (thread: Thread, words: string): Promise<number> => {
    const { cid } = await thread.append({ type: 'text', body: { text: words } })
    return (await blocks.get(cid))?.byteLength ?? 0
  }

  return {
    /** Milliseconds for each of `count` messages of `size` characters, one after the other. */
    async threadAppend(size: number, count: number) {
      const words = 'x'.repeat(size)
      const ms = await timed(async () => {
        for (let i = 0; i < count; i++) await short.append({ type: 'text', body: { text: words } })
      })
      return ms / count
    },
    /** The same bytes signed, encrypted, hashed and committed: the block, then its rows as one, since they are in two databases. */
    async threadAppendRaw(size: number, count: number) {
      const bytes = await blockSize(short, 'x'.repeat(size))
      const plaintext = new Uint8Array(bytes)
      const value = new Uint8Array(ROWS_SIZE)
      const key = await crypto.subtle.importKey('raw', systemRandom(32), 'AES-GCM', false, ['encrypt'])
      const ms = await timed(async () => {
        for (let i = 0; i < count; i++) {
          await account.sign(plaintext)
          const iv = systemRandom(12)
          const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plaintext))
          const cid = CID.createV1(0x71, await sha256.digest(sealed))
          await putRaw(blockKey(cid), sealed)
          await rows.commit([{ key: `/lab/${cid}`, value }])
        }
      })
      return ms / count
    },
    /**
     * Makes the long thread longer; milliseconds it took. But for the newest, which a page shows, there are only the rows of a
     * block and as many bytes.
     */
    async threadFill(total: number) {
      const { id } = long
      const tables = threadTables(rows)
      const fill = async (count: number): Promise<void> => {
        const [head] = await tables.head.list([id])
        const order = head?.key[1] as string
        let hash = orderHash(order)
        let place = (await tables.place.get(id, hash)) as Place
        let row = (await tables.block.get(id, order)) as BlockRow
        const changes = [tables.head.remove(id, order)]
        const puts: Promise<void>[] = []
        for (let i = 1; i <= count; i++) {
          const prev = unhex(hash)
          hash = hex(systemRandom(32))
          place = { ...place, depth: place.depth + 1, ts: Date.now() }
          row = { ...row, kind: 'text', seq: row.seq + 1, parents: [prev] }
          const link = { blocks: [{ hash: unhex(hash), prev, depth: place.depth }] }
          puts.push(blocks.put(cidOf(hash), systemRandom(row.size)))
          changes.push(tables.place.put([id, hash], place), tables.block.put([id, orderOf(place, hash)], row))
          changes.push(tables.link.put([id, row.author, row.dev, down(row.seq)], link))
        }
        const tally = await tables.tally.get(id)
        if (!tally) throw new Error('no thread')
        changes.push(tables.head.put([id, orderOf(place, hash)], {}))
        changes.push(tables.tally.put([id], { ...tally, blocks: tally.blocks + count }))
        await Promise.all(puts)
        await rows.commit(changes)
      }
      return timed(async () => {
        for (let left = total - NEWEST - (await long.info()).blocks; left > 0; left -= TOGETHER)
          await fill(Math.min(TOGETHER, left))
        // Its rows were written behind its back.
        long = (await createThreads(components).get(id)) as Thread
        for (let i = 0; i < NEWEST; i++) await long.append({ type: 'text', body: { text: `message ${i}` } })
      })
    },
    /** Milliseconds from nothing in memory to the first page of the long thread. */
    async threadOpen() {
      return timed(async () => {
        const thread = await createThreads(components).get(long.id)
        await thread?.info()
        const page = await thread?.page({ limit: PAGE })
        if (page?.entries.length !== PAGE || page.lost.length > 0) throw new Error('no page')
      })
    },
    /** The same by bare reads: as many rows in one range, then as many blocks. */
    async threadOpenRaw() {
      const cids = (await long.page({ limit: PAGE })).entries.map(({ cid }) => cid)
      return timed(async () => {
        await rows.range(`/cafe/thread-block/${long.id}/`, { limit: PAGE })
        await Promise.all(cids.map((cid) => blocks.get(cid)))
      })
    },
  }
}
