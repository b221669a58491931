/** Threads in plain words: what their types and sharing mean, who says what, what an alarm is about. Pure. */
import type {
  FeedMode,
  Person,
  Post,
  ThreadAlarm,
  ThreadInfo,
  ThreadNotification,
  ThreadSharing,
  ThreadType,
} from '../worker/thread-api.ts'
import { count, plainName, short } from './format.ts'

/** A choice as a person reads it: two or three words, and one sentence that says what they bring. */
export interface Choice<T> {
  readonly value: T
  readonly name: string
  readonly text: string
}

export const TYPES: readonly Choice<ThreadType>[] = [
  { value: 'open', name: 'Everybody takes part', text: 'All members can post, comment and like.' },
  { value: 'public', name: 'You post, others answer', text: 'Only you can post; members can comment and like.' },
  { value: 'read-only', name: 'You post, others read', text: 'Only you can post; members can read and nothing more.' },
  { value: 'private', name: 'Just for you', text: 'Nobody can be invited. It is on your own devices and cafes only.' },
]

export const SHARINGS: readonly Choice<ThreadSharing>[] = [
  { value: 'shared', name: 'Members invite others', text: 'Everybody who is in it can bring in others.' },
  { value: 'invite-only', name: 'Only you invite', text: 'Nobody gets in without an invite from you.' },
  { value: 'not-shared', name: 'Nobody is invited', text: 'It stays with you, on all of your devices.' },
]

export const MODES: readonly Choice<FeedMode>[] = [
  { value: 'annotated', name: 'Posts', text: 'Every post with what was said about it.' },
  { value: 'stacks', name: 'Latest activity', text: 'What was said last comes first, also about older posts.' },
  { value: 'chronological', name: 'Everything', text: 'Every single thing that happened, in the order of time.' },
]

/** What others may do in a thread, seen by somebody who did not start it. */
const FOR_MEMBERS: Readonly<Record<ThreadType, (starter: string) => string>> = {
  open: () => 'All members can post, comment and like.',
  public: (starter) => `${starter} posts; members can comment and like.`,
  'read-only': (starter) => `${starter} posts; members read.`,
  private: () => 'Nobody can be invited.',
}

const BRINGS: Readonly<Record<ThreadSharing, (starter: string) => string>> = {
  shared: () => 'Every member can invite others.',
  'invite-only': (starter) => `Only ${starter} can invite others.`,
  'not-shared': () => 'Nobody else can be invited.',
}

/**
 * What a thread is, in two sentences.
 *
 * @example
 * ```ts
 * terms({ type: 'public', sharing: 'invite-only', starter: 'Ada' })
 * // 'Ada posts; members can comment and like. Only Ada can invite others.'
 * ```
 */
export function terms({
  type,
  sharing,
  starter,
}: {
  type: ThreadType
  sharing: ThreadSharing
  starter: string
}): string {
  const first = FOR_MEMBERS[type](starter)
  return type === 'private' ? first : `${first} ${BRINGS[sharing](starter)}`
}

/** Somebody's name as text: what they call themselves, or the two ends of their address. */
export function personName({ name, address }: Person): string {
  return name === null ? short(address) : plainName(name)
}

/** Who started a thread. */
export function starter({ mine, initiator }: Pick<ThreadInfo, 'mine' | 'initiator'>): string {
  return mine ? 'you' : personName(initiator)
}

/** `1 member` or `3 members, 2 devices connected`. */
export function peopleLine({ members, online }: Pick<ThreadInfo, 'members' | 'online'>): string {
  const people = members <= 1 ? 'Only you' : count(members, 'member')
  return online === 0 ? people : `${people}, ${count(online, 'device')} connected`
}

/** What a thread is called for this account: a conversation by who the other is. */
export function threadTitle(info: Pick<ThreadInfo, 'name' | 'with'>): string {
  return info.with === null ? plainName(info.name) : personName(info.with)
}

/** Of a conversation, whether the other is here. */
export function presenceLine({ members, online }: Pick<ThreadInfo, 'members' | 'online'>): string {
  if (members <= 1) return 'Invited, not in it yet'
  return online === 0 ? 'Just the two of you' : 'Just the two of you, connected'
}

/** What was said last: `You: See you there`; in a conversation the other’s words stand alone. */
export function lastLine({ last, with: other }: Pick<ThreadInfo, 'last' | 'with'>): string {
  if (last === null) return ''
  const words = last.text === '' ? (last.kind === 'files' ? 'Files' : '') : last.text
  if (last.self) return `You: ${words}`
  return other === null ? `${personName(last.author)}: ${words}` : words
}

/** What a block that is no post says, after its author's name: `joined`. */
export function eventLine(post: Post): string {
  const who = post.who === null ? 'somebody' : personName(post.who)
  switch (post.kind) {
    case 'join':
      return 'joined'
    case 'leave':
      return 'left'
    case 'remove':
      return `removed ${who}`
    case 'rename':
      return `renamed it to “${plainName(post.text)}”`
    case 'rekey':
      return 'changed the lock, so that whoever left cannot read on'
    case 'announce':
      return 'updated their profile'
    case 'comment':
      return 'commented'
    case 'like':
      return 'liked a post'
    case 'flag':
      return 'reported a post'
    case 'ignore':
      return 'hid something'
    case 'text':
    case 'files':
      return 'posted'
  }
}

/** A notification after its actor's name. */
export function newsLine({ kind, threadName }: Pick<ThreadNotification, 'kind' | 'threadName'>): string {
  const where = `“${plainName(threadName)}”`
  switch (kind) {
    case 'invite':
      return `invites you to ${where}`
    case 'join':
      return `joined ${where}`
    case 'leave':
      return `left ${where}`
    case 'text':
      return `posted in ${where}`
    case 'files':
      return `added files to ${where}`
    case 'comment':
      return `commented on your post in ${where}`
    case 'like':
      return `liked your post in ${where}`
  }
}

/** An alarm in words: what was seen, what it means, what helps. `who` is its author's name. */
export function alarmText({ kind }: ThreadAlarm, who: string): string {
  switch (kind) {
    case 'gap':
      return `Something that ${who} posted has not arrived. Somebody may be holding it back; it comes as soon as a member or a cafe that has it can be reached.`
    case 'fork':
      return `A device of ${who} has told two different stories. It may have been restored from an old copy, or somebody else has its keys. Ask ${who} about it some other way.`
    case 'late':
      return `A device of ${who} wrote without knowing of its own earlier posts. It has probably lost its memory, or the post is back-dated.`
  }
}

/** One alarm of each kind and author: a device that lost one block lost others too. */
export function distinctAlarms(alarms: readonly ThreadAlarm[]): readonly ThreadAlarm[] {
  const seen = new Map(alarms.map((alarm) => [`${alarm.kind} ${alarm.author}`, alarm]))
  return [...seen.values()]
}

/** A text in pieces: links that are safe to follow, and what is between them. */
export type Piece = { readonly text: string } | { readonly link: string; readonly text: string }

/** What ends a sentence more often than a link. */
const TRAILING = /[.,;:!?'"”’)\]}>]+$/

/**
 * Finds the web links in what somebody wrote. Only `http:` and `https:` become links, written out, so that nobody is sent
 * elsewhere than they read.
 */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(/https?:\/\/[^\s<>"\p{Cc}\p{Cf}]+/giu)) {
    const raw = match[0]
    const open = raw.includes('(') && raw.endsWith(')')
    const link = open ? raw : raw.replace(TRAILING, '')
    if (!isPlain(link)) continue
    if (match.index > from) found.push({ text: text.slice(from, match.index) })
    found.push({ link, text: link })
    from = match.index + link.length
  }
  if (from < text.length) found.push({ text: text.slice(from) })
  return found
}

/** A web address that says where it leads: what is before an `@` is often made to look like the host. */
function isPlain(link: string): boolean {
  const url = URL.parse(link)
  return url !== null && url.username === '' && url.password === '' && url.hostname !== ''
}

/** Initials for a picture's place: one or two letters, from the name, else from the address. */
export function initials(person: Person): string {
  if (person.name === null) return person.address.slice(-2).toUpperCase()
  const words = plainName(person.name).split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '')
  return letters.join('').toUpperCase()
}

/** Which of the six soft colours somebody has: the same everywhere, by their address. */
export function hue(address: string): number {
  let sum = 0
  for (const letter of address) sum = (31 * sum + letter.charCodeAt(0)) >>> 0
  return sum % 6
}

/** A moment in full, in the language of the page, for whoever wants to know exactly. */
export function moment(time: number): string {
  return new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' }).format(time)
}

/** Addresses in what a person pasted: one a line, or with commas or spaces between; doubles are dropped. */
export function readAddresses(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ''))]
}
