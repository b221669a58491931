/** What a collection must spare for the cafe, and what it may take: the lists of references and of unfinished uploads. */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../../core/clock.ts'
import type { Serial } from '../../core/serial.ts'
import { type Listed, listPlace, packLists, unpackList } from '../../store/block-list.ts'
import type { Blocks } from '../../store/blocks.ts'
import type { RootSource } from '../../store/collect.ts'
import { chargeOf, type Room } from './room.ts'
import { accountKey, isHolding, type PinStore, pinHolder, rootKey } from './store.ts'
import { storedBlocks, walk } from './walk.ts'

/** Rows of lists read at once: up to 2 MiB. */
const PAGE = 64

interface SourceParts {
  readonly store: PinStore
  readonly room: Room
  readonly serial: Serial
  readonly clock: Clock
  readonly blocks: Blocks
}

export function cafeRoots(parts: SourceParts): RootSource {
  const { store, room, serial } = parts
  /** Uncollected bytes when the running collection began: those are settled when it ends. */
  let settling = 0
  let erasures = 0

  return {
    name: 'cafe pins and uploads',
    async *lists(signal) {
      room.collecting(true)
      await expire(parts)
      settling = room.doomed
      erasures = room.erasures
      let holding: { readonly holder: string; readonly stands: boolean } | undefined
      const listed = new Set<string>()
      for (let after: string | undefined, more = true; more; ) {
        const page = await store.lists.list([], { after, limit: PAGE })
        for (const { key, row } of page) {
          const [account, holder, place] = key as [string, string, string]
          const name = `${account}/${holder}`
          if (holding?.holder !== name) holding = { holder: name, stands: await isHolding(store, account, holder) }
          listed.add(name)
          if (holding.stands) yield { blocks: unpackList(row) }
          else yield { doomed: doomedList(parts, account, holder, place) }
        }
        after = page.at(-1)?.key.join('/')
        more = page.length === PAGE
      }
      yield* unlistedPins(parts, listed, signal)
    },
    get unlisted() {
      return room.unlisted
    },
    async collected({ left, whole }) {
      room.collecting(false)
      await serial('collected', async () => {
        // An account erased meanwhile may have left blocks where the sweep had been.
        const swept = whole && room.erasures === erasures
        if (room.unlisted && !swept) return
        await room.commit([room.doom(left - settling, { unlisted: false })])
      })
    },
  }
}

/**
 * Pins that no list was seen of: made since, or by a version that kept none; those are walked and get theirs.
 * @throws CafeError NOT_FOUND if such a pin is damaged: what else of it is here cannot be told, so nothing is collected.
 */
async function* unlistedPins(
  { store, serial, blocks }: SourceParts,
  listed: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<{ blocks: Listed[] }> {
  const listsOf = (account: string, root: CID): Promise<Listed[]> =>
    serial(accountKey(account), async () => {
      const holder = pinHolder(root)
      const rows = await store.lists.list([account, holder])
      if (rows.length > 0) return rows.flatMap(({ row }) => unpackList(row))
      if (!(await store.pins.get(account, rootKey(root)))) return []
      const found: Listed[] = []
      const onBlock = (cid: CID, size: number): void => void found.push({ hash: cid.multihash.bytes, size })
      await walk(root, storedBlocks(blocks), { maxBytes: Number.MAX_SAFE_INTEGER, signal, onBlock })
      const lists = packLists(found).map((list, i) => store.lists.put([account, holder, listPlace(i)], list))
      await store.rows.commit(lists)
      return found
    })
  for (let after: string | undefined, more = true; more; ) {
    const page = await store.pins.list([], { after, limit: PAGE })
    for (const { key, row } of page) {
      const account = key[0] as string
      if (!listed.has(`${account}/${pinHolder(row.root)}`)) yield { blocks: await listsOf(account, row.root) }
    }
    after = page.at(-1)?.key.join('/')
    more = page.length === PAGE
  }
}

/** A row of a list whose holder is gone. */
const doomedList = (
  { store, serial }: { store: PinStore; serial: Serial },
  account: string,
  holder: string,
  place: string,
) => ({
  async read() {
    const row = await store.lists.get(account, holder, place)
    return row ? unpackList(row) : []
  },
  forget: () =>
    serial(accountKey(account), async () => {
      // Somebody may have pinned the same again.
      if (await isHolding(store, account, holder)) return
      await store.rows.commit([store.lists.remove(account, holder, place)])
    }),
})

/** Ends the leases that nobody came back for. */
async function expire({
  store,
  room,
  serial,
  clock,
}: {
  store: PinStore
  room: Room
  serial: Serial
  clock: Clock
}): Promise<void> {
  for (const [account, id] of [...room.expired(clock())]) {
    await serial(accountKey(account), async () => {
      const leased = room.leasesOf(account).get(id)
      if (!leased || leased.running || leased.row.expires > clock()) return
      room.lease(account, id, undefined)
      const doomed = chargeOf(leased)
      await room.commit([store.leases.remove(account, id), room.doom(doomed)], () => {
        room.lease(account, id, leased)
        room.doom(-doomed)
      })
    })
  }
}
