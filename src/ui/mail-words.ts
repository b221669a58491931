/** Mail in plain words: how far a post is, what is in a letter's way, what came and could not be used. Pure. */
import type { ErrorCode } from '../core/errors.ts'
import type { InboxRoom, OutgoingLetter, PostState, QuarantinedLetter } from '../worker/mail-api.ts'
import type { Person, PostSent } from '../worker/thread-api.ts'
import { bytes } from './format.ts'
import { mail as english, type Whom } from './texts/en/mail.ts'
import { spoken } from './texts/say.ts'
import { tongue } from './texts/tongue.ts'
import { personName } from './thread-words.ts'

const text = spoken('mail', english)

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
  const { waiting, stored, fetched, read } = sent
  const { level, text: line } = best(sent, states)
  const isPart = waiting > 0 && read + fetched + stored > 0
  return { level, text: isPart ? `${line} · ${text.notReached(waiting)}` : line }
}

function best({ stored, fetched, read, of }: PostSent, states: readonly PostState[]): SentLine {
  const those = (...wanted: readonly PostState['state'][]): readonly PostState[] =>
    states.filter(({ state }) => wanted.includes(state))
  if (read > 0) return { level: 'read', text: text.readBy(whom(those('read'), read)) }
  if (fetched > 0) return { level: 'has', text: text.has(whom(those('fetched'), fetched)) }
  if (stored > 0) {
    const kept = whom(those('stored'), stored)
    const at = sameNumber(those('stored'))
    return { level: 'kept', text: at === undefined ? text.keptFor(kept) : text.keptForAt(kept, at) }
  }
  const lost = those('undelivered')
  if (lost.length > 0 && lost.length === of) {
    return { level: 'part', text: text.didNotReach(whom(lost, lost.length)) }
  }
  const left = those('left')
  if (left.length > 0 && left.length === of) return { level: 'kept', text: text.waitsFor(whom(left, left.length)) }
  return { level: 'part', text: text.waiting }
}

/** `Ben`, `Ben and Eve`, `Ben and 2 more`; by number alone where nobody is known by name. */
function whom(some: readonly Person[], all: number): Whom {
  const names = some.slice(0, all > NAMED ? 1 : NAMED).map(personName)
  return { names, more: all - names.length }
}

/** At how many cafes, only where it is the same for everybody. */
function sameNumber(states: readonly PostState[]): number | undefined {
  const numbers = new Set(states.map(({ cafes }) => cafes.length))
  const [number] = numbers
  return numbers.size === 1 && number !== undefined && number > 0 ? number : undefined
}

/** How far something is for one person, after their name. */
export function stateText({ state, cafes }: { state: PostState['state']; cafes: readonly string[] }): string {
  return text.states[state](cafes.length)
}

/** What is in the way of something that goes out, as a sentence; undefined for nothing. */
export function whyText(why: ErrorCode | null): string | undefined {
  return why === null ? undefined : text.inTheWay[why]
}

/** What is in an outgoing letter, as the beginning of a line. */
export function letterName({ kind }: Pick<OutgoingLetter, 'kind'>): string {
  return text.letters[kind]
}

/** Why something that came is of no use. */
export function unusableText({ why }: Pick<QuarantinedLetter, 'why'>): string {
  return text.unusable[why]
}

/** What is known of something that could not be used: `A post`, `A letter`. */
export function unusableName({ kind }: Pick<QuarantinedLetter, 'kind'>): string {
  return text.came[kind ?? 'unknown']
}

/** Share of an inbox that is in use, as whole per cent; never 100 while there is room. */
export function roomPercent({ used, limit }: Pick<InboxRoom, 'used' | 'limit'>): number {
  if (limit <= 0 || used >= limit) return 100
  return Math.floor((100 * used) / limit)
}

/** `812 of 1,000 letters`, `52 MB of 64 MB`. */
export function roomText({ used, limit, unit }: Pick<InboxRoom, 'used' | 'limit' | 'unit'>): string {
  return unit === 'bytes' ? text.roomBytes(bytes(used), bytes(limit)) : text.roomLetters(used, limit)
}

/** A day in full: `28 December 2026`. */
export function day(time: number): string {
  const locale = tongue.language === 'en' ? 'en-GB' : tongue.language
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(time)
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
  if (lost > 0) needed.push(text.lost(lost))
  if (long > 0) needed.push(text.long(long))
  if (unusable > 0) needed.push(text.cameUnusable(unusable))
  const waits = total - lost
  if (waits === 0) return { state: lost === 0 ? text.allArrived : text.nothingElse, needed }
  if (kept === 0) return { state: text.onTheWay(waits), needed }
  return { state: kept === waits ? text.allKept(waits) : text.someKept(waits, kept), needed }
}
