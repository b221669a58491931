/** `globalThis.gatewayLab`: makes files in this origin's block store, reads them by their links, and raw. */
import * as dagPb from '@ipld/dag-pb'
import { importer } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { MiB } from '../../../src/core/limits.ts'
import { createFileKey, formatFileKey } from '../../../src/crypto/file-key.ts'
import { importFile } from '../../../src/peer/import.ts'
import { blockKey } from '../../../src/store/blocks.ts'
import { BLOCKS_DB, openBlocks } from '../../../src/store/idb.ts'

/** A file in the store. */
export interface Made {
  readonly cid: string
  readonly key: string
  /** Bytes of plaintext, and of all leaves. */
  readonly size: number
  readonly stored: number
  /** In the store, in the order they were written: leaves of a file in its own order, the root last. */
  readonly leaves: readonly string[]
  readonly nodes: readonly string[]
}

export interface Read {
  readonly bytes: number
  readonly ms: number
}

/** Random once, and another beginning for every mebibyte: no two blocks are the same. */
function random(size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunk = new Uint8Array(MiB)
  for (let at = 0; at < MiB; at += 65_536) crypto.getRandomValues(chunk.subarray(at, at + 65_536))
  let left = size
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close()
      const part = chunk.slice(0, Math.min(MiB, left))
      new DataView(part.buffer).setFloat64(0, left)
      left -= part.byteLength
      controller.enqueue(part)
    },
  })
}

const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** Where written blocks are noted down. */
const notes = () => ({ leaves: [] as string[], nodes: [] as string[], stored: 0 })
type Notes = ReturnType<typeof notes>
const note = (made: Notes, cid: CID, bytes: Uint8Array): void => {
  if (cid.code !== dagPb.code) made.stored += bytes.byteLength
  ;(cid.code === dagPb.code ? made.nodes : made.leaves).push(blockKey(cid))
}

const lab = {
  /** An encrypted file of `size` random bytes, as the account peer makes it. */
  async file(size: number): Promise<Made> {
    const blocks = await openBlocks()
    const key = createFileKey()
    const made = notes()
    const put = async (cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
      note(made, cid, bytes)
      await blocks.put(cid, bytes)
    }
    const cid = await importFile(random(size), key, put, { signal: new AbortController().signal })
    blocks.close()
    return { ...made, cid: `${cid}`, key: formatFileKey(key.reveal()), size }
  },

  /** A folder of `count` small files. */
  async folder(count: number): Promise<Made> {
    const blocks = await openBlocks()
    const made = notes()
    const written: Promise<void>[] = []
    const store = {
      async put(cid: CID, bytes: unknown): Promise<CID> {
        note(made, cid, bytes as Uint8Array)
        written.push(blocks.put(cid, bytes as Uint8Array<ArrayBuffer>))
        return cid
      },
    }
    const files = Array.from({ length: count }, (_, i) => ({
      path: `folder/holiday picture ${i}.jpg`,
      content: new TextEncoder().encode(`picture ${i}`),
    }))
    let root = ''
    for await (const { cid } of importer(files, store, { cidVersion: 1, rawLeaves: true })) root = `${cid}`
    await Promise.all(written)
    blocks.close()
    return { ...made, cid: root, key: '', size: made.stored }
  },

  /** Reads as a page does that does not want to hold the whole: chunk by chunk. */
  async read(link: string, range?: string): Promise<Read & { readonly first: number }> {
    const started = performance.now()
    const response = await fetch(link, range ? { headers: { Range: range } } : {})
    if (response.status !== (range ? 206 : 200) || !response.body)
      throw new Error(`answered ${response.status}: ${(await response.text()).slice(0, 200)}`)
    const reader = response.body.getReader()
    let bytes = 0
    let first = 0
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      first ||= performance.now() - started
      bytes += next.value.byteLength
    }
    return { bytes, ms: performance.now() - started, first }
  },

  /** Blocks by key from bare IndexedDB, eight at a time: the fastest plain way (platform.md §7). */
  async raw(keys: readonly string[]): Promise<Read> {
    const db = await asPromise(indexedDB.open(BLOCKS_DB))
    const started = performance.now()
    let bytes = 0
    let next = 0
    const readSome = async (): Promise<void> => {
      for (let key = keys[next++]; key !== undefined; key = keys[next++]) {
        const block = await asPromise<Uint8Array>(db.transaction(BLOCKS_DB).objectStore(BLOCKS_DB).get(key))
        bytes += block.byteLength
      }
    }
    await Promise.all(Array.from({ length: 8 }, readSome))
    const ms = performance.now() - started
    db.close()
    return { bytes, ms }
  },
}

export type GatewayLab = typeof lab

const worker = location.pathname === '/library.html' ? 'library-sw.js' : 'sw.js'
await navigator.serviceWorker.register(`/${worker}`, { scope: location.pathname })
await navigator.serviceWorker.ready
if (!navigator.serviceWorker.controller) {
  await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
}
Object.assign(globalThis, { gatewayLab: lab })
