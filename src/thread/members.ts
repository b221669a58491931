/** The people of a thread, as its signed blocks have them: who is in, what they are called, where and from what they write. */
import type { Address, PeerIdText } from '../core/ids.ts'
import { MAX_MEMBER_DEVICES } from '../core/limits.ts'
import { type Core, standingsNow } from './admit.ts'
import { isOdd, isRemoved, membersOf, type Standings, standingOf } from './standing.ts'
import { fromDown, type Link, type ThreadTables } from './tables.ts'
import type { Member, Standing } from './thread.ts'

/** After every key below a device: no part of a key has a character this high. */
const END = '~'

/** Null for somebody the thread does not know. */
export function standingIn(standings: Standings, members: ReadonlySet<Address>, who: Address): Standing | null {
  const standing = standingOf(standings, who)
  if (standing === 0) return null
  if (members.has(who)) return 'in'
  // Whose coming does not count any more was put out with whoever brought it in.
  return isOdd(standing) || isRemoved(standing) ? 'removed' : 'left'
}

export interface Tail {
  readonly dev: PeerIdText
  /** The device's last block here, and its number. */
  readonly seq: number
  readonly last: Link
}

/** The last block of each device of a member. */
export async function tailsOf({ id }: Pick<Core, 'id'>, tables: ThreadTables, who: Address): Promise<readonly Tail[]> {
  const tails: Tail[] = []
  for (let after: string | undefined; tails.length < MAX_MEMBER_DEVICES; ) {
    const [found] = await tables.link.list([id, who], { after, limit: 1 })
    const last = found?.row.blocks[0]
    if (!found || !last) break
    const dev = found.key[2] as PeerIdText
    tails.push({ dev, seq: fromDown(found.key[3] as string), last })
    after = `${dev}/${END}`
  }
  return tails
}

export async function readMembers(core: Core, tables: ThreadTables): Promise<readonly Member[]> {
  const standings = await standingsNow(core, tables)
  if (!standings) return []
  const members = membersOf(standings, core.charter.initiator)
  const list = [...standings.people.keys()].map(async (who) => {
    const [since, said, tails] = await Promise.all([
      tables.since.get(core.id, who),
      tables.said.get(core.id, who),
      tailsOf(core, tables, who),
    ])
    const devices = [...tails].sort((a, b) => b.last.depth - a.last.depth).map(({ dev }) => dev)
    const member: Member = {
      address: who,
      name: said?.name ?? null,
      avatar: said?.avatar ?? null,
      cafes: said?.cafes ?? [],
      door: said?.door,
      standing: standingIn(standings, members, who) ?? 'left',
      since: since?.ts ?? 0,
      devices,
    }
    return { member, at: since?.at ?? '' }
  })
  // Who came by a deeper block came later: its place in the order of pages is a smaller one.
  const sorted = (await Promise.all(list)).sort((a, b) => a.member.since - b.member.since || (a.at > b.at ? -1 : 1))
  return sorted.map(({ member }) => member)
}
