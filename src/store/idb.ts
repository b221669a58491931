/**
 * The browser's stores, on IndexedDB: the only file that opens one. Blocks and data keep the on-disk form of
 * blockstore-idb 4 and datastore-idb 5, so their tools read what we write; what is added is what they lack: combined,
 * strict writes and prefix ranges (measured: one transaction costs about 1 ms whatever is in it).
 */

import { IDBBlockstore } from 'blockstore-idb'
import { IDBDatastore } from 'datastore-idb'
import { type IDBPDatabase, type IDBPObjectStore, openDB, unwrap } from 'idb'
import { CafeError } from '../core/errors.ts'
import { MiB } from '../core/limits.ts'
import { type Blocks, blockKey } from './blocks.ts'
import { combined } from './combine.ts'
import type { Change, Rows } from './rows.ts'

export const BLOCKS_DB = 'popup-cafe/blocks'
export const DATA_DB = 'popup-cafe/data'
const KEYS_DB = 'popup-cafe/keys'
const KEYS_STORE = 'keys'

/** Both packages name their one object store like the database and are at version 1. */
const openPlain = (name: string): Promise<IDBPDatabase> =>
  openDB(name, 1, { upgrade: (db) => void db.createObjectStore(name) })

/** Keys that start with `prefix` and come after `after`; undefined if there can be none, which a key range cannot say. */
function prefixRange(prefix: string, after = ''): IDBKeyRange | undefined {
  const end = `${prefix}\uffff`
  if (after >= end) return undefined
  return after < prefix ? IDBKeyRange.bound(prefix, end, false, true) : IDBKeyRange.bound(after, end, true, true)
}

/**
 * Runs `write` in one strict transaction and resolves on `complete`, never on a request's success: a full disk reports
 * success on each request and then aborts the transaction (measured).
 */
async function commitStrict(db: IDBPDatabase, store: string, write: (store: IDBObjectStore) => void): Promise<void> {
  const tx = db.transaction(store, 'readwrite', { durability: 'strict' })
  try {
    // The unwrapped store: its requests are not promises, so only the transaction's end counts.
    write(unwrap(tx).objectStore(store))
    await tx.done
  } catch (cause) {
    tx.done.catch(() => {}) // the abort below rejects it again; `cause` is the failure to report
    if (cause instanceof TypeError || (cause instanceof DOMException && cause.name === 'DataCloneError')) tx.abort()
    const full = cause instanceof Error && cause.name === 'QuotaExceededError'
    throw new CafeError(full ? 'QUOTA' : 'INTERNAL', full ? { disk: true } : {}, { cause })
  }
}

/** Structured clone writes the whole buffer below a view: a small view of a large buffer must be cut out first. */
const compact = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()

/** Small records, in the database that datastore-idb also uses for libp2p's own. */
export async function openRows(): Promise<Rows> {
  const db = await openPlain(DATA_DB)
  const reading = readOfTurn(db, DATA_DB)
  return combined({
    get: lookup<Uint8Array | undefined>(db, DATA_DB, (store, key) => store.get(key)),
    async range(prefix, { after, limit } = {}) {
      const range = prefixRange(prefix, after)
      // For IndexedDB a limit of 0 is none.
      if (!range || limit === 0) return []
      const { store } = reading()
      const [keys, values] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)])
      return keys.map((key, i) => [String(key), values[i] as Uint8Array] as const)
    },
    async keys(prefix, { after, limit } = {}) {
      const range = prefixRange(prefix, after)
      if (!range || limit === 0) return []
      return (await reading().store.getAllKeys(range, limit)).map(String)
    },
    commit: (changes: readonly Change[]) =>
      commitStrict(db, DATA_DB, (store) => {
        for (const { key, value } of changes) value ? store.put(compact(value), key) : store.delete(key)
      }),
    close: () => db.close(),
  })
}

/** One transaction for all that is read in one turn: each costs as much as dozens of ranges. */
function readOfTurn(db: IDBPDatabase, store: string) {
  const open = () => db.transaction(store)
  let tx: ReturnType<typeof open> | undefined
  return () => {
    if (!tx) queueMicrotask(() => (tx = undefined))
    tx ??= open()
    return tx
  }
}

/** libp2p's datastore (peer records, the node's key) in the same database. */
export async function openDatastore(): Promise<IDBDatastore> {
  const datastore = new IDBDatastore(DATA_DB)
  await datastore.open()
  return datastore
}

/** Bytes gathered into one transaction: past this a bigger one is not faster. */
const COMBINE_BYTES = 4 * MiB
/** Bytes waiting to be written before `put` makes the caller wait. */
const MAX_WAITING = 16 * MiB

/** Blocks read in one transaction for their sizes: each may be MAX_BLOCK. */
const SIZES_AT_ONCE = 16

interface Waiting {
  /** Bytes this write holds in memory until it is on the medium. */
  readonly size: number
  write(store: IDBObjectStore): void
  readonly done: PromiseWithResolvers<void>
}

/** Combines writes into strict transactions, one after the other, in the order they came. */
function writeQueue(db: IDBPDatabase): (size: number, write: Waiting['write']) => Promise<void> {
  const waiting: Waiting[] = []
  let waitingBytes = 0
  let writing: Promise<void> | undefined

  const takeBatch = (): Waiting[] => {
    let size = 0
    let end = 0
    while (end < waiting.length && size < COMBINE_BYTES) size += waiting[end++]?.size ?? 0
    return waiting.splice(0, end)
  }

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = takeBatch()
      try {
        await commitStrict(db, BLOCKS_DB, (store) => {
          for (const { write } of batch) write(store)
        })
        for (const { done } of batch) done.resolve()
      } catch (error) {
        for (const { done } of batch) done.reject(error)
      }
      waitingBytes -= batch.reduce((sum, { size }) => sum + size, 0)
    }
    writing = undefined
  }

  return async (size, write) => {
    while (waitingBytes > MAX_WAITING) await writing
    const done = Promise.withResolvers<void>()
    waiting.push({ size, write, done })
    waitingBytes += size
    // A microtask later, so that writes made in one turn share the first transaction too.
    writing ??= Promise.resolve().then(drain)
    return done.promise
  }
}

/** Combines look-ups made in one turn into one transaction: alone, each costs as much as two hundred together. */
function lookup<Found>(
  db: IDBPDatabase,
  name: string,
  read: (store: IDBPObjectStore<unknown, [string], string>, key: string) => Promise<Found>,
): (key: string) => Promise<Found> {
  let waiting: Array<{ readonly key: string; readonly found: PromiseWithResolvers<Found> }> = []
  const look = (): void => {
    const batch = waiting
    waiting = []
    try {
      const { store } = db.transaction(name)
      for (const { key, found } of batch) read(store, key).then(found.resolve, found.reject)
    } catch (error) {
      // The database is being closed.
      for (const { found } of batch) found.reject(error)
    }
  }
  return (key) => {
    const found = Promise.withResolvers<Found>()
    if (waiting.length === 0) queueMicrotask(look)
    waiting.push({ key, found })
    return found.promise
  }
}

/** The block store: reads side by side, writes combined into strict transactions, one after the other. */
export async function openBlocks(): Promise<Blocks> {
  const inner = new IDBBlockstore(BLOCKS_DB)
  await inner.open() // creates the database in its own form
  await inner.close()
  const db = await openPlain(BLOCKS_DB)
  const enqueue = writeQueue(db)
  const keyOf = lookup<IDBValidKey | undefined>(db, BLOCKS_DB, (store, key) => store.getKey(key))
  const isHere = async (key: string): Promise<boolean> => (await keyOf(key)) !== undefined

  const sizesOf = async (keys: readonly string[]): Promise<number[]> => {
    const { store } = db.transaction(BLOCKS_DB)
    const found = await Promise.all(keys.map((key) => store.get(key) as Promise<Uint8Array | undefined>))
    return found.map((bytes) => bytes?.byteLength ?? 0)
  }

  return {
    has: (cid) => isHere(blockKey(cid)),
    get: (cid) => db.get(BLOCKS_DB, blockKey(cid)),
    put: (cid, bytes) => enqueue(bytes.byteLength, (store) => void store.put(compact(bytes), blockKey(cid))),
    delete: (cid) => enqueue(0, (store) => void store.delete(blockKey(cid))),
    async sizes(keys) {
      const here = await Promise.all(keys.map(isHere))
      const present = keys.filter((_, i) => here[i])
      const sizes: number[] = []
      // Few at a time: all results of a transaction are held at once.
      for (let at = 0; at < present.length; at += SIZES_AT_ONCE)
        sizes.push(...(await sizesOf(present.slice(at, at + SIZES_AT_ONCE))))
      let at = 0
      return here.map((isHere) => (isHere ? sizes[at++] : undefined))
    },
    async remove(keys) {
      const here = keys.map(() => false)
      await enqueue(0, (store) => {
        for (const [i, key] of keys.entries()) {
          store.getKey(key).onsuccess = ({ target }) => {
            here[i] = (target as IDBRequest).result !== undefined
          }
          store.delete(key)
        }
      })
      return here
    },
    async *keys() {
      for (let from = ''; ; ) {
        const page = await db.getAllKeys(BLOCKS_DB, IDBKeyRange.lowerBound(from, from !== ''), 1000)
        for (const key of page) yield String(key)
        if (page.length < 1000) return
        from = String(page.at(-1))
      }
    },
    close: () => db.close(),
  }
}

/** What the service worker needs of the block store: reading, with the node dead or never started. */
export interface BlockReader {
  get(
    cid: Parameters<Blocks['get']>[0],
    options?: { signal?: AbortSignal },
  ): Promise<Uint8Array<ArrayBuffer> | undefined>
  close(): void
}

/** Opens the block store for reading. A database that does not exist yet is made empty, in the form all others expect. */
export async function openBlockReader(): Promise<BlockReader> {
  const db = await openPlain(BLOCKS_DB)
  const read = lookup<Uint8Array<ArrayBuffer> | undefined>(db, BLOCKS_DB, (store, key) => store.get(key))
  return {
    async get(cid, { signal } = {}) {
      signal?.throwIfAborted()
      return read(blockKey(cid))
    },
    close: () => db.close(),
  }
}

/** Values that only structured clone can hold: non-extractable CryptoKeys. */
export interface Keys {
  get<T>(name: string): Promise<T | undefined>
  /** Resolves when it is on the medium. */
  put(name: string, value: unknown): Promise<void>
  delete(name: string): Promise<void>
  close(): void
}

export async function openKeys(): Promise<Keys> {
  const db = await openDB(KEYS_DB, 1, { upgrade: (database) => void database.createObjectStore(KEYS_STORE) })
  return {
    get: (name) => db.get(KEYS_STORE, name),
    put: (name, value) => commitStrict(db, KEYS_STORE, (store) => void store.put(value, name)),
    delete: (name) => commitStrict(db, KEYS_STORE, (store) => void store.delete(name)),
    close: () => db.close(),
  }
}
