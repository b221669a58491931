/** Runs the store contracts on IndexedDB, and writes until the disk is full. */
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { BLOCKS_DB, DATA_DB, openBlocks, openRows } from '../../../src/store/idb.ts'
import { scopedRows } from '../../../src/store/scope.ts'
import { BLOCKS_CASES } from '../blocks.ts'
import { ROWS_CASES } from '../rows.ts'
import { failureOf, runStoreCases } from '../store-tools.ts'

const MiB = 1024 * 1024

/** Resolves when no connection holds the database any more and it is gone. */
const drop = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })

/** `size` bytes that do not compress. */
function noise(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)))
  return bytes
}

const plain = ({ code, data }: { code?: unknown; data?: unknown }) => ({ code, data })

const contract = {
  rows: () =>
    runStoreCases(ROWS_CASES, async () => {
      await drop(DATA_DB)
      return openRows()
    }),
  scopedRows: () =>
    runStoreCases(ROWS_CASES, async () => {
      await drop(DATA_DB)
      const rows = await openRows()
      await rows.commit([{ key: '/a/1', value: Uint8Array.of(1) }])
      return { ...scopedRows(rows, 'mine'), close: rows.close }
    }),
  blocks: () =>
    runStoreCases(BLOCKS_CASES, async () => {
      await drop(BLOCKS_DB)
      return openBlocks()
    }),

  /** Commits `size` bytes in two rows; gives the failure and the keys that a new connection then sees. */
  async fillRows(size: number) {
    const rows = await openRows()
    const value = noise(size / 2)
    const failure = await failureOf(
      rows.commit([
        { key: '/full/1', value },
        { key: '/full/2', value },
      ]),
    )
    rows.close()
    const again = await openRows()
    const keys = (await again.range('/full/')).map(([key]) => key)
    again.close()
    return { failure: plain(failure), keys }
  },

  /** Puts blocks of 1 MiB at once; gives the failures and how many a new connection then sees. */
  async fillBlocks(count: number) {
    const blocks = await openBlocks()
    const all = []
    for (let i = 0; i < count; i++) {
      const bytes = noise(1 * MiB)
      all.push({ cid: CID.createV1(0x55, await sha256.digest(bytes)), bytes })
    }
    const done = await Promise.allSettled(all.map(({ cid, bytes }) => blocks.put(cid, bytes)))
    blocks.close()
    const again = await openBlocks()
    const seen = await Promise.all(all.map(({ cid }) => again.has(cid)))
    again.close()
    return {
      failures: done.map((one) => (one.status === 'rejected' ? plain(one.reason) : 'stored')),
      seen,
    }
  },
}

export type StorePage = typeof contract

Object.assign(globalThis, { contract })
