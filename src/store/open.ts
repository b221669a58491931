/**
 * The stores of a cafe in Node, chosen by URL: one place for all kinds there are. A path, or a `file:` URL, is a folder with
 * rows in `rows` (LevelDB) and blocks in `blocks` (files).
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Datastore } from 'interface-datastore'
import { CafeError } from '../core/errors.ts'
import type { Blocks } from './blocks.ts'
import { openFsBlocks } from './fs.ts'
import { openLevel } from './level.ts'
import type { Rows } from './rows.ts'

export interface Stores {
  readonly rows: Rows
  readonly blocks: Blocks
  /** libp2p's own records. */
  readonly datastore: Datastore
  /** Writes what waits, then lets go of everything. */
  close(): Promise<void>
}

type Opener = (url: URL) => Promise<Stores>

/** By scheme; another kind of store is a line here. */
const OPENERS: Readonly<Record<string, Opener>> = {
  'file:': (url) => openFolder(fileURLToPath(url)),
}

/**
 * Opens the stores at `where`. Rows come first: their lock keeps other processes out of all of it.
 * @throws CafeError BAD_REQUEST {what: 'store'} for a URL of no kind there is; CONFLICT and CORRUPT as `openLevel` does.
 */
export async function openStores(where: string): Promise<Stores> {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(where)) return openFolder(where)
  const url = URL.parse(where)
  const opener = url ? OPENERS[url.protocol] : undefined
  if (!url || !opener) throw new CafeError('BAD_REQUEST', { what: 'store' })
  return opener(url)
}

async function openFolder(folder: string): Promise<Stores> {
  const rows = await openLevel(join(folder, 'rows'))
  try {
    const blocks = await openFsBlocks(join(folder, 'blocks'))
    return {
      ...{ rows, blocks, datastore: rows.datastore },
      async close() {
        await blocks.close()
        await rows.close()
      },
    }
  } catch (error) {
    await rows.close()
    throw error
  }
}
