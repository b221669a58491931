/**
 * How much lies in the inboxes, and whether more may come: for each account by kind of door and by key, and in all. It is
 * counted in memory, from the rows at the start, so it cannot disagree with them for long. By which key a letter came is
 * only known here and only while the cafe runs; no row says it.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address } from '../../core/ids.ts'
import {
  CAFE_LETTERS,
  CAFE_MAIL,
  DOOR_KEY_SHARE,
  DOOR_SHARES,
  FULL_AFTER,
  INBOX_MEMORY,
  LETTER_COST,
  STRANGERS_A_DAY,
} from '../../core/limits.ts'
import { type Amount, add, fullnessOf, mostOf, newParts, nothing, partOf } from './amounts.ts'
import type { Letter } from './letters.ts'
import { createPlaces, type Places } from './places.ts'
import type { DoorClass, MailRoom } from './protocol.ts'
import { eachGone, type Gone, type InboxStore } from './store.ts'

/** What a letter takes. */
export interface Incoming {
  /** Hex. */
  readonly id: string
  readonly size: number
  readonly door: DoorClass
  /** Names its key among those of the account; undefined for a stranger's. */
  readonly key: string | undefined
  /** What the recipient may pin. */
  readonly quota: number
}

export interface Reserved {
  readonly seq: number
  /** It did not come after all. */
  release(): void
}

export interface Ledger {
  /** @throws CafeError QUOTA {after, what} where there is no room for it. */
  check(account: Address, letter: Incoming): void
  /** Takes the room for a letter that ends then, as `check`, and a place behind all others. */
  reserve(account: Address, letter: Incoming, expires: number): Reserved
  /** These are not here any more. */
  removed(account: Address, letters: readonly Letter[]): void
  /** These are remembered in a row of that place. */
  remember(account: Address, gone: Gone): void
  forget(account: Address, gone: Gone): void
  /** Where a letter may lie, and in which rows it may be remembered: most are nowhere. */
  placesOf(account: Address, id: string): { readonly here: readonly number[]; readonly gone: readonly number[] }
  /** Inboxes where letters are over, or more are remembered than need be. */
  due(): Address[]
  /** Of what is here or remembered the first ends then. */
  endsFrom(account: Address, first: number): void
  erased(account: Address): void
  /** How full the fullest part is, of those for people who were let in. */
  room(account: Address, quota: number): MailRoom
  /** The last place that was given. */
  last(account: Address): number
  /** Letters that are remembered only. */
  remembered(account: Address): number
  /** Bytes and letters of all inboxes. */
  readonly total: Readonly<Amount>
  /** Of one, by kind of door. */
  amounts(account: Address): Readonly<Record<DoorClass, Readonly<Amount>>>
}

interface Inbox {
  readonly parts: Record<DoorClass, Amount>
  /** By key: what came from it since the cafe opened and is still here. */
  readonly keys: Map<string, Amount>
  /** By place: the key it came by. */
  readonly from: Map<number, string>
  readonly here: Places
  readonly gone: Places
  /** Before this nothing ends. */
  ends: number
  last: number
  remembered: number
  /** Strangers' letters of a day. */
  day: number
  strangers: number
}

const DAY = 86_400_000
/** Places are given by the time, in microseconds: so they rise also where the rows of earlier ones are lost. */
const PLACES = 1000
const PARTS = ['contact', 'introduced', 'stranger'] as const

const NOWHERE = { here: [], gone: [] } as const

const newInbox = (): Inbox => ({
  parts: newParts(),
  ...{ keys: new Map(), from: new Map(), here: createPlaces(), gone: createPlaces() },
  ...{ ends: Number.POSITIVE_INFINITY, last: 0, remembered: 0, day: 0, strangers: 0 },
})

export interface LedgerComponents {
  readonly store: InboxStore
  readonly clock: Clock
  /** What all inboxes may hold. */
  readonly most?: Readonly<Amount>
}

const MOST: Amount = { letters: CAFE_LETTERS, bytes: CAFE_MAIL }

/** Counts what the rows say. */
export async function createLedger({ store, clock, most = MOST }: LedgerComponents): Promise<Ledger> {
  const inboxes = new Map<string, Inbox>()
  /** Of all inboxes; each kind of door has the same part of the cafe as of an inbox. */
  const totals = newParts()

  const of = (account: string): Inbox => {
    const inbox = inboxes.get(account) ?? newInbox()
    inboxes.set(account, inbox)
    return inbox
  }

  const countDay = (inbox: Inbox, time: number): void => {
    const day = Math.floor(time / DAY)
    if (day > inbox.day) inbox.strangers = 0
    if (day >= inbox.day) inbox.strangers += 1
    inbox.day = Math.max(inbox.day, day)
  }

  /** What is true of letters that are here, and of those that are remembered. */
  const know = (inbox: Inbox, { seq, time, expires, door }: Letter): void => {
    inbox.last = Math.max(inbox.last, seq)
    inbox.ends = Math.min(inbox.ends, expires)
    if (door === 'stranger') countDay(inbox, time)
  }
  const remember: Ledger['remember'] = (account, { place, letters }) => {
    const inbox = of(account)
    inbox.remembered += letters.length
    for (const { id } of letters) inbox.gone.add(id, place)
  }

  await store.letters.each((account, letter) => {
    const inbox = of(account)
    know(inbox, letter)
    inbox.here.add(letter.id, letter.seq)
    for (const { [letter.door]: amount } of [inbox.parts, totals]) add(amount, 1, letter.size + LETTER_COST)
  })
  await eachGone(store, (account, gone) => {
    for (const letter of gone.letters) know(of(account), letter)
    remember(account as Address, gone)
  })

  const check: Ledger['check'] = (account, { size, door, key, quota }) => {
    const inbox = inboxes.get(account) ?? newInbox()
    const bytes = size + LETTER_COST
    const limit = mostOf(door, quota)
    const full = (what: string, after = FULL_AFTER): never => {
      throw new CafeError('QUOTA', { after, what })
    }
    const fits = (amount: Amount, { letters: maxLetters, bytes: maxBytes }: Readonly<Amount>): boolean =>
      amount.letters + 1 <= maxLetters && amount.bytes + bytes <= maxBytes
    const now = clock()
    if (door === 'stranger' && inbox.day === Math.floor(now / DAY) && inbox.strangers >= STRANGERS_A_DAY)
      full('day', DAY - (now % DAY))
    if (!fits(inbox.parts[door], limit)) full(door)
    const own = partOf(limit, DOOR_KEY_SHARE)
    if (key !== undefined && !fits(inbox.keys.get(key) ?? nothing(), own)) full('sender')
    if (!fits(totals[door], partOf(most, DOOR_SHARES[door]))) full('cafe')
  }

  /** Its key has so much less here. */
  const unbind = (inbox: Inbox, seq: number, bytes: number): void => {
    const key = inbox.from.get(seq)
    const amount = key !== undefined && inbox.keys.get(key)
    if (key === undefined || !amount) return
    inbox.from.delete(seq)
    add(amount, -1, -bytes)
    if (amount.letters === 0) inbox.keys.delete(key)
  }

  const take = (inbox: Inbox, door: DoorClass, seq: number, bytes: number): void => {
    for (const parts of [inbox.parts, totals]) add(parts[door], -1, -bytes)
    unbind(inbox, seq, bytes)
  }

  return {
    check,
    reserve(account, letter, expires) {
      check(account, letter)
      const { id, door, key } = letter
      const bytes = letter.size + LETTER_COST
      const inbox = of(account)
      const seq = Math.max(inbox.last + 1, clock() * PLACES)
      inbox.last = seq
      inbox.ends = Math.min(inbox.ends, expires)
      inbox.here.add(id, seq)
      for (const parts of [inbox.parts, totals]) add(parts[door], 1, bytes)
      const day = Math.floor(clock() / DAY)
      if (door === 'stranger') countDay(inbox, clock())
      if (key !== undefined) {
        const amount = inbox.keys.get(key) ?? nothing()
        inbox.keys.set(key, amount)
        inbox.from.set(seq, key)
        add(amount, 1, bytes)
      }
      return {
        seq,
        release() {
          inbox.here.remove(id, seq)
          take(inbox, door, seq, bytes)
          if (door === 'stranger' && inbox.day === day) inbox.strangers -= 1
        },
      }
    },
    removed(account, letters) {
      const inbox = of(account)
      for (const { id, seq, door, size } of letters) {
        take(inbox, door, seq, size + LETTER_COST)
        inbox.here.remove(id, seq)
      }
    },
    remember,
    forget(account, { place, letters }) {
      const inbox = of(account)
      inbox.remembered -= letters.length
      for (const { id } of letters) inbox.gone.remove(id, place)
    },
    placesOf(account, id) {
      const inbox = inboxes.get(account)
      return inbox ? { here: inbox.here.of(id), gone: inbox.gone.of(id) } : NOWHERE
    },
    due() {
      const now = clock()
      const all = [...inboxes].filter(([, { ends, remembered }]) => ends <= now || remembered > INBOX_MEMORY)
      return all.map(([account]) => account as Address)
    },
    endsFrom(account, first) {
      of(account).ends = first
    },
    erased(account) {
      const inbox = inboxes.get(account)
      if (inbox) for (const door of PARTS) add(totals[door], -inbox.parts[door].letters, -inbox.parts[door].bytes)
      inboxes.delete(account)
    },
    room(account, quota) {
      const inbox = inboxes.get(account) ?? newInbox()
      const all = (['contact', 'introduced'] as const).flatMap((door) => {
        const most = mostOf(door, quota)
        return (['letters', 'bytes'] as const).map((unit) => ({
          ...{ used: inbox.parts[door][unit], limit: most[unit], unit },
        }))
      })
      return all.reduce((fullest, one) => (fullnessOf(one) > fullnessOf(fullest) ? one : fullest))
    },
    last: (account) => inboxes.get(account)?.last ?? 0,
    remembered: (account) => inboxes.get(account)?.remembered ?? 0,
    get total() {
      const all = Object.values(totals)
      return {
        letters: all.reduce((sum, { letters }) => sum + letters, 0),
        bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      }
    },
    amounts: (account) => (inboxes.get(account) ?? newInbox()).parts,
  }
}
