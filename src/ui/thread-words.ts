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
import { plainName, short } from './format.ts'
import { threadLines as english } from './texts/en/thread-lines.ts'
import { spoken } from './texts/say.ts'
import { tongue } from './texts/tongue.ts'

const text = spoken('threadLines', english)

/** A choice as a person reads it: two or three words, and one sentence that says what they bring. */
export interface Choice<T> {
  readonly value: T
  readonly name: string
  readonly text: string
}

/** The choices, in the order in which they are offered. */
export function types(): readonly Choice<ThreadType>[] {
  return (['open', 'public', 'read-only', 'private'] as const).map((value) => ({ value, ...text.types[value] }))
}

export function sharings(): readonly Choice<ThreadSharing>[] {
  return (['shared', 'invite-only', 'not-shared'] as const).map((value) => ({ value, ...text.sharings[value] }))
}

export function modes(): readonly Choice<FeedMode>[] {
  return (['annotated', 'stacks', 'chronological'] as const).map((value) => ({ value, ...text.modes[value] }))
}

/**
 * What a thread is, in two sentences; `starter` is null for this account.
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
  starter: string | null
}): string {
  const first = text.forMembers[type](starter)
  return type === 'private' ? first : `${first} ${text.brings[sharing](starter)}`
}

/** Somebody's name as text: what they call themselves, or the two ends of their address. */
export function personName({ name, address }: Person): string {
  return name === null ? short(address) : plainName(name)
}

/** Who started a thread; null for this account. */
export function starter({ mine, initiator }: Pick<ThreadInfo, 'mine' | 'initiator'>): string | null {
  return mine ? null : personName(initiator)
}

/** `1 member` or `3 members, 2 devices connected`. */
export function peopleLine({ members, online }: Pick<ThreadInfo, 'members' | 'online'>): string {
  if (online > 0) return text.membersOnline(members, online)
  return members <= 1 ? text.onlyYou : text.members(members)
}

/** What a thread is called for this account: a conversation by who the other is. */
export function threadTitle(info: Pick<ThreadInfo, 'name' | 'with'>): string {
  return info.with === null ? plainName(info.name) : personName(info.with)
}

/** Of a conversation, whether the other is here. */
export function presenceLine({ members, online }: Pick<ThreadInfo, 'members' | 'online'>): string {
  if (members <= 1) return text.invitedOnly
  return online === 0 ? text.two : text.twoOnline
}

/** What was said last: `You: See you there`; in a conversation the other’s words stand alone. */
export function lastLine({ last, with: other }: Pick<ThreadInfo, 'last' | 'with'>): string {
  if (last === null) return ''
  const words = last.text === '' ? (last.kind === 'files' ? text.files : '') : last.text
  if (last.self) return text.youSaid(words)
  return other === null ? text.said(personName(last.author), words) : words
}

/** What a block that is no post says, after its author's name: `joined`. */
export function eventLine(post: Post): string {
  const who = post.who === null ? text.somebody : personName(post.who)
  return text.events[post.kind](who, plainName(post.text))
}

/** A notification after its actor's name. */
export function newsLine({ kind, threadName }: Pick<ThreadNotification, 'kind' | 'threadName'>): string {
  return text.news[kind](plainName(threadName))
}

/** An alarm in words: what was seen, what it means, what helps. `who` is its author's name, null for this account. */
export function alarmText({ kind }: ThreadAlarm, who: string | null): string {
  return text.alarms[kind](who)
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
export function pieces(written: string): readonly Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of written.matchAll(/https?:\/\/[^\s<>"\p{Cc}\p{Cf}]+/giu)) {
    const raw = match[0]
    const open = raw.includes('(') && raw.endsWith(')')
    const link = open ? raw : raw.replace(TRAILING, '')
    if (!isPlain(link)) continue
    if (match.index > from) found.push({ text: written.slice(from, match.index) })
    found.push({ link, text: link })
    from = match.index + link.length
  }
  if (from < written.length) found.push({ text: written.slice(from) })
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
  return tongue.moment(time)
}

/** Addresses in what a person pasted: one a line, or with commas or spaces between; doubles are dropped. */
export function readAddresses(typed: string): readonly string[] {
  return [...new Set(typed.split(/[\s,;]+/).filter((word) => word !== ''))]
}
