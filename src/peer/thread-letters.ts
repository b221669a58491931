/**
 * Letters that bring something for threads: blocks, which come in as by any other way, and invites, which wait for the
 * person. What does not belong is dropped, and what belongs to a thread that is not here yet waits among the letters that
 * could not be used until it is.
 */
import { CafeError } from '../core/errors.ts'
import { type Address, hex } from '../core/ids.ts'
import { MAX_LETTER } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { bytes, parse, v } from '../core/schema.ts'
import { MAX_SEALED_INVITE } from '../thread/sync-protocol.ts'
import { asBlocks } from '../thread/sync-serve.ts'
import type { Thread, ThreadIdText, Threads } from '../thread/thread.ts'
import { type Chore, createChore } from './chore.ts'
import type { Incoming, Mail } from './mail/types.ts'
import type { Intake } from './thread-intake.ts'
import type { InviteBook } from './thread-invites.ts'
import type { News } from './thread-news.ts'
import type { Notes } from './thread-notes.ts'

export interface ThreadLettersComponents {
  readonly threads: Pick<Threads, 'get'>
  readonly intake: Pick<Intake, 'take' | 'level'>
  readonly invites: Pick<InviteBook, 'receive'>
  readonly notes: Pick<Notes, 'invited'>
  readonly news: News
  /** Looks at cafes for what is missing. */
  readonly look: (signal: AbortSignal) => Promise<void>
  /** The person has left it. */
  readonly wasLeft: (id: ThreadIdText) => Promise<boolean>
  readonly log: Log
}

export interface ThreadLetters {
  /** Takes letters from now on. */
  open(mail: Mail): void
  /** A thread is here that was not. */
  came(): void
  close(): void
}

/** Blocks in one letter: we send one. */
const MAX_BLOCKS = 64
const postBody = v.strictObject({
  thread: bytes(32, 32),
  blocks: v.pipe(v.array(bytes(MAX_LETTER, 1)), v.minLength(1), v.maxLength(MAX_BLOCKS)),
})
const inviteBody = bytes(MAX_SEALED_INVITE, 1)

export function createThreadLetters(components: ThreadLettersComponents): ThreadLetters {
  const { threads, intake, invites, notes, news, wasLeft, log } = components
  let mail: Mail | undefined
  const looking: Chore = createChore(components.look)
  /** Posts may have come before their thread. */
  const again: Chore = createChore(async () => {
    for (const { id, kind, why } of (await mail?.quarantine.list()) ?? [])
      if (kind === 'post' && why === 'NOT_FOUND') await mail?.quarantine.retry(id).catch(() => {}) // it stays there
  })

  const takePost = async ({ from, body, door }: Incoming): Promise<void> => {
    const { thread, blocks } = parse(postBody, body)
    const id = hex(thread) as ThreadIdText
    const known = await threads.get(id)
    if (!known) {
      // Whoever may write to us may be in a thread that is still on its way to this device.
      if (door === 'stranger' || (await wasLeft(id))) return
      throw new CafeError('NOT_FOUND', { what: 'thread' })
    }
    if (await isOut(known, from)) return log('debug', 'post of one who is out')
    const { applied, refused, missing } = await intake.take(id, await asBlocks(blocks))
    if (missing.length > 0) looking.due()
    else if (applied > 0 && refused === 0) await intake.level(id)
  }

  const takeInvite = async ({ from, body, door }: Incoming): Promise<void> => {
    const received = await invites.receive(parse(inviteBody, body), door, from)
    if (!received) return
    if (door !== 'stranger') await notes.invited(received)
    news.emit('invites', null)
  }

  return {
    open(given) {
      mail = given
      given.on('post', takePost)
      given.on('invite', takeInvite)
    },
    came: again.due,
    close() {
      looking.close()
      again.close()
    },
  }
}

/** Has it been in the thread, and is not any more? Who was never in may be about to join, by what it brings. */
async function isOut(thread: Thread, who: Address): Promise<boolean> {
  const member = (await thread.members()).find(({ address }) => address === who)
  return member !== undefined && member.standing !== 'in'
}
