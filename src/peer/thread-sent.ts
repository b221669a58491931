/** How far what this device has said has come: by letters, or from device to device. */
import type { CID } from 'multiformats/cid'
import type { Address, PeerIdText } from '../core/ids.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Entry, Member, Thread } from '../thread/thread.ts'
import type { LetterState, Mail } from './mail/types.ts'
import type { Carried, ThreadMail } from './thread-mail.ts'
import { MAX_MAILED_BLOCK } from './thread-mail-letter.ts'
import type { PostSent, PostState } from './thread-view.ts'

export interface SentComponents {
  readonly self: Address
  readonly peer: PeerIdText
  readonly blocks: Pick<Blocks, 'get'>
  readonly mailing: Pick<ThreadMail, 'carried'>
  readonly mail: () => Pick<Mail, 'states' | 'read'> | undefined
}

export interface Sent {
  /** For each other member; nothing of what another device said, or was said before there was mail. */
  states(thread: Thread, entry: Entry): Promise<readonly PostState[]>
  summary(thread: Thread, entry: Entry, members?: readonly Member[]): Promise<PostSent | null>
  /** The person has looked at these. */
  seen(thread: Thread, targets: readonly CID[]): Promise<void>
}

type Where = Pick<PostState, 'state' | 'cafes' | 'since' | 'why'>

/** Posts that are known to have been told of as looked at: what is on a screen is there again and again. */
const MAX_SEEN = 5000

export function createSent({ self, peer, blocks, mailing, mail }: SentComponents): Sent {
  const told = new Set<string>()
  const look = async (thread: Thread, entry: Entry, known?: readonly Member[]): Promise<readonly PostState[]> => {
    const { content, cid } = entry
    const carrier = mail()
    if (!carrier || content.author !== self || content.dev !== peer) return []
    const carried = await mailing.carried(thread, entry)
    if (carried.isOlder) return []
    const [all, letters] = await Promise.all([known ?? thread.members(), carrier.states(cid.toString())])
    const byMember = new Map(letters.map((state) => [state.to, state]))
    const isMeant = ({ address, standing, since }: Member): boolean =>
      address !== self && (byMember.has(address) || (standing === 'in' && since <= content.ts))
    const members = all.filter(isMeant)
    // Who has no letter has it, or is left to look for it.
    const hasAll = members.every(({ address }) => byMember.has(address))
    const isLong = !hasAll && ((await blocks.get(cid))?.byteLength ?? 0) > MAX_MAILED_BLOCK
    const isLeft = isLong || (carried.isSettled && letters.length === 0 && carried.wasLarge)
    return members.map((member) => ({
      ...{ address: member.address, name: member.name, avatar: member.avatar?.toString() ?? null },
      ...whereIs(byMember.get(member.address), member, carried, isLeft, content.ts),
    }))
  }

  return {
    states: (thread, entry) => look(thread, entry),
    async summary(thread, entry, members) {
      const states = await look(thread, entry, members)
      if (states.length === 0) return null
      const count = (...which: PostState['state'][]): number =>
        states.filter(({ state }) => which.includes(state)).length
      return {
        waiting: count('queued', 'undelivered'),
        stored: count('stored'),
        fetched: count('fetched'),
        read: count('read'),
        of: states.length,
      }
    },
    async seen(thread, targets) {
      const entries = (await Promise.all(targets.map((cid) => thread.entry(cid)))).filter((entry) => !!entry)
      const others = entries.filter(({ cid, content }) => content.author !== self && !told.has(cid.toString()))
      for (const [author, theirs] of Map.groupBy(others, ({ content }) => content.author)) {
        const abouts = theirs.map(({ cid }) => cid.toString())
        await mail()?.read(author, abouts)
        for (const about of abouts) told.add(about)
      }
      for (const about of told) if (told.size > MAX_SEEN) told.delete(about)
    },
  }
}

function whereIs(
  letter: LetterState | undefined,
  member: Member,
  carried: Carried,
  isLeft: boolean,
  said: number,
): Where {
  const took = carried.took(member)
  if (letter && !(took && letter.state !== 'read'))
    return { state: letter.state, cafes: letter.cafes, since: letter.since, why: letter.why ?? null }
  const none = { cafes: [], why: null }
  if (took) return { ...none, state: 'fetched', since: null }
  if (carried.late.has(member.address)) return { ...none, state: 'queued', since: said, why: 'QUOTA' }
  if (!carried.isSettled) return { ...none, state: 'queued', since: said }
  return { ...none, state: isLeft ? 'left' : 'fetched', since: null }
}
