/** The pin engine over the real stores, and the same work done by hand on bare IndexedDB. Runs in a SharedWorker. */
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { createKeep } from '../../../src/cafe/pin/keep.ts'
import type { Owner } from '../../../src/cafe/pin/pinning.ts'
import { pinHolder, pinStore, rootKey } from '../../../src/cafe/pin/store.ts'
import { systemClock, systemRandom } from '../../../src/core/clock.ts'
import type { Address, PeerIdText } from '../../../src/core/ids.ts'
import { LIST_BLOCKS, MAX_OFFER, MiB } from '../../../src/core/limits.ts'
import { type Listed, listPlace, packList } from '../../../src/store/block-list.ts'
import { blockKey, hashKey } from '../../../src/store/blocks.ts'
import { collect } from '../../../src/store/collect.ts'
import { createHolds } from '../../../src/store/holds.ts'
import { BLOCKS_DB, openBlocks, openRows } from '../../../src/store/idb.ts'
import { inboxLab } from './inbox-lab.ts'
import { searchLab } from './search-lab.ts'
import { threadLab } from './thread-lab.ts'

interface Block {
  readonly cid: CID
  readonly bytes: Uint8Array<ArrayBuffer>
}

const OWNER: Owner = {
  account: `P${'a'.repeat(47)}` as Address,
  peer: `12D3KooW${'a'.repeat(44)}` as PeerIdText,
  quota: Number.MAX_SAFE_INTEGER,
}
/** What a carrier with back-pressure of its own may have under way: two transactions' worth. */
const LAB_WINDOW = 8 * MiB
const RAW_DB = 'raw'

function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)))
  return bytes
}

/** `count` leaves of `size` bytes and a root over them, which comes last. */
async function makeDag(size: number, count: number): Promise<Block[]> {
  const leaves: Block[] = []
  for (let i = 0; i < count; i++) {
    const bytes = randomBytes(size)
    leaves.push({ cid: CID.createV1(0x55, await sha256.digest(bytes)), bytes })
  }
  const bytes = dagCbor.encode(leaves.map(({ cid }) => cid)) as Uint8Array<ArrayBuffer>
  return [...leaves, { cid: CID.createV1(dagCbor.code, await sha256.digest(bytes)), bytes }]
}

const open = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(name)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const inTransaction = (
  db: IDBDatabase,
  run: (store: IDBObjectStore) => void,
  durability: IDBTransactionDurability = 'strict',
): Promise<void> =>
  new Promise((resolve, reject) => {
    const tx = db.transaction(db.name, 'readwrite', { durability })
    run(tx.objectStore(db.name))
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(tx.error)
  })

const getKey = (db: IDBDatabase, key: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const request = db.transaction(db.name).objectStore(db.name).getKey(key)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const getAll = (db: IDBDatabase, range: IDBKeyRange, limit: number): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    const request = db.transaction(db.name).objectStore(db.name).getAll(range, limit)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

export async function createLab() {
  const [rows, blocks, raw, store] = await Promise.all([openRows(), openBlocks(), open(RAW_DB), open(BLOCKS_DB)])
  const holds = createHolds(blocks)
  const keep = await createKeep({ rows, blocks, holds, clock: systemClock, random: systemRandom })
  const { signal } = new AbortController()
  await keep.setBudget(Number.MAX_SAFE_INTEGER)
  let filled = 0

  /** As a carrier does: offers, then blocks within the window. */
  const upload = async (dag: readonly Block[]): Promise<void> => {
    const bytes = dag.reduce((sum, block) => sum + block.bytes.byteLength, 0)
    const { upload, complete } = await keep.begin(OWNER, { bytes, window: LAB_WINDOW })
    let unconfirmed = 0
    let changed = Promise.withResolvers<void>()
    for (let from = 0; from < dag.length; from += MAX_OFFER) {
      const part = dag.slice(from, from + MAX_OFFER)
      const want = await upload.offer(part.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength })))
      for (const place of want) {
        while (unconfirmed > LAB_WINDOW) await changed.promise
        const { bytes } = dag[place] as Block
        unconfirmed += bytes.byteLength
        upload.block(place, bytes, async (size) => {
          unconfirmed -= size
          changed.resolve()
          changed = Promise.withResolvers()
        })
      }
    }
    await complete((dag.at(-1) as Block).cid, { signal, stands: async () => true })
  }

  const timed = async (run: () => Promise<unknown>): Promise<number> => {
    const started = performance.now()
    await run()
    return performance.now() - started
  }

  const putInto = async (db: IDBDatabase, dag: readonly Block[], batch: number): Promise<void> => {
    for (let at = 0; at < dag.length; at += batch)
      await inTransaction(db, (to) => {
        for (const { cid, bytes } of dag.slice(at, at + batch)) to.put(bytes, blockKey(cid))
      })
  }

  const removeFrom = async (db: IDBDatabase, dag: readonly Block[], batch: number): Promise<void> => {
    for (let at = 0; at < dag.length; at += batch)
      await inTransaction(db, (from) => {
        for (const { cid } of dag.slice(at, at + batch)) from.delete(blockKey(cid))
      })
  }

  const discard = async (dag: readonly Block[]): Promise<void> => {
    await keep.unpin(OWNER.account, (dag.at(-1) as Block).cid)
    await collect({ blocks, holds, sources: [keep.roots] }, { signal, whole: false })
  }

  const putRaw = (key: string, value: Uint8Array<ArrayBuffer>) => inTransaction(store, (to) => void to.put(value, key))

  return {
    ...(await threadLab({ rows, blocks, holds, putRaw })),
    ...(await searchLab(rows)),
    ...(await inboxLab({
      rows,
      inRaw: (run) => inTransaction(raw, run),
      readRaw: async (range, limit) => (await getAll(raw, range, limit)).length,
    })),
    /** Milliseconds to pin a new DAG through the engine. */
    async pin(size: number, count: number) {
      const dag = await makeDag(size, count)
      const ms = await timed(() => upload(dag))
      await discard(dag)
      return ms
    },
    /** Milliseconds to put as many blocks as fast as IndexedDB takes them. */
    async putRaw(size: number, count: number, batch: number) {
      const dag = await makeDag(size, count)
      const ms = await timed(() => putInto(raw, dag, batch))
      await removeFrom(raw, dag, 512)
      return ms
    },
    /** Milliseconds to collect an unpinned DAG. */
    async collect(size: number, count: number) {
      const dag = await makeDag(size, count)
      await upload(dag)
      await keep.unpin(OWNER.account, (dag.at(-1) as Block).cid)
      let removed = 0
      const ms = await timed(async () => {
        removed = (await collect({ blocks, holds, sources: [keep.roots] }, { signal, whole: false })).blocks
      })
      if (removed !== dag.length) throw new Error(`${removed} of ${dag.length} blocks were removed`)
      return ms
    },
    async removeRaw(size: number, count: number, batch: number) {
      const dag = await makeDag(size, count)
      await putInto(raw, dag, 512)
      return timed(() => removeFrom(raw, dag, batch))
    },
    /** Fills store and tables with pinned small blocks until there are `total`; milliseconds it took. */
    async fill(total: number) {
      const tables = pinStore(rows)
      const value = new Uint8Array(16)
      const makeList = (): Listed[] =>
        Array.from({ length: LIST_BLOCKS }, () => ({
          hash: Uint8Array.of(0x12, 0x20, ...crypto.getRandomValues(new Uint8Array(32))),
          size: 16,
        }))
      const commitLists = (lists: readonly Listed[][]): Promise<void> =>
        rows.commit(
          lists.flatMap((listed, i) => {
            const root = CID.decode(Uint8Array.of(1, 0x55, ...(listed[0] as Listed).hash))
            const account = `P${String((filled / LIST_BLOCKS + i) % 100).padStart(47, '2')}`
            return [
              tables.pins.put([account, rootKey(root)], { root, blocks: LIST_BLOCKS, bytes: 8192, since: 1 }),
              tables.lists.put([account, pinHolder(root), listPlace(0)], packList(listed)),
            ]
          }),
        )
      return timed(async () => {
        while (filled < total) {
          const left = Math.ceil((total - filled) / LIST_BLOCKS)
          const lists = Array.from({ length: Math.min(16, left) }, makeList)
          const keys = lists.flat().map(({ hash }) => hashKey(hash))
          const put = (to: IDBObjectStore): void => {
            for (const key of keys) to.put(value, key)
          }
          await Promise.all([inTransaction(store, put, 'relaxed'), commitLists(lists)])
          filled += lists.length * LIST_BLOCKS
        }
      })
    },
    /** Milliseconds per look-up of `count` blocks, one after the other, half of them here. */
    async has(count: number) {
      const dag = await makeDag(16, count / 2)
      await upload(dag)
      const absent = await makeDag(16, count / 2)
      const all = dag.slice(0, -1).flatMap((block, i) => [block, absent[i] as Block])
      const ms = await timed(async () => {
        for (const [i, { cid }] of all.entries())
          if ((await blocks.has(cid)) !== (i % 2 === 0)) throw new Error('a wrong answer')
      })
      await keep.unpin(OWNER.account, (dag.at(-1) as Block).cid)
      return ms / all.length
    },
    /** The same by bare `getKey` in the same database: what IndexedDB itself needs more when it is full. */
    async hasRaw(count: number) {
      const [here, absent] = [await makeDag(16, count / 2), await makeDag(16, count / 2)]
      await putInto(store, here, 512)
      const all = here.flatMap((block, i) => [block, absent[i] as Block])
      const ms = await timed(async () => {
        for (const [i, { cid }] of all.entries())
          if (((await getKey(store, blockKey(cid))) !== undefined) !== (i % 2 === 0)) throw new Error('a wrong answer')
      })
      await removeFrom(store, here, 512)
      return ms / all.length
    },
    /** Milliseconds to put a DAG of `count` small blocks into the same database by one strict transaction. */
    async pinRaw(count: number) {
      const dag = await makeDag(1024, count)
      return timed(() => putInto(store, dag, count))
    },
    /** Milliseconds to pin and unpin a DAG of `count` small blocks. */
    async pinSmall(count: number) {
      const dag = await makeDag(1024, count)
      return timed(async () => {
        await upload(dag)
        await keep.unpin(OWNER.account, (dag.at(-1) as Block).cid)
      })
    },
    /** Milliseconds for each stored block to collect the whole store, of which a tenth is to go. */
    async collectWhole() {
      const garbage = filled / 10
      for (let left = garbage; left > 0; left -= 5000) {
        const dag = await makeDag(16, Math.min(left, 5000))
        await upload(dag)
        await keep.unpin(OWNER.account, (dag.at(-1) as Block).cid)
      }
      let removed = 0
      const ms = await timed(async () => {
        removed = (await collect({ blocks, holds, sources: [keep.roots] }, { signal, whole: true })).blocks
      })
      if (removed < garbage) throw new Error(`${removed} of ${garbage} blocks were removed`)
      return ms / (filled + removed)
    },
  }
}

export type Lab = Awaited<ReturnType<typeof createLab>>
