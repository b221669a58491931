/**
 * The rules of a thread: whether a block may say what it says, judged by the standings at its parents, and what they are
 * after it. Pure and total: every device comes to the same verdict from the same signed bytes (textile.md §5.2, §5.3).
 */
import { type Address, sameBytes } from '../core/ids.ts'
import { MAX_KNOWN, MAX_MEMBERS } from '../core/limits.ts'
import type { Charter } from './charter.ts'
import type { Content, Kind, Rekey } from './kinds.ts'
import {
  addKey,
  come,
  comesFrom,
  currentKey,
  go,
  isRemoved,
  isStale,
  mayCome,
  membersOf,
  remove,
  type Standings,
  standingOf,
} from './standing.ts'
import { isBlockCid } from './tables.ts'
import type { Right } from './thread.ts'

/** What is to be judged, with its signatures checked already. */
export interface Case {
  readonly content: Content
  readonly epoch: number
  /** Id of the key it is sealed under. */
  readonly key: Uint8Array
  /** It has no parents. */
  readonly root: boolean
}

export type Verdict = { readonly after: Standings } | { readonly why: string }

const RIGHT: Partial<Record<Kind, Right>> = {
  text: 'write',
  files: 'write',
  comment: 'annotate',
  like: 'annotate',
  flag: 'annotate',
  ignore: 'annotate',
  rename: 'rename',
  remove: 'remove',
}

/** What members other than the initiator may do in each type of thread. */
const MEMBERS_MAY: Record<Charter['type'], readonly Right[]> = {
  private: [],
  'read-only': [],
  public: ['annotate'],
  open: ['annotate', 'write'],
}

const no = (why: string): Verdict => ({ why })

/** May somebody who is in do this? Says nothing about whether it is in. */
export function mayDo(charter: Charter, who: Address, what: Right): boolean {
  if (what === 'invite') {
    const { sharing, type } = charter
    if (type === 'private') return false
    return sharing === 'shared' || (sharing === 'invite-only' && who === charter.initiator)
  }
  return who === charter.initiator || MEMBERS_MAY[charter.type].includes(what)
}

export function judge(charter: Charter, before: Standings, one: Case): Verdict {
  const { content, epoch, key, root } = one
  if ((content.seq === 1) !== (content.prev === null)) return no('seq')
  if (content.prev && !isBlockCid(content.prev)) return no('seq')
  if ('target' in content.body && !isBlockCid(content.body.target)) return no('target')
  if (root) return content.type === 'join' ? judgeJoin(charter, before, content, true) : no('root')
  // Whoever seals under a key that its own past does not have made one up.
  if (!before.epochs.some((made) => made.epoch === epoch && sameBytes(made.id, key))) return no('epoch')
  if (content.type === 'join') return judgeJoin(charter, before, content, false)
  const members = membersOf(before, charter.initiator)
  if (!members.has(content.author)) return no('member')
  const right = RIGHT[content.type]
  if (right && !mayDo(charter, content.author, right)) return no(right)
  if (content.type === 'leave') return { after: go(before, content.author) }
  if (content.type === 'rekey') return judgeRekey(before, content.body, members)
  if (content.type === 'remove') return judgeRemove(charter, before, content)
  const current = currentKey(before)
  if (current.epoch !== epoch || !sameBytes(current.id, key)) return no('old key')
  return isStale(before) ? no('stale key') : { after: before }
}

type Of<K extends Kind> = Extract<Content, { readonly type: K }>

function judgeJoin(charter: Charter, before: Standings, join: Of<'join'>, root: boolean): Verdict {
  const { author } = join
  const { grant } = join.body
  const { initiator } = charter
  const members = membersOf(before, initiator)
  if (members.has(author)) return no('in already')
  const standing = standingOf(before, author)
  if (!mayCome(standing)) return no('comings')
  if (author === initiator) return grant === null ? { after: come(before, author, author) } : no('grant')
  if (root) return no('root')
  if (charter.type === 'private') return no('private')
  if (charter.members.length > 0 && !charter.members.includes(author)) return no('members')
  if (members.size >= MAX_MEMBERS) return no('full')
  if (!before.people.has(author) && before.people.size >= MAX_KNOWN) return no('full')
  if (!grant || !members.has(grant.by) || !mayDo(charter, grant.by, 'invite')) return no('grant')
  if ((grant.to ?? author) !== author || grant.gen !== comesFrom(standing)) return no('grant')
  if (join.ts > grant.exp) return no('expired')
  // Whom the initiator has put out, only the initiator brings back.
  if (isRemoved(comesFrom(standing)) && grant.by !== initiator) return no('removed')
  return { after: come(before, author, grant.by) }
}

/** A key is made once somebody is out, for everybody who is in: who makes it cannot quietly leave out one of them. */
function judgeRekey(before: Standings, rekey: Rekey, members: ReadonlySet<Address>): Verdict {
  if (!isStale(before)) return no('rekey')
  return withKey(before, rekey, members)
}

function withKey(standings: Standings, { epoch, id, keys }: Rekey, members: ReadonlySet<Address>): Verdict {
  if (epoch !== currentKey(standings).epoch + 1) return no('rekey')
  const to = new Set(keys.map((one) => one.to))
  const complete = to.size === keys.length && to.size === Math.min(members.size, MAX_MEMBERS)
  if (!complete || [...to].some((one) => !members.has(one))) return no('rekey')
  return { after: addKey(standings, epoch, id) }
}

function judgeRemove(charter: Charter, before: Standings, { body }: Of<'remove'>): Verdict {
  const { who, cuts, rekey } = body
  const standing = standingOf(before, who)
  if (who === charter.initiator || standing === 0 || isRemoved(standing)) return no('remove')
  if (new Set(cuts.map(({ dev }) => dev)).size !== cuts.length) return no('remove')
  const out = remove(before, body)
  return withKey(out, rekey, membersOf(out, charter.initiator))
}
