/**
 * The rows by which cards are found by name, on the disk and nowhere else: memory stays flat however many cards there are,
 * and a card and its rows are written in one strict commit.
 *
 * | row                    | of                                                | holds                        |
 * |------------------------|---------------------------------------------------|------------------------------|
 * | `card-word/<word>/<address>` | each word of a listed name, as written or as drawn | all words of that name   |
 * | `card-near/<form>/<word>`    | each word of five letters and more: itself, and it without one of its letters | nothing |
 * | `card-handle/<handle>`       | each handle                                | whose it is                  |
 *
 * A beginning of a word is a range of keys; whole words come first in it. The row holds all words of the name, so that one
 * range answers a query of several. Two words are one slip of the pen apart exactly if they share a form or one is a form of
 * the other, so a slip is found by reading a few rows, and none is missed: trigrams give more to read and promise nothing.
 *
 * Why no library: MiniSearch keeps its whole index in memory and loads it at each start; FlexSearch can keep one in
 * IndexedDB, but in databases and transactions of its own, never in one commit with the card, a row for each beginning of a
 * word, and it knows no slips. With 100 000 cards the first is too large for a phone and the second too loose.
 */
import type { Address } from '../../core/ids.ts'
import { indexWords, type NameWords } from '../../core/name-search.ts'
import { address, text, v } from '../../core/schema.ts'
import { isCjk, MIN_TYPO } from '../../core/words.ts'
import { utf8 } from '../../crypto/bytes.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'

/** Grows when words are made in another way; the index is then made anew. */
export const INDEX_VERSION = 1

const handleRow = v.strictObject({ account: address })
const versionRow = v.strictObject({ version: text(64) })

const WORD = '/cafe/card-word/'
const NEAR = '/cafe/card-near/'
const DECODER = new TextDecoder()
const NOTHING = Uint8Array.of()

/** A card found by a word, with the words of its name. */
export interface Posting {
  readonly address: Address
  readonly name: NameWords
  readonly key: string
}

export interface IndexRows {
  /** By handle. */
  readonly handles: Table<v.InferOutput<typeof handleRow>>
  readonly versions: Table<v.InferOutput<typeof versionRow>>
  /** Up to `limit` cards with a word that begins with `beginning`, after that key. */
  startingWith(beginning: string, options: { after?: string | undefined; limit: number }): Promise<Posting[]>
  /** Up to `limit` cards with exactly this word. */
  having(word: string, options: { after?: string | undefined; limit: number }): Promise<Posting[]>
  /** Words that one slip of the pen may have made `written` of, some of them wrongly. */
  near(written: string, limit: number): Promise<readonly string[]>
  /**
   * What makes the card found by `now` instead of `before`, the words that were written down for it. Call it where no other
   * change of the index can come between this and the commit.
   */
  changes(account: Address, before: readonly string[], now: NameWords | undefined): Promise<Change[]>
  /** Up to `limit` changes that take away rows of words, whoever's; none when there are none any more. */
  clear(limit: number): Promise<Change[]>
}

export function indexRows(rows: Rows): IndexRows {
  const handles = table(rows, 'card-handle', handleRow)
  const versions = table(rows, 'card-index', versionRow)

  const postings = async (prefix: string, after: string | undefined, limit: number): Promise<Posting[]> => {
    const found = await rows.range(prefix, { after, limit })
    return found.map(([key, value]) => ({
      ...{ key, name: readName(value) },
      address: key.slice(key.lastIndexOf('/') + 1) as Address,
    }))
  }

  const isAlone = async (word: string): Promise<boolean> =>
    (await rows.range(`${WORD}${word}/`, { limit: 2 })).length < 2

  return {
    handles,
    versions,
    startingWith: (beginning, { after, limit }) => postings(WORD + beginning, after, limit),
    having: (word, { after, limit }) => postings(`${WORD}${word}/`, after, limit),
    async near(written, limit) {
      const lists = await Promise.all(formsOf(written).map((form) => rows.range(`${NEAR}${form}/`, { limit })))
      return [...new Set(lists.flat().map(([key]) => key.slice(key.lastIndexOf('/') + 1)))]
    },
    async changes(account, before, now) {
      const words = now ? indexWords(now) : []
      const value = now && utf8([now.plain.join(' '), now.drawn.join(' ')].join('\n'))
      const gone = before.filter((word) => !words.includes(word))
      const last = await Promise.all(gone.map(isAlone))
      return [
        ...gone.map((word) => ({ key: `${WORD}${word}/${account}` })),
        ...gone.filter((_, i) => last[i]).flatMap((word) => nearKeys(word).map((key) => ({ key }))),
        ...words.map((word) => ({ key: `${WORD}${word}/${account}`, value: value as Uint8Array })),
        ...words.flatMap((word) => nearKeys(word).map((key) => ({ key, value: NOTHING }))),
      ]
    },
    async clear(limit) {
      const found = (await Promise.all([WORD, NEAR].map((prefix) => rows.range(prefix, { limit })))).flat()
      return found.slice(0, limit).map(([key]) => ({ key }))
    },
  }
}

/** Written by `changes` above: our own row, whose form the index's version tells. Thousands are read, so nothing dearer. */
function readName(value: Uint8Array): NameWords {
  const [plain = '', drawn = ''] = DECODER.decode(value).split('\n')
  return { plain: plain.split(' '), drawn: drawn === '' ? [] : drawn.split(' ') }
}

const nearKeys = (word: string): string[] =>
  [...word].length < MIN_TYPO || isCjk(word) ? [] : formsOf(word).map((form) => `${NEAR}${form}/${word}`)

/** A word, and what is left of it without one of its letters. */
function formsOf(word: string): readonly string[] {
  const letters = [...word]
  return [...new Set([word, ...letters.map((_, i) => letters.toSpliced(i, 1).join(''))])]
}
