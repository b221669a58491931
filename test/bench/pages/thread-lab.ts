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
import { admit, type Core, standingsAt, type ThreadsComponents } from '../../../src/thread/admit.ts'
import type { Content } from '../../../src/thread/kinds.ts'
import { coreOf } from '../../../src/thread/one.ts'
import { stage } from '../../../src/thread/staged.ts'
import { type BlockRow, cidOf, hashOf, orderHash, type Place, threadTables } from '../../../src/thread/tables.ts'
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
const TOGETHER = 500
/** Entries of a first page. */
const PAGE = 50
/** What a block's rows come to, about. */
const ROWS_SIZE = 900

/** Blocks that are whole, so that pages can be read. */
const NEWEST = 60

/** The one head of a thread, and what a block on it needs. */
async function tipOf(core: Core) {
  const tables = threadTables(core.rows)
  const [head] = await tables.head.list([core.id])
  const order = head?.key[1] as string
  const hash = orderHash(order)
  const place = (await tables.place.get(core.id, hash)) as Place
  const { seq } = (await tables.block.get(core.id, order)) as BlockRow
  const parents = new Map([[hash, place]])
  return { seq, prev: cidOf(hash), parents, before: await standingsAt(core, tables, parents), key: core.charter.key }
}

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
      const core = await coreOf(components, long.charter)
      const fill = async (count: number): Promise<void> => {
        const staged = stage(rows)
        const tables = threadTables(staged)
        const { seq, prev, parents, before, key } = await tipOf(core)
        let [last, at] = [prev, parents]
        const puts: Promise<void>[] = []
        for (let i = 1; i <= count; i++) {
          const by = { author: signer.account, dev: PEER, seq: seq + i, prev: last, ts: Date.now() }
          const content: Content = { ...by, type: 'text', body: { text: `message ${i}` }, files: [] }
          const bytes = systemRandom(1024)
          last = cidOf(hex(systemRandom(32)))
          puts.push(blocks.put(last, bytes))
          const hash = hashOf(last)
          const known = {
            hash,
            size: bytes.byteLength,
            epoch: 0,
            key,
            content,
            parents: at,
            before,
            after: before.value,
          }
          at = new Map([[hash, await admit(core, tables, known)]])
        }
        await Promise.all(puts)
        await staged.flush()
      }
      return timed(async () => {
        for (let left = total - NEWEST - (await long.info()).blocks; left > 0; left -= TOGETHER)
          await fill(Math.min(TOGETHER, left))
        long = (await createThreads(components).get(long.id)) as Thread
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
