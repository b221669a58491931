/**
 * Writes what a block that was found valid changes: where it is among the others, which heads there are, what is said
 * about what, how its device's blocks are linked. All of it is the same in whatever order the blocks come.
 */
import { type Address, hex } from '../core/ids.ts'
import type { Change } from '../store/rows.ts'
import type { Content } from './kinds.ts'
import { levelOf, type Standings, standingOf } from './standing.ts'
import { type BlockRow, down, hashOf, type Link, orderOf, type Place, type ThreadTables, unhex, up } from './tables.ts'
import type { Alarm, ThreadIdText } from './thread.ts'

/** A valid block that is not in the rows yet. */
export interface Fresh {
  readonly hash: string
  readonly size: number
  readonly epoch: number
  readonly key: Uint8Array
  readonly content: Content
  readonly place: Place
  /** Its parents' hashes and places. */
  readonly parents: ReadonlyMap<string, Place>
  readonly after: Standings
  /** Name of the stored standings of all blocks with this one. */
  readonly all: string
}

/** Of one device, blocks with one number that are told apart; more make no difference. */
const MAX_FORKS = 4

export interface LogContext {
  readonly id: ThreadIdText
  readonly tables: ThreadTables
  readonly now: number
}

/** All changes of one block; to be committed before the next block's are worked out. */
export async function changesOf(context: LogContext, fresh: Fresh): Promise<readonly Change[]> {
  const { id, tables } = context
  const { hash, parents, place } = fresh
  const order = orderOf(place, hash)
  const heads = [...parents].map(([parent, at]) => tables.head.remove(id, orderOf(at, parent)))
  return [
    tables.place.put([id, hash], place),
    tables.block.put([id, order], rowOf(fresh)),
    ...heads,
    tables.head.put([id, order], {}),
    ...(await tallied(context, fresh, order)),
    ...(await linked(context, fresh)),
    ...(await said(context, fresh, order)),
  ]
}

function rowOf({ content, after, epoch, key, parents, size }: Fresh): BlockRow {
  const { type: kind, author, dev, seq } = content
  // Who leaves was in until then.
  const standing = standingOf(after, author) - (kind === 'leave' ? 1 : 0)
  return {
    kind,
    author,
    dev,
    seq,
    standing,
    epoch,
    key: new Uint8Array(key),
    parents: [...parents.keys()].map(unhex),
    size,
  }
}

async function tallied({ id, tables, now }: LogContext, { content, all }: Fresh, order: string): Promise<Change[]> {
  const known = await tables.tally.get(id)
  let renamed = known?.renamed ?? null
  if (content.type === 'rename' && (!renamed || order < renamed.at)) renamed = { name: content.body.name, at: order }
  // A time in the future would keep the thread on top for good.
  const updated = Math.max(known?.updated ?? 0, Math.min(content.ts, now))
  return [tables.tally.put([id], { blocks: (known?.blocks ?? 0) + 1, updated, standings: all, renamed })]
}

/** The block among its device's own: raises and ends alarms on either side of it. */
async function linked({ id, tables }: LogContext, { content, hash, place }: Fresh): Promise<Change[]> {
  const { author, dev, seq } = content
  const row = async (n: number): Promise<readonly Link[]> =>
    (n > 0 && (await tables.link.get(id, author, dev, down(n)))?.blocks) || []
  const [before, same, next] = await Promise.all([row(seq - 1), row(seq), row(seq + 1)])
  const own: Link = { hash: unhex(hash), prev: content.prev && unhex(hashOf(content.prev)), depth: place.depth }
  const at = [...same, own].sort((a, b) => (hex(a.hash) < hex(b.hash) ? -1 : 1)).slice(0, MAX_FORKS)
  const alarm = (kind: Alarm['kind'], n: number, on: boolean): Change => {
    const key = [id, kind, author, dev, up(n)] as const
    return on ? tables.alarm.put(key, {}) : tables.alarm.remove(...key)
  }
  return [
    tables.link.put([id, author, dev, down(seq)], { blocks: at }),
    alarm('fork', seq, at.length > 1),
    alarm(
      'gap',
      seq,
      at.some((one) => isGap(one, before)),
    ),
    alarm(
      'late',
      seq,
      at.some((one) => isLate(one, before)),
    ),
    ...(next.length > 0
      ? [
          alarm(
            'gap',
            seq + 1,
            next.some((one) => isGap(one, at)),
          ),
          alarm(
            'late',
            seq + 1,
            next.some((one) => isLate(one, at)),
          ),
        ]
      : []),
  ]
}

const prevOf = ({ prev }: Link, before: readonly Link[]): Link | undefined =>
  prev ? before.find((one) => hex(one.hash) === hex(prev)) : undefined
const isGap = (one: Link, before: readonly Link[]): boolean => one.prev !== null && !prevOf(one, before)
/** Whoever knew of its own last block would have built on it, or on what did. */
const isLate = (one: Link, before: readonly Link[]): boolean => (prevOf(one, before)?.depth ?? 0) >= one.depth

async function said({ id, tables }: LogContext, fresh: Fresh, order: string): Promise<Change[]> {
  const { content, hash, after } = fresh
  const { author } = content
  switch (content.type) {
    case 'comment':
      return [
        tables.about.put([id, hashOf(content.body.target), 'comment', oldestFirst(order)], {
          at: order,
          seq: content.seq,
        }),
      ]
    case 'like':
    case 'flag':
    case 'ignore':
      return reacted({ id, tables }, fresh, order)
    case 'announce': {
      const known = await tables.said.get(id, author)
      return known && known.at < order ? [] : [tables.said.put([id, author], { ...content.body, at: order })]
    }
    case 'join':
      return came({ id, tables }, author, { standing: standingOf(after, author), ts: content.ts, at: order })
    case 'rekey':
    case 'remove': {
      const made = content.type === 'rekey' ? content.body : content.body.rekey
      return [tables.letter.put([id, up(made.epoch), hex(made.id), hash], {})]
    }
    default:
      return []
  }
}

/** One of each kind from each author counts, and of it the first of each device: a later one is hidden no less. */
async function reacted({ id, tables }: Pick<LogContext, 'id' | 'tables'>, { content, after }: Fresh, order: string) {
  const { author, dev, seq, type, body } = content as Extract<Content, { readonly type: 'like' | 'flag' | 'ignore' }>
  const level = up(levelOf(standingOf(after, author)))
  const key = [id, hashOf(body.target), type, author, level, dev] as const
  const known = await tables.about.get(...key)
  const first = !known || seq < known.seq || (seq === known.seq && order < known.at)
  return first ? [tables.about.put(key, { at: order, seq })] : []
}

async function came(
  { id, tables }: Pick<LogContext, 'id' | 'tables'>,
  who: Address,
  join: { readonly standing: number; readonly ts: number; readonly at: string },
): Promise<Change[]> {
  const known = await tables.since.get(id, who)
  const newer = !known || join.standing > known.standing || (join.standing === known.standing && join.at < known.at)
  return newer ? [tables.since.put([id, who], join)] : []
}

/** Turns the order of pages round, for what is read from its beginning. */
const oldestFirst = (order: string): string =>
  order.replace(/[0-9a-f]/g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16))
