/** The rows of a cafe in the order and form in which they are carried: the same each time they are read from one view. */
import { identity } from 'multiformats/hashes/identity'
import { encode } from '../../core/codec.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { type Listed, listPlace, unpackList } from '../../store/block-list.ts'
import type { Rows } from '../../store/rows.ts'
import type { Still } from '../../store/still.ts'
import { type PinStore, pinHolder, pinStore, type RoomRow } from '../pin/store.ts'
import { PIECE, type Row } from './format.ts'
import { carriedTables, prefixOf } from './tables.ts'

/** Rows read at once: some megabytes if all are of the largest kind. */
const PAGE = 32

export interface CarriedRows {
  /** All rows, gathered into pieces as they are carried. Those that cannot be read are left out, as the cafe leaves them out. */
  pieces(): AsyncGenerator<readonly Row[]>
  /** The lists of the blocks below all pins. @throws CafeError CORRUPT {what: 'lists'} for a pin that has none. */
  lists(): AsyncGenerator<readonly Listed[]>
}

/** What of a view is carried. */
export function carriedRows(view: Still): CarriedRows {
  // Tables take rows that can be written too, which nothing here does.
  const rows: Rows = { ...view, commit: () => Promise.reject(new CafeError('FORBIDDEN')) }
  const store = pinStore(rows)
  return {
    async *pieces() {
      let piece: Row[] = []
      let size = 0
      for await (const row of cafeRows(view, rows, store)) {
        const bytes = row[0].length + row[1].byteLength
        if (piece.length > 0 && size + bytes > PIECE) {
          yield piece
          piece = []
          size = 0
        }
        piece.push(row)
        size += bytes
      }
      if (piece.length > 0) yield piece
    },
    lists: () => pinLists(view, store),
  }
}

async function* below(view: Still, prefix: string): AsyncGenerator<Row> {
  for (let after: string | undefined; ; ) {
    const found = await view.range(prefix, { after, limit: PAGE })
    if (found.length === 0) return
    for (const [key, value] of found) yield [key, value]
    after = found.at(-1)?.[0]
  }
}

async function* cafeRows(view: Still, rows: Rows, store: PinStore): AsyncGenerator<Row> {
  const isKept = keptLists(store)
  for (const { name, check } of carriedTables(rows)) {
    const prefix = prefixOf(name)
    for await (const [key, value] of below(view, prefix)) {
      const rest = key.slice(prefix.length)
      if (!isWhole(() => check(rest, value)) || (name === 'held' && !(await isKept(rest)))) continue
      yield [key, name === 'room' ? swept(store.room.read(value)) : value]
    }
  }
}

/** Is this the list of a pin that stands? Those of unfinished uploads, and of what was unpinned, stay behind. */
function keptLists(store: PinStore): (key: string) => Promise<boolean> {
  let last: { readonly of: string; readonly stands: boolean } | undefined
  return async (key) => {
    const [account = '', holder = ''] = key.split('/')
    const of = `${account}/${holder}`
    if (last?.of === of) return last.stands
    const stands = holder.startsWith('p') && (await store.pins.get(account, holder.slice(1))) !== undefined
    last = { of, stands }
    return stands
  }
}

/** Nothing that is to be collected comes along. */
const swept = (row: RoomRow): Uint8Array => encode({ ...row, doomed: 0, unlisted: false } satisfies RoomRow)

function isWhole(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (isCafeError(error) && error.code === 'CORRUPT') return false
    throw error
  }
}

async function* pinLists(view: Still, store: PinStore): AsyncGenerator<readonly Listed[]> {
  const prefix = prefixOf('pin')
  for await (const [key, value] of below(view, prefix)) {
    if (!isWhole(() => store.pins.read(value))) continue
    const { root } = store.pins.read(value)
    const account = key.slice(prefix.length).split('/')[0] as string
    for (let place = 0; ; place++) {
      const list = await store.lists.get(account, pinHolder(root), listPlace(place))
      if (!list && place === 0 && root.multihash.code !== identity.code)
        throw new CafeError('CORRUPT', { what: 'lists' })
      if (!list) break
      yield unpackList(list)
    }
  }
}
