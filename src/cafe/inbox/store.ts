/** The cafe's tables about mail. Letters are in `letters.ts`; here is what is kept beside them. */
import { isCafeError } from '../../core/errors.ts'
import { KiB, MAX_DEVICES, MAX_DOORS } from '../../core/limits.ts'
import { peerId, text, v } from '../../core/schema.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import {
  type Letter,
  type LetterPage,
  type Letters,
  lettersIn,
  MAX_LETTER_NAME,
  nameOf,
  placeOf,
  readName,
} from './letters.ts'
import { doorHashes, doorTerms } from './protocol.ts'

/** Devices of the account that have a letter, while others do not. */
export const ackRow = v.strictObject({ acked: v.pipe(v.array(peerId), v.maxLength(MAX_DEVICES), v.readonly()) })
export type AckRow = v.InferOutput<typeof ackRow>

/** Letters of one row of those that are remembered: fewer than 64 KiB, which is what a store takes best. */
export const GONE_AT_ONCE = 500
/** Letters that all devices have: they are not here any more, and are remembered so that they do not come again. */
export const goneRow = v.strictObject({
  names: v.pipe(v.array(text(MAX_LETTER_NAME)), v.maxLength(GONE_AT_ONCE), v.readonly()),
})
export type GoneRow = v.InferOutput<typeof goneRow>

export const doorsRow = v.strictObject({ ...doorTerms.entries, hashes: doorHashes })
export type DoorsRow = v.InferOutput<typeof doorsRow>

export interface InboxStore {
  readonly rows: Rows
  readonly letters: Letters
  /** By account, then place. */
  readonly acks: Table<AckRow>
  /** By account, then place of the first of them. */
  readonly gone: Table<GoneRow>
  /** By account. */
  readonly doors: Table<DoorsRow>
}

export const inboxStore = (rows: Rows): InboxStore => ({
  rows,
  letters: lettersIn(rows),
  acks: table(rows, 'inbox-acks', ackRow),
  gone: table(rows, 'inbox-gone', goneRow),
  doors: table(rows, 'mail-doors', doorsRow, MAX_DOORS * 32 + KiB),
})

/** A letter that is here, and who has it. */
export interface Held extends Letter {
  readonly acked: AckRow['acked']
}

const NOBODY: AckRow['acked'] = []
/** A row that is damaged must not keep letters back: it is as good as none. */
const damaged = (): void => {}

/** Who has which of the letters after a place, as far as a page of so many letters goes. */
export async function acksOf(
  { acks }: InboxStore,
  account: string,
  after: number,
  limit: number,
): Promise<(seq: number) => AckRow['acked']> {
  // Each is of a letter that is here: so that of the first so many letters are among the first so many.
  const rows = await acks.list([account], { after: placeOf(after), limit, damaged })
  const byPlace = new Map(rows.map(({ key, row }) => [Number(key[1]), row.acked]))
  return (seq) => byPlace.get(seq) ?? NOBODY
}

/** Letters that are here after a place. */
export async function heldAfter(
  store: InboxStore,
  account: string,
  after: number,
  limit: number,
): Promise<LetterPage<Held>> {
  const [page, acked] = await Promise.all([
    store.letters.names(account, after, limit),
    acksOf(store, account, after, limit),
  ])
  return { ...page, letters: page.letters.map((letter) => ({ ...letter, acked: acked(letter.seq) })) }
}

/** Letters that are remembered in one row. */
export interface Gone<One extends Letter = Letter> {
  /** The row's: the place of the letter that was its first. */
  readonly place: number
  readonly letters: readonly One[]
}

const readGone = (place: number, { names }: GoneRow): Gone => ({
  place,
  letters: names.flatMap((name) => readName(name) ?? []),
})

/** All that is remembered of an account. */
export async function allGone({ gone }: InboxStore, account: string): Promise<Gone[]> {
  const rows = await gone.list([account], { damaged })
  return rows.map(({ key, row }) => readGone(Number(key[1]), row))
}

/** Rows read at once: some megabytes if all are full. */
const GONE_ROWS = 100

/** All that is remembered of all accounts. */
export async function eachGone({ gone }: InboxStore, visit: (account: string, gone: Gone) => void): Promise<void> {
  for (let after: string | undefined; ; ) {
    let seen = 0
    const see = (key: readonly string[]): void => {
      seen += 1
      const at = key.join('/')
      if (after === undefined || at > after) after = at
    }
    for (const { key, row } of await gone.list([], { after, limit: GONE_ROWS, damaged: see })) {
      see(key)
      visit(key[0] as string, readGone(Number(key[1]), row))
    }
    if (seen < GONE_ROWS) return
  }
}

/** What is remembered in a row. */
export async function goneAt({ gone }: InboxStore, account: string, place: number): Promise<readonly Letter[]> {
  try {
    const row = await gone.get(account, placeOf(place))
    return row ? readGone(place, row).letters : []
  } catch (error) {
    if (isCafeError(error) && error.code === 'CORRUPT') return []
    throw error
  }
}

/** Letters as they are remembered: some in each row. */
export const goneOf = <One extends Letter>(letters: readonly One[]): Gone<One>[] =>
  Array.from({ length: Math.ceil(letters.length / GONE_AT_ONCE) }, (_, n) => {
    const some = letters.slice(n * GONE_AT_ONCE, (n + 1) * GONE_AT_ONCE)
    return { place: (some[0] as One).seq, letters: some }
  })

/** What writes a row of letters that are remembered; without letters it is removed. */
export const putGone = ({ gone }: InboxStore, account: string, { place, letters }: Gone): Change =>
  letters.length === 0
    ? gone.remove(account, placeOf(place))
    : gone.put([account, placeOf(place)], { names: letters.map(nameOf) })

/** Changes after which a letter is not here any more. */
export const removeHeld = (store: InboxStore, account: string, letter: Held): Change[] => [
  store.letters.remove(account, letter),
  ...(letter.acked.length === 0 ? [] : [store.acks.remove(account, placeOf(letter.seq))]),
]

/** Changes after which letters are remembered only. */
export const rememberHeld = (store: InboxStore, account: string, some: Gone<Held>): Change[] => [
  ...some.letters.flatMap((letter) => removeHeld(store, account, letter)),
  putGone(store, account, some),
]

/** Changes after which nothing of an account's letters is left, also of what cannot be read. */
export const eraseLetters = async ({ letters, acks, gone }: InboxStore, account: string): Promise<Change[]> => [
  ...(await letters.erase(account)),
  ...(await acks.erase(account)),
  ...(await gone.erase(account)),
]
