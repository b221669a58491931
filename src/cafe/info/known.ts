/**
 * The cafes a cafe knows, at most MAX_KNOWN_CAFES. Who has answered this cafe, or is named by its relay, is *good*; of others
 * it has only heard, by a record that somebody passed on. Those heard of never take the place of good ones, nor all places
 * from one teller, so making up cafes by the thousand gains nothing.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { KNOWN_GOOD, MARK_TTL, MAX_HEARD_FROM_ONE, MAX_INFO, MAX_KNOWN_CAFES, RECORD_SKEW } from '../../core/limits.ts'
import { bytes, count, peerId, v } from '../../core/schema.ts'
import { claimOf, openRecord } from '../../crypto/envelope.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { dialable } from './dialable.ts'
import { type CafeInfo, cafeInfoRecord } from './protocol.ts'

/** How exactly it is known when a cafe last answered. */
const ANSWERED_STEP = 3_600_000

const knownRow = v.strictObject({
  envelope: bytes(MAX_INFO),
  /** Who told of it; itself, if it came itself. */
  from: peerId,
  /** When its record came, it last answered, and a relay last named it; 0 for never. */
  heard: count(),
  answered: count(),
  named: count(),
  /** Until when it is marked for having lied; 0 for not. */
  marked: count(),
})
type KnownRow = v.InferOutput<typeof knownRow>

interface Entry extends KnownRow {
  readonly info: CafeInfo
}

/** A cafe as its host sees it. */
export interface KnownCafe {
  readonly cafe: PeerIdText
  readonly name: string
  readonly addresses: readonly string[]
  /** When it last answered, if ever. */
  readonly answered: number | null
  /** Until when it is asked nothing, because it gave something forged. */
  readonly marked: number | null
}

export interface KnownComponents {
  readonly rows: Rows
  readonly self: PeerIdText
  readonly clock: Clock
  /** Where this cafe can be dialled now. */
  readonly addresses: () => readonly string[]
}

export const knownTable = (rows: Rows): Table<KnownRow> => table(rows, 'known-cafe', knownRow)

export type Known = Awaited<ReturnType<typeof loadKnown>>

export async function loadKnown({ rows, self, clock, addresses }: KnownComponents) {
  const known: Table<KnownRow> = knownTable(rows)
  const entries = new Map<PeerIdText, Entry>()
  for (const { key, row } of await known.list([]))
    entries.set(key[0] as PeerIdText, { ...row, info: claimOf(cafeInfoRecord, row.envelope) }) // checked when it was learned

  const isGood = ({ answered, named }: Entry): boolean => Math.max(answered, named) > clock() - KNOWN_GOOD
  const isMarked = ({ marked }: Entry): boolean => marked > clock()
  const isOver = ({ info, ...entry }: Entry): boolean => info.ts + info.ttl < clock() && !isMarked({ info, ...entry })

  const isGoodCafe = (cafe: PeerIdText): boolean => {
    const entry = entries.get(cafe)
    return entry !== undefined && isGood(entry) && !isMarked(entry)
  }

  const drop = (cafe: PeerIdText): Change => {
    entries.delete(cafe)
    return known.remove(cafe)
  }
  const put = ({ info, ...row }: Entry): Change => {
    entries.set(info.cafe, { info, ...row })
    return known.put([info.cafe], row)
  }
  const change = async (cafe: PeerIdText, more: Partial<KnownRow>): Promise<void> => {
    const entry = entries.get(cafe)
    if (entry) await rows.commit([put({ ...entry, ...more })])
  }

  const oldest = (some: readonly Entry[]): Entry | undefined => some.toSorted((a, b) => a.heard - b.heard)[0]

  /** Makes a place for one more; undefined if there is none to be had. */
  const makeRoom = (newcomer: Entry): readonly Change[] | undefined => {
    const all = [...entries.values()]
    const over = all.filter(isOver).map(({ info }) => drop(info.cafe))
    const heard = [...entries.values()].filter((entry) => !isGood(entry) && !isMarked(entry))
    const told = heard.filter(({ from }) => from === newcomer.from)
    const gives = (entry: Entry | undefined): readonly Change[] | undefined => entry && [...over, drop(entry.info.cafe)]
    if (!isGood(newcomer) && told.length >= MAX_HEARD_FROM_ONE) return gives(oldest(told))
    if (entries.size < MAX_KNOWN_CAFES) return over
    // Whom a good cafe has told of goes last, and not for somebody of whom none has.
    const isVouched = ({ from, info }: Entry): boolean => from !== info.cafe && isGoodCafe(from)
    const strange = heard.filter((entry) => !isVouched(entry))
    const pool = strange.length > 0 || !(isGood(newcomer) || isVouched(newcomer)) ? strange : heard
    const tellers = Map.groupBy(pool, ({ from }) => from)
    const most = [...tellers.values()].sort((a, b) => b.length - a.length)[0]?.length ?? 0
    return gives(oldest(pool.filter(({ from }) => tellers.get(from)?.length === most)))
  }

  /** @throws CafeError CORRUPT {what: 'envelope'} if it is forged. */
  const check = (envelope: Uint8Array): Promise<CafeInfo> =>
    openRecord(cafeInfoRecord, claimOf(cafeInfoRecord, envelope).cafe, envelope)

  /**
   * Takes a record in, if it is newer than what there is.
   * @throws CafeError CORRUPT {what: 'envelope'} if it is forged.
   */
  const learn = async (
    envelope: Uint8Array<ArrayBuffer>,
    from: PeerIdText,
    more: Partial<Pick<KnownRow, 'answered' | 'named'>> = {},
  ): Promise<CafeInfo> => {
    const info = await check(envelope)
    const now = clock()
    const before = entries.get(info.cafe)
    const isTimely = info.ts <= now + RECORD_SKEW && info.ts + info.ttl >= now
    const isNews = !before || info.seq > before.info.seq
    if (info.cafe === self || !isTimely || dialable(info.cafe, info.addresses, addresses()).length === 0) return info
    if (before) {
      // What it says itself counts as coming from it, whoever told first.
      const teller = from === info.cafe ? from : before.from
      const fresh = isNews ? { envelope, info, heard: now } : {}
      if (isNews || teller !== before.from || more.answered || more.named)
        await rows.commit([put({ ...before, ...fresh, from: teller, ...more })])
      return info
    }
    const entry = { envelope, info, from, heard: now, answered: 0, named: 0, marked: 0, ...more }
    const room = makeRoom(entry)
    if (room) await rows.commit([...room, put(entry)])
    return info
  }

  return {
    check,
    learn,
    has: (cafe: PeerIdText): boolean => entries.has(cafe),
    /** It has answered just now. Not written down each time: to the hour is enough. */
    async answered(cafe: PeerIdText): Promise<void> {
      if (clock() - (entries.get(cafe)?.answered ?? 0) > ANSWERED_STEP) await change(cafe, { answered: clock() })
    },
    /** It lied just now. */
    mark: (cafe: PeerIdText) => change(cafe, { marked: clock() + MARK_TTL }),
    isMarked(cafe: PeerIdText): boolean {
      const entry = entries.get(cafe)
      return entry !== undefined && isMarked(entry)
    },
    isGood: isGoodCafe,
    /** Those that are not marked, good or only heard of, with where they can be dialled. */
    usable(
      good: boolean,
    ): ReadonlyArray<{ cafe: PeerIdText; named: boolean; envelope: Uint8Array<ArrayBuffer>; at(): readonly string[] }> {
      const now = clock()
      return [...entries.values()]
        .filter((entry) => isGood(entry) === good && !isMarked(entry) && !isOver(entry))
        .map(({ info, named, envelope }) => ({
          ...{ cafe: info.cafe, envelope, named: named > now - KNOWN_GOOD },
          at: () => dialable(info.cafe, info.addresses, addresses()),
        }))
    },
    list: (): readonly KnownCafe[] =>
      [...entries.values()]
        .filter((entry) => !isOver(entry))
        .map((entry) => ({
          ...{ cafe: entry.info.cafe, name: entry.info.name, addresses: entry.info.addresses },
          answered: entry.answered || null,
          marked: isMarked(entry) ? entry.marked : null,
        })),
    /** @throws CafeError CORRUPT {what: 'envelope'} if it is not a record of exactly this cafe. */
    async demandOwn(envelope: Uint8Array | undefined, cafe: PeerIdText): Promise<void> {
      const info = envelope && (await openRecord(cafeInfoRecord, cafe, envelope))
      if (info?.cafe !== cafe) throw new CafeError('CORRUPT', { what: 'envelope' })
    },
  }
}
