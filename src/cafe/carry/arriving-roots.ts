/** What a collection must spare of a cafe that is here and has not begun: the blocks of its staged lists. */
import { unpackList } from '../../store/block-list.ts'
import type { RootSource } from '../../store/collect.ts'
import type { Rows } from '../../store/rows.ts'
import { scopedRows } from '../../store/scope.ts'
import { pinStore } from '../pin/store.ts'
import { ARRIVING } from './state.ts'

const PAGE = 64

export function arrivingRoots(rows: Rows): RootSource {
  const { lists } = pinStore(scopedRows(rows, ARRIVING))
  return {
    name: 'a cafe that arrives',
    async *lists() {
      for (let after: string | undefined; ; ) {
        const page = await lists.list([], { after, limit: PAGE })
        if (page.length === 0) return
        for (const { row } of page) yield { blocks: unpackList(row) }
        after = page.at(-1)?.key.join('/')
      }
    },
  }
}
