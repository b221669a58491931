/** One block as a letter to one member. */
import { toCafeError } from '../core/errors.ts'
import { type Address, unhex } from '../core/ids.ts'
import { KiB } from '../core/limits.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Entry, Member, Thread } from '../thread/thread.ts'
import type { CardBook } from './cards.ts'
import type { Mail } from './mail/types.ts'

/** What carries letters, once it is there. */
export interface Carrier {
  readonly mail: Mail
  readonly cards: CardBook
}

/** Bytes of a block that a letter holds with all that is around it. */
export const MAX_MAILED_BLOCK = 48 * KiB
const ASKED: ReadonlySet<string> = new Set(['text', 'files', 'comment'])
/** May a person ask how far it is? */
export const isAsked = ({ type }: Entry['content']): boolean => ASKED.has(type)

/** @returns false where there is no room for it. A block that is too long for a letter is left to who looks for it. */
export async function mailBlock(
  { mail }: Carrier,
  blocks: Pick<Blocks, 'get'>,
  thread: Thread,
  to: Address,
  { cid, content }: Entry,
): Promise<boolean> {
  const bytes = await blocks.get(cid)
  if (!bytes || bytes.byteLength > MAX_MAILED_BLOCK) return true
  const about = isAsked(content) ? cid.toString() : undefined
  const body = { thread: unhex(thread.id), blocks: [bytes] }
  try {
    await mail.send(to, { kind: 'post', body, about, replaces: `post ${cid}` })
    return true
  } catch (thrown) {
    if (toCafeError(thrown).code === 'QUOTA') return false
    throw thrown
  }
}

/** What a member has announced is how it can be written to. */
export async function introduce(cards: CardBook, member: Member): Promise<void> {
  if (member.cafes.length > 0) await cards.hint(member.address, member.cafes)
  // In another thread it may have announced another: any will do, as long as it opens.
  if (member.door && !(await cards.door(member.address)))
    await cards.learnDoor(member.address, member.door, 'introduced')
}
