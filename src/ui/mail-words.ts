/** Mail in plain words: how far a post is, what is in a letter's way, what came and could not be used. Pure. */
import type { ErrorCode } from '../core/errors.ts'
import type { InboxRoom, OutgoingLetter, PostState, QuarantinedLetter } from '../worker/mail-api.ts'
import type { Person, PostSent } from '../worker/thread-api.ts'
import { bytes, count } from './format.ts'
import { personName } from './thread-words.ts'

/** How far a post is: a colour's name, a sign's, and a few words. */
export interface SentLine {
  readonly level: 'part' | 'kept' | 'has' | 'read'
  readonly text: string
}

/** Names said in full before the rest is counted. */
const NAMED = 2

/**
 * How far a post is, by what is known of each member; by numbers alone before that.
 *
 * @example
 * ```ts
 * sentLine({ waiting: 0, stored: 1, fetched: 0, read: 0, of: 1 }, [{ name: 'Ben', state: 'stored', cafes: [a, b] }])
 * // { level: 'kept', text: 'Kept for Ben at 2 cafes' }
 * ```
 */
export function sentLine(sent: PostSent, states: readonly PostState[] = []): SentLine {
  const { waiting, stored, fetched, read, of } = sent
  const rest = waiting === 0 ? '' : ` · ${waiting} not reached yet`
  const in_ = (...wanted: readonly PostState['state'][]): readonly PostState[] =>
    states.filter(({ state }) => wanted.includes(state))
  if (read > 0) return { level: 'read', text: `Read by ${people(in_('read'), read)}${rest}` }
  if (fetched > 0) {
    const verb = fetched === 1 ? 'has' : 'have'
    return { level: 'has', text: `${upper(people(in_('fetched'), fetched))} ${verb} it${rest}` }
  }
  if (stored > 0)
    return { level: 'kept', text: `Kept for ${people(in_('stored'), stored)}${atCafes(in_('stored'))}${rest}` }
  const lost = in_('undelivered')
  if (lost.length > 0 && lost.length === of)
    return { level: 'part', text: `Did not reach ${people(lost, lost.length)}` }
  const left = in_('left')
  if (left.length > 0 && left.length === of) {
    return { level: 'kept', text: `Waits at your cafes for ${people(left, left.length)}` }
  }
  return { level: 'part', text: 'Waiting to be sent' }
}

/** `Ben`, `Ben and Eve`, `Ben and 2 more`; `3 members` where nobody is known by name. */
function people(some: readonly Person[], all: number): string {
  if (some.length === 0) return all === 1 ? 'one member' : count(all, 'member')
  const shown = all > NAMED ? 1 : NAMED
  const named = some.slice(0, shown).map(personName)
  const rest = all - named.length
  return new Intl.ListFormat('en').format(rest > 0 ? [...named, `${rest} more`] : named)
}

/** Only where it is the same for everybody. */
function atCafes(states: readonly PostState[]): string {
  const numbers = new Set(states.map(({ cafes }) => cafes.length))
  const [number] = numbers
  return numbers.size === 1 && number !== undefined && number > 0 ? ` at ${count(number, 'cafe')}` : ''
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** How far something is for one person, after their name. */
export function stateText({ state, cafes }: { state: PostState['state']; cafes: readonly string[] }): string {
  switch (state) {
    case 'queued':
      return 'waits on this device'
    case 'stored':
      return `kept for them at ${count(cafes.length, 'cafe')} of theirs`
    case 'fetched':
      return 'has it'
    case 'read':
      return 'has read it'
    case 'undelivered':
      return 'did not get it'
    case 'left':
      return 'finds it at your cafes'
  }
}

const IN_THE_WAY: { readonly [C in ErrorCode]?: string } = {
  NOT_FOUND:
    'Nobody who can be reached knows where their mail goes. It is sent as soon as they, or a cafe of theirs, can be found.',
  UNREACHABLE: 'Neither they nor a cafe of theirs can be reached now. It goes on by itself.',
  TIMEOUT: 'Their cafe did not answer in time. It is tried again by itself.',
  BUSY: 'Their cafe is busy. It is tried again by itself.',
  QUOTA: 'Their mailbox is full. It is tried again by itself; tell them to look at their mail.',
  FORBIDDEN: 'Their cafe takes no mail from you for them: they may not know you, or not want it.',
  UNAUTHORIZED: 'Their cafe takes no mail from you for them: they may not know you, or not want it.',
  UNSUPPORTED: 'Their version of Popup Cafe is another one. It is tried again.',
  CORRUPT: 'What is known of them here is damaged. It is asked for again.',
  SEALED: 'What they need to open it is not known here yet.',
  BAD_REQUEST: 'It cannot be sent as it is.',
  ABORTED: 'It was not fetched in time, and is not kept any longer.',
}

/** What is in the way of something that goes out, as a sentence; undefined for nothing. */
export function whyText(why: ErrorCode | null): string | undefined {
  return why === null ? undefined : (IN_THE_WAY[why] ?? 'Something went wrong. It is tried again.')
}

/** What is in an outgoing letter, as the beginning of a line. */
export function letterName({ kind }: Pick<OutgoingLetter, 'kind'>): string {
  switch (kind) {
    case 'post':
      return 'A post'
    case 'invite':
      return 'An invite'
    case 'card':
      return 'Your contact card'
  }
}

const UNUSABLE: { readonly [C in ErrorCode]?: string } = {
  SEALED:
    'It does not open with the keys on this device. If you brought your account back a short while ago, try again later.',
  CORRUPT: 'It was damaged on its way, or somebody has changed it.',
  BAD_REQUEST: 'It is not written in a way that this version of Popup Cafe understands.',
  UNSUPPORTED: 'It comes from a newer version of Popup Cafe. Update, then try again.',
  NOT_FOUND: 'It is about something that is not on this device.',
  FORBIDDEN: 'Its sender may not do what it asks for.',
  CONFLICT: 'Something newer is here already.',
  QUOTA: 'There was no room for it on this device. Make some, then try again.',
}

/** Why something that came is of no use. */
export function unusableText({ why }: Pick<QuarantinedLetter, 'why'>): string {
  return UNUSABLE[why] ?? 'Something went wrong when it was opened.'
}

/** What is known of something that could not be used: `A post from Ben`, `A letter from somebody`. */
export function unusableName({ kind }: Pick<QuarantinedLetter, 'kind'>): string {
  return kind === null ? 'A letter' : kind === 'card' ? 'A contact card' : letterName({ kind })
}

/** Share of an inbox that is in use, as whole per cent; never 100 while there is room. */
export function roomPercent({ used, limit }: Pick<InboxRoom, 'used' | 'limit'>): number {
  if (limit <= 0 || used >= limit) return 100
  return Math.floor((100 * used) / limit)
}

/** `812 of 1,000 letters`, `52 MB of 64 MB`. */
export function roomText({ used, limit, unit }: Pick<InboxRoom, 'used' | 'limit' | 'unit'>): string {
  const number = new Intl.NumberFormat('en')
  return unit === 'bytes'
    ? `${bytes(used)} of ${bytes(limit)}`
    : `${number.format(used)} of ${number.format(limit)} letters`
}

/** A day in full: `28 December 2026`. */
export function day(time: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(time)
}

/** Milliseconds after which a letter that is still only on this device is worth a look. */
const LONG = 24 * 3_600_000

export interface MailSummary {
  /** Those that wait, as many as were looked at, of `total`. */
  readonly letters: readonly Pick<OutgoingLetter, 'state' | 'written'>[]
  readonly total: number
  /** Letters that came and could not be used. */
  readonly unusable: number
  readonly now: number
}

/** How the mail is in a sentence, and what of it needs a look. */
export function summaryLines({ letters, total, unusable, now }: MailSummary): {
  readonly state: string
  readonly needed: readonly string[]
} {
  const number = (is: (letter: MailSummary['letters'][number]) => boolean): number => letters.filter(is).length
  const kept = number(({ state }) => state === 'stored')
  const lost = number(({ state }) => state === 'undelivered')
  const long = number(({ state, written }) => state === 'queued' && now - written > LONG)
  const needed: string[] = []
  if (lost > 0) needed.push(`${count(lost, 'letter')} could not be delivered.`)
  if (long > 0) needed.push(`${count(long, 'letter')} could not be sent for more than a day.`)
  if (unusable > 0) needed.push(`${count(unusable, 'letter')} came and could not be used.`)
  const waits = total - lost
  if (waits === 0)
    return { state: lost === 0 ? 'Everything you sent has arrived.' : 'Nothing else is on its way.', needed }
  const some = `${count(waits, 'letter')} ${waits === 1 ? 'is' : 'are'} on the way`
  const at = kept === waits ? '' : `${kept} of them `
  return { state: kept === 0 ? `${some}.` : `${some}, ${at}kept at cafes until they are fetched.`, needed }
}
