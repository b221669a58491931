/**
 * The blocks of this device's own files, in the store it shares with what it keeps for others: none of them is ever
 * collected while the file is listed here, and none while the file is being added.
 */
import type { CID } from 'multiformats/cid'
import { storedBlocks, walk } from '../cafe/pin/walk.ts'
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import { type Listed, listPlace, listRow, packList, packLists, unpackList } from '../store/block-list.ts'
import { type Blocks, blockKey } from '../store/blocks.ts'
import type { DoomedList, RootSource } from '../store/collect.ts'
import type { Holds } from '../store/holds.ts'
import type { Change, Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { BackupStore } from './backup-row.ts'

export interface OwnBlocksComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly store: BackupStore
  /** There are blocks now that nobody needs. */
  readonly onGarbage: () => void
}

/** The blocks of one file while it is added. */
export interface Adding {
  /** Stores a block that our own importer made. */
  put(cid: CID, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Changes to commit with the row that lists the file. */
  lists(root: CID): Change[]
  /** Somebody else has listed its blocks. */
  listed(): void
  /** The file is listed, or will not be. */
  end(): void
}

export interface OwnBlocks {
  adding(): Adding
  /**
   * Changes to commit with a row that lists these blocks, which are here already and held by the caller.
   * @throws CafeError NOT_FOUND {missing} if one is not here.
   */
  existing(root: CID, blocks: readonly CID[]): Promise<{ lists: Change[]; bytes: number }>
  /** The blocks of a file that are here: none of one that only cafes have. */
  of(root: string): Promise<readonly Listed[]>
  /** Changes that say that none of a file's blocks are here. */
  none(root: string): Change[]
  readonly roots: RootSource
}

const PAGE = 64

export function createOwnBlocks({ rows, blocks, holds, store, onGarbage }: OwnBlocksComponents): OwnBlocks {
  const own = table(rows, 'own', listRow)
  const { backups } = store
  /** A file was begun and given up: its blocks are in no list. */
  let unlisted = false

  const put = (root: string, found: readonly Listed[]): Change[] =>
    packLists(found).map((list, place) => own.put([root, listPlace(place)], list))

  /** A file from before there were lists: it is walked once. */
  const listed = async (root: string, signal: AbortSignal): Promise<Listed[]> => {
    const found: Listed[] = []
    const onBlock = (cid: CID, size: number): void => void found.push({ hash: cid.multihash.bytes, size })
    await walk(parseCid(root), storedBlocks(blocks), { maxBytes: Number.MAX_SAFE_INTEGER, signal, onBlock })
    await rows.commit(put(root, found))
    return found
  }

  const doomed = (root: string, place: string): DoomedList => ({
    async read() {
      const row = await own.get(root, place)
      return row ? unpackList(row) : []
    },
    async forget() {
      // Under the root's own lock: a pack or a public file that was removed may come back as it was.
      await store.unlessListed(root, [own.remove(root, place)])
    },
  })

  async function* lists(signal: AbortSignal): AsyncGenerator<{ blocks: Listed[] } | { doomed: DoomedList }> {
    const standing = new Set((await backups.list([])).map(({ row }) => row.root))
    const seen = new Set<string>()
    for (let after: string | undefined, more = true; more; ) {
      const page = await own.list([], { after, limit: PAGE })
      for (const { key, row } of page) {
        const [root, place] = key as [string, string]
        seen.add(root)
        yield standing.has(root) ? { blocks: unpackList(row) } : { doomed: doomed(root, place) }
      }
      after = page.at(-1)?.key.join('/')
      more = page.length === PAGE
    }
    for (const root of standing) if (!seen.has(root)) yield { blocks: await listed(root, signal) }
  }

  return {
    adding() {
      const hold = holds.open()
      const found = new Map<string, Listed>()
      let isListed = false
      return {
        async put(cid, bytes) {
          const { bytes: hash } = cid.multihash
          await hold.add([hash])
          await blocks.put(cid, bytes)
          found.set(cid.toString(), { hash, size: bytes.byteLength })
        },
        lists(root) {
          isListed = true
          return put(root.toString(), [...found.values()])
        },
        listed() {
          isListed = true
        },
        end() {
          hold.release()
          if (isListed || found.size === 0) return
          unlisted = true
          onGarbage()
        },
      }
    },
    async existing(root, cids) {
      const sizes = await blocks.sizes(cids.map(blockKey))
      const found = cids.map((cid, i): Listed => {
        const size = sizes[i]
        if (size === undefined) throw new CafeError('NOT_FOUND', { missing: cid.toString() })
        return { hash: cid.multihash.bytes, size }
      })
      return { lists: put(root.toString(), found), bytes: found.reduce((sum, { size }) => sum + size, 0) }
    },
    of: async (root) => (await own.list([root])).flatMap(({ row }) => unpackList(row)),
    none: (root) => [own.put([root, listPlace(0)], packList([]))],
    roots: {
      name: 'own backups',
      lists,
      get unlisted() {
        return unlisted
      },
      async collected({ whole }) {
        if (whole && holds.size === 0) unlisted = false
      },
    },
  }
}
