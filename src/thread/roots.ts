/** The blocks of all threads of an account that a collection must spare, also of one that is not open: from its rows alone. */
import type { Listed } from '../store/block-list.ts'
import type { RootSource } from '../store/collect.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import { orderHash, threadTables, unhex } from './tables.ts'

/** Rows read at once. */
const PAGE = 512
const SHA_256 = [0x12, 0x20] as const

export interface ThreadRootsComponents {
  /** Of one account. */
  readonly rows: Rows
  readonly holds: Pick<Holds, 'size'>
}

export interface ThreadRoots {
  readonly source: RootSource
  /** There are blocks now that are in no list any more. */
  garbage(): void
}

export function threadRoots({ rows, holds }: ThreadRootsComponents): ThreadRoots {
  const tables = threadTables(rows)
  let unlisted = false
  const listed = (hash: string, size: number): Listed => ({ hash: Uint8Array.of(...SHA_256, ...unhex(hash)), size })

  async function* lists(): AsyncGenerator<{ readonly blocks: readonly Listed[] }> {
    for (const { key } of await tables.thread.list([])) {
      const id = key[0] as string
      // Before the others: what has waited for long and is taken meanwhile was seen here.
      const waiting = await tables.wait.list([id])
      yield { blocks: waiting.map(({ key, row }) => listed(key[1] as string, row.size)) }
      for (let after: string | undefined, more = true; more; ) {
        const page = await tables.block.list([id], { after, limit: PAGE })
        yield { blocks: page.map(({ key, row }) => listed(orderHash(key[1] as string), row.size)) }
        after = page.at(-1)?.key[1]
        more = page.length === PAGE
      }
    }
  }

  const source: RootSource = {
    name: 'threads',
    lists,
    get unlisted() {
      return unlisted
    },
    async collected({ whole }) {
      if (whole && holds.size === 0) unlisted = false
    },
  }
  return {
    source,
    garbage() {
      unlisted = true
    },
  }
}
