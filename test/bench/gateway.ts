/** What the gateway's figures share: reading a link to its end in the page, against its blocks raw from IndexedDB. */
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import type { Page } from 'playwright-core'
import { blockKey } from '../../src/store/blocks.ts'
import { BLOCKS_DB } from '../../src/store/idb.ts'
import type { Pin } from '../../src/worker/api.ts'
import type { Context } from './context.ts'
import { compare, type Measured, rate } from './figure.ts'

/** Measures reading the link that `linkOf` makes of a pin whose blocks are all in the page's own store. */
export async function measureGateway(context: Context, linkOf: (pin: Pin) => string): Promise<Measured> {
  const { page } = (await context.world()).guest
  const pin = await context.file()
  const link = linkOf(pin)
  const keys = await leafKeys(page, pin.cid)
  return compare(
    5,
    async () => {
      const { bytes, ms } = await page.evaluate(readLink, link)
      if (bytes < pin.size) throw new Error(`${bytes} of ${pin.size} bytes came`)
      return rate(bytes, ms)
    },
    async () => {
      const { bytes, ms } = await page.evaluate(readRaw, { database: BLOCKS_DB, keys })
      if (bytes < pin.size) throw new Error(`${bytes} of ${pin.size} bytes came`)
      return rate(bytes, ms)
    },
  )
}

/** Reads as a page does that does not want to hold the whole: chunk by chunk. */
async function readLink(link: string): Promise<{ bytes: number; ms: number }> {
  const started = performance.now()
  const response = await fetch(link)
  if (response.status !== 200 || !response.body) throw new Error(`${link.slice(0, 80)} answered ${response.status}`)
  const reader = response.body.getReader()
  let bytes = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) bytes += next.value.byteLength
  return { bytes, ms: performance.now() - started }
}

/** Reads blocks by key, eight at a time: the fastest plain way (platform.md §7). */
async function readRaw({
  database,
  keys,
}: {
  database: string
  keys: string[]
}): Promise<{ bytes: number; ms: number }> {
  const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const db = await asPromise(indexedDB.open(database))
  const started = performance.now()
  let bytes = 0
  let next = 0
  const readSome = async (): Promise<void> => {
    for (let key = keys[next++]; key !== undefined; key = keys[next++]) {
      const block = await asPromise<Uint8Array>(db.transaction(database).objectStore(database).get(key))
      bytes += block.byteLength
    }
  }
  await Promise.all(Array.from({ length: 8 }, readSome))
  const ms = performance.now() - started
  db.close()
  return { bytes, ms }
}

/** Keys in the store of the leaves of a file, in order. */
async function leafKeys(page: Page, root: string): Promise<string[]> {
  const node = await page.evaluate(readRoot, { database: BLOCKS_DB, key: blockKey(CID.parse(root)) })
  return dagPb.decode(Uint8Array.from(node)).Links.map(({ Hash }) => blockKey(Hash))
}

async function readRoot({ database, key }: { database: string; key: string }): Promise<number[]> {
  const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const db = await asPromise(indexedDB.open(database))
  const block = await asPromise<Uint8Array>(db.transaction(database).objectStore(database).get(key))
  db.close()
  return [...block]
}
