/**
 * A cafe's cards together with what finds them: a card, its handle and its rows in the index change in one strict commit, so
 * after a crash they still agree. An index of another version is made anew beside the work; until then searches say that they
 * are not complete.
 */
import { CafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import { indexWords, type NameWords, nameWords } from '../../core/name-search.ts'
import type { Serial } from '../../core/serial.ts'
import { claimOf } from '../../crypto/envelope.ts'
import type { Change, Rows } from '../../store/rows.ts'
import type { Part } from '../erase.ts'
import { type Card, cardRecord, endsAt, visibilityOf } from './card.ts'
import { INDEX_VERSION, indexRows } from './index-rows.ts'
import { type Hits, ownerOf, type Query, type SearchOptions, search } from './search.ts'
import { type CardRow, contactStore } from './store.ts'

export interface ShelfComponents {
  readonly rows: Rows
  readonly serial: Serial
  readonly holds: (card: CardRow) => boolean
  readonly log: Log
}

export interface Shelf {
  get(account: Address): Promise<CardRow | undefined>
  /**
   * Puts a card in place of the account's present one; `sign` is called when nothing speaks against it.
   * @throws CafeError CONFLICT {what: 'handle'} if another account has its handle.
   */
  keep(
    account: Address,
    card: Card,
    rest: Pick<CardRow, 'envelope' | 'time'>,
    sign: () => Promise<Uint8Array<ArrayBuffer>>,
  ): Promise<CardRow>
  readonly erase: Part['erase']
  search(query: Query, options: SearchOptions): Promise<Omit<Hits, 'ended'>>
  /** Resolves when the index is whole. */
  readonly ready: Promise<void>
  close(): void
}

/** One change of the index at a time: which word is whose last, and whose a handle is, depends on all of it. */
const QUEUE = 'card-index'
const ME = 'me'
const VERSION = String(INDEX_VERSION)
/** Rows in one commit of making the index anew: some milliseconds, so that others are not held up. */
const STEP = 500
const CARDS_STEP = 20

export function createShelf({ rows, serial, holds, log }: ShelfComponents): Shelf {
  const store = contactStore(rows)
  const index = indexRows(rows)
  const components = { store, index, holds }
  const stop = new AbortController()
  let isWhole = false

  const keep: Shelf['keep'] = (account, card, rest, sign) =>
    serial(QUEUE, async () => {
      const known = await store.cards.get(account)
      const shown = shownOf(card)
      const owner = shown.handle === null ? undefined : await ownerOf(components, shown.handle)
      if (owner !== undefined && owner !== account) throw new CafeError('CONFLICT', { what: 'handle' })
      const ends = 'tomb' in card ? null : endsAt(card)
      const words = shown.name ? indexWords(shown.name) : []
      const { handle, shown: visibility } = shown
      const row = { ...rest, seq: card.seq, ends, receipt: await sign(), shown: visibility, handle, words: [...words] }
      await rows.commit([
        store.cards.put([account], row),
        ...(isWhole ? [index.versions.put([ME], { version: VERSION })] : []),
        ...(await index.changes(account, known?.words ?? [], shown.name)),
        ...(await handleChanges(account, known?.handle ?? null, handle)),
      ])
      return row
    })

  const handleChanges = async (account: Address, before: string | null, now: string | null): Promise<Change[]> => {
    const isOurs = before !== null && before !== now && (await index.handles.get(before))?.account === account
    return [
      ...(isOurs ? [index.handles.remove(before)] : []),
      ...(now === null ? [] : [index.handles.put([now], { account })]),
    ]
  }

  const erase: Part['erase'] = (account, commit) =>
    serial(QUEUE, async () => {
      const known = await store.cards.get(account)
      if (!known) return commit([], 0)
      const changes = [
        store.cards.remove(account),
        ...(await index.changes(account, known.words, undefined)),
        ...(await handleChanges(account, known.handle, null)),
      ]
      return commit(changes, 1)
    })

  /** Takes cards that have ended off the index; they themselves stay, so that no older one comes back. */
  const unlist = async (accounts: readonly Address[]): Promise<void> => {
    for (const account of accounts) {
      await serial(QUEUE, async () => {
        const card = await store.cards.get(account)
        if (!card || holds(card) || card.words.length === 0) return
        const changes = await index.changes(account, card.words, undefined)
        await rows.commit([store.cards.put([account], { ...card, words: [] }), ...changes])
      })
    }
  }

  const clear = (): Promise<boolean> =>
    serial(QUEUE, async () => {
      const changes = await index.clear(STEP)
      if (changes.length > 0) await rows.commit(changes)
      return changes.length > 0
    })

  /** Indexes the cards after that one; gives the last, or undefined when there are no more. */
  const fill = (after: string | undefined): Promise<string | undefined> =>
    serial(QUEUE, async () => {
      const page = await store.cards.list([], { after, limit: CARDS_STEP })
      const changes = await Promise.all(
        page.map(async ({ key: [account], row }) => {
          const { name: listed, shown } = shownOf(claimOf(cardRecord, row.envelope)) // checked when it was taken
          const name = holds(row) ? listed : undefined
          const words = name ? [...indexWords(name)] : []
          // Its rows of before are gone already.
          const own = await index.changes(account as Address, [], name)
          return [store.cards.put([account as Address], { ...row, shown, words }), ...own]
        }),
      )
      if (page.length > 0) await rows.commit(changes.flat())
      return page.at(-1)?.key[0]
    })

  const makeAnew = async (): Promise<void> => {
    if ((await index.versions.get(ME))?.version !== VERSION) {
      while (!stop.signal.aborted && (await clear())) {
        // as long as there are rows of before
      }
      const first = await fill(undefined)
      for (let last = first; !stop.signal.aborted && last !== undefined; ) last = await fill(last)
      if (stop.signal.aborted) return
      // Where there is no card yet, the first one brings it.
      if (first !== undefined) await rows.commit([index.versions.put([ME], { version: VERSION })])
    }
    isWhole = true
  }

  return {
    get: (account) => store.cards.get(account),
    keep,
    erase,
    async search(query, options) {
      const { hits, complete, ended } = await search(components, query, options)
      if (ended.length > 0)
        unlist(ended).catch((cause) => log('warn', 'ended cards could not be taken off the index', { cause }))
      return { hits, complete: complete && isWhole }
    },
    ready: makeAnew().catch((cause) => log('warn', 'the index of names could not be made', { cause })),
    close: () => stop.abort(),
  }
}

interface Shown extends Pick<CardRow, 'shown' | 'handle'> {
  /** What finds it by name; undefined for one that is not listed. */
  readonly name: NameWords | undefined
}

function shownOf(card: Card): Shown {
  if ('tomb' in card) return { shown: 'exact', handle: null, name: undefined }
  const shown = visibilityOf(card)
  return { shown, handle: card.handle ?? null, name: shown === 'listed' ? nameWords(card.name) : undefined }
}
