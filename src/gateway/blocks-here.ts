/** The gateway's bytes from one store and from nobody else: what whoever knocks from outside gets. */
import { CafeError } from '../core/errors.ts'
import { type Blocks, verifiedGet } from '../store/blocks.ts'
import type { BlockSource } from './blocks.ts'

export const blocksHere = (blocks: Blocks): BlockSource => ({
  async get(cid, { unchecked, onSource }) {
    const bytes = unchecked ? await blocks.get(cid) : await verifiedGet(blocks, cid)
    if (!bytes) throw new CafeError('NOT_FOUND')
    onSource?.('local')
    return bytes
  },
})
