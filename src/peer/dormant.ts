/** What a collection must spare of an account that is not open: as `Peer.roots`, from its rows alone. */
import type { Blocks } from '../store/blocks.ts'
import type { RootSource } from '../store/collect.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import { threadRoots } from '../thread/roots.ts'
import { backupStore } from './backup-row.ts'
import { createOwnBlocks } from './own-blocks.ts'

export interface DormantComponents {
  /** The account's own. */
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
}

export function dormantRoots(components: DormantComponents): readonly RootSource[] {
  const store = backupStore(components.rows)
  return [createOwnBlocks({ ...components, store, onGarbage: () => {} }).roots, threadRoots(components).source]
}
