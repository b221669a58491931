/**
 * Rows on LevelDB, for Node: the only file that opens one. The on-disk form is that of datastore-level 13 (keys as text,
 * values as they are), so its tools read what we write, and libp2p's own records lie in the same database. What is added is
 * what it lacks: commits that are synced before they resolve and are combined, ranges by any prefix, and a full disk told
 * apart. Nobody else can open the folder meanwhile: LevelDB locks it, and the lock goes with the process.
 */
import { mkdir } from 'node:fs/promises'
import { ClassicLevel } from 'classic-level'
import { LevelDatastore } from 'datastore-level'
import type { Datastore } from 'interface-datastore'
import { CafeError } from '../core/errors.ts'
import { MiB } from '../core/limits.ts'
import { combined } from './combine.ts'
import { createRoom, isFull } from './room.ts'
import type { Change, RangeOptions, Rows } from './rows.ts'

type Level = ClassicLevel<string, Uint8Array>

export interface LevelRows extends Rows {
  /** libp2p's records (peers it knows), which may be lost: they are written when LevelDB likes. */
  readonly datastore: Datastore
  /** Writes what waits, then lets go of the folder. */
  close(): Promise<void>
}

/** Bytes read at once by an iterator: the package's 16 KiB are a crossing into native code for every few rows. */
const READ_AT_ONCE = 1 * MiB
/**
 * Bytes of the disk that commits leave free. LevelDB writes more than it is given (log, tables, their merging), and what it
 * cannot finish writing costs the next opening; removals, which free room in the end, may use half of it.
 */
const RESERVE = 32 * MiB

/** The last code point: no key goes on with it, so it ends every prefix. */
const END = '\u{10ffff}'

/** Keys that start with `prefix` and come after `after`. Keys are compared by their UTF-8 bytes, thus by code points. */
function bounds(prefix: string, { after = '', limit = -1 }: RangeOptions = {}) {
  const from = after < prefix ? { gte: prefix } : { gt: after }
  return { ...from, lt: prefix + END, limit, highWaterMarkBytes: READ_AT_ONCE }
}

/** What the package gives may be a view of more, or a Buffer: a row is neither. */
const plain = (value: Uint8Array): Uint8Array =>
  value.constructor === Uint8Array && value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value)

function operation({ key, value }: Change) {
  if (value === undefined) return { type: 'del', key } as const
  // The package would take anything, as the text of it.
  if (!(value instanceof Uint8Array)) throw new CafeError('INTERNAL', { what: 'row' })
  return { type: 'put', key, value } as const
}

export interface LevelOptions {
  /** Bytes of the disk to leave free; {@link RESERVE} without it. */
  readonly reserve?: number
}

/**
 * Opens the rows in `folder`, which is made if it is not there.
 * @throws CafeError CONFLICT {what: 'data folder'} if another process has it open; CORRUPT {what: 'data folder'} if LevelDB
 * cannot make sense of it.
 */
export async function openLevel(folder: string, { reserve = RESERVE }: LevelOptions = {}): Promise<LevelRows> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const db: Level = new ClassicLevel(folder, { keyEncoding: 'utf8', valueEncoding: 'view' })
  await openDb(db)
  const state = createState(db)
  const room = createRoom(folder)
  const closed = Promise.withResolvers<void>()
  const rows = combined({
    async get(key) {
      await state.ready()
      const value = await db.get(key)
      return value && plain(value)
    },
    async range(prefix, options) {
      await state.ready()
      const found = await db.iterator(bounds(prefix, options)).all()
      return found.map(([key, value]) => [key, plain(value)] as const)
    },
    async keys(prefix, options) {
      await state.ready()
      return db.keys(bounds(prefix, options)).all()
    },
    async commit(changes) {
      const operations = changes.map(operation)
      const frees = changes.every(({ value }) => value === undefined)
      await room.need(frees ? reserve / 2 : reserve, changes)
      await state.write(() => db.batch(operations, { sync: true }))
    },
    close: () => void state.close().then(closed.resolve, closed.reject),
  })
  return {
    ...rows,
    // In the version of LevelDB that `level` names here, which is this very class.
    datastore: new LevelDatastore(db as unknown as ConstructorParameters<typeof LevelDatastore>[0]),
    close() {
      rows.close()
      return closed.promise
    },
  }
}

async function openDb(db: Level): Promise<void> {
  try {
    await db.open()
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } }
    if (cause?.code === 'LEVEL_LOCKED') throw new CafeError('CONFLICT', { what: 'data folder' }, { cause })
    if (isFull(cause)) throw new CafeError('QUOTA', { disk: true }, { cause })
    throw new CafeError('CORRUPT', { what: 'data folder' }, { cause })
  }
}

/**
 * A write that failed may have left half a record in LevelDB's log, and what follows in the same piece of the log is given
 * up with it when it is next read. So a database is opened anew before anything else is written to it.
 */
function createState(db: Level) {
  let failed = false
  let reopening: Promise<void> | undefined

  const reopen = async (): Promise<void> => {
    await db.close()
    await openDb(db)
    failed = false
  }

  return {
    /** Resolves when it can be read. */
    async ready(): Promise<void> {
      await reopening
    },
    /** Writes come one after the other: {@link combined} sees to that. */
    async write(write: () => Promise<void>): Promise<void> {
      if (failed) {
        reopening = reopen().finally(() => (reopening = undefined))
        await reopening
      }
      try {
        await write()
      } catch (cause) {
        failed = true
        throw new CafeError(isFull(cause) ? 'QUOTA' : 'INTERNAL', isFull(cause) ? { disk: true } : {}, { cause })
      }
    },
    close: () => db.close(),
  }
}
