/**
 * A thread as a conversation: which threads are one, with whom, and the last words said in a thread. What is shown of it is
 * in `thread-view.ts`.
 */
import type { Address } from '../core/ids.ts'
import { MAX_NAME } from '../core/limits.ts'
import type { Entry, Member, Thread } from '../thread/thread.ts'

/** What a conversation is called between people without names. */
const NAMELESS = 'The two of us'
const AND = ' & '
/** Characters of last words: a line of a list. */
const PREVIEW = 140
/** Newest blocks in which words are looked for: behind a run of likes a thread shows none. */
const LOOKED_AT = 12

/** `Ada & Ben`, each cut so that both fit. */
export function twoNames(own: string | null, other: string | null): string {
  const names = [own, other].filter((name) => name !== null).map(cut)
  return names.length === 0 ? NAMELESS : names.join(AND)
}

const cut = (name: string): string =>
  [...name]
    .slice(0, MAX_NAME / 2 - 2)
    .join('')
    .trim()

/**
 * Whom a thread is a conversation with: its charter names two, so that nobody else can ever be in it, and nobody has called
 * it anything but by the names of the two.
 */
export function otherOf(
  { charter }: Pick<Thread, 'charter'>,
  name: string,
  self: Address,
  members: ReadonlyMap<Address, Pick<Member, 'name'>>,
): Address | null {
  const [other, ...more] = charter.members.filter((one) => one !== self)
  const isOfTwo = other !== undefined && more.length === 0 && charter.members.length === 2
  return isOfTwo && isMadeUp(name, [members.get(self)?.name ?? null, members.get(other)?.name ?? null]) ? other : null
}

/** A name that {@link twoNames} has made of these, or of one of them, whichever was first. */
function isMadeUp(name: string, [a, b]: readonly [string | null, string | null]): boolean {
  const made = [
    [a, b],
    [b, a],
    [a, null],
    [b, null],
    [null, null],
  ] as const
  return made.some(([first, second]) => twoNames(first, second) === name)
}

/** The newest words in a thread, or files without any. */
export async function lastWords(thread: Pick<Thread, 'page'>): Promise<{ entry: Entry; text: string } | null> {
  const { entries } = await thread.page({ limit: LOOKED_AT })
  for (const entry of entries) {
    const text = entry.hidden ? undefined : wordsOf(entry)
    if (text !== undefined) return { entry, text: shorten(text) }
  }
  return null
}

function wordsOf({ content }: Entry): string | undefined {
  if (content.type === 'text' || content.type === 'comment') return content.body.text
  return content.type === 'files' ? content.body.caption : undefined
}

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim()
  const letters = [...line]
  return letters.length <= PREVIEW ? line : `${letters.slice(0, PREVIEW - 1).join('')}…`
}
