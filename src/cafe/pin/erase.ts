/** Forgetting an account: all its rows go in one commit with whatever else forgets it. */
import type { Change } from '../../store/rows.ts'
import type { KeepParts } from './pinning.ts'
import { chargeOf } from './room.ts'
import { usageOf } from './store.ts'

/** Rows of lists read at once: only their keys are needed, but they come with their blocks. */
const PAGE = 64

/**
 * Calls `commit` with the changes and how many roots they release. Lists go too, so that no row names the account: the
 * next collection looks at the whole store for the blocks.
 */
export async function erase<T>(
  { store, room, onGarbage }: KeepParts,
  account: string,
  commit: (changes: readonly Change[], roots: number) => Promise<T>,
): Promise<T> {
  const pins = await store.pins.list([account])
  const usage = await usageOf(store, account)
  const leases = [...room.leasesOf(account)]
  const changes: Change[] = [
    ...pins.map(({ key }) => store.pins.remove(...key)),
    ...leases.map(([id]) => store.leases.remove(account, id)),
    store.usage.remove(account),
  ]
  let dropped = 0
  for (let after: string | undefined, page = PAGE; page === PAGE; ) {
    const lists = await store.lists.list([account], { after, limit: PAGE })
    dropped += lists.length
    changes.push(...lists.map(({ key }) => store.lists.remove(...key)))
    after = lists.at(-1)?.key.slice(1).join('/')
    page = lists.length
  }
  const doomed = usage.bytes + leases.reduce((sum, [, leased]) => sum + chargeOf(leased), 0)
  // Also what was unpinned before may stand in lists that go now.
  if (doomed === 0 && dropped === 0) return commit(changes, pins.length)
  const before = room.unlisted
  const row = room.doom(doomed, { unlisted: true })
  let done: T
  try {
    done = await commit([...changes, row], pins.length)
  } catch (error) {
    room.doom(-doomed, { unlisted: before })
    throw room.noteFailure(error)
  }
  room.pinned(-usage.bytes)
  for (const [id] of leases) room.lease(account, id, undefined)
  onGarbage()
  return done
}
