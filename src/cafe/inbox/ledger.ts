/**
 * How much lies in the inboxes, and whether more may come: for each account by kind of door and by key, and in all. It is
 * counted in memory, from the rows at the start, so it cannot disagree with them for long. By which key a letter came is
 * only known here and only while the cafe runs; no row says it.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, unhex } from '../../core/ids.ts'
import {
  CAFE_LETTERS,
  CAFE_MAIL,
  DOOR_KEY_SHARE,
  DOOR_SHARES,
  FULL_AFTER,
  INBOX_BYTES,
  INBOX_LETTERS,
  INBOX_SHARE,
  LETTER_COST,
  STRANGERS_A_DAY,
} from '../../core/limits.ts'
import { createIdSet, type IdSet } from './id-set.ts'
import type { DoorClass, MailRoom } from './protocol.ts'
import type { Found, InboxStore } from './store.ts'

/** What a letter takes. */
export interface Incoming {
  readonly id: Uint8Array
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
  /** Takes the room for a letter, as `check`, and a place behind all others. */
  reserve(account: Address, letter: Incoming): Reserved
  /** These are not there any more; or they are remembered still. */
  removed(account: Address, letters: readonly Found[], how: 'forgotten' | 'remembered'): void
  /** False: no such letter is here, nor remembered. True: there may be a row of it. */
  mayKnow(account: Address, id: Uint8Array): boolean
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

interface Amount {
  letters: number
  bytes: number
}

interface Inbox {
  readonly parts: Record<DoorClass, Amount>
  /** By key: what came from it since the cafe opened and is still here. */
  readonly keys: Map<string, Amount>
  /** By place: the key it came by. */
  readonly from: Map<number, string>
  /** Those that are here or remembered. */
  readonly ids: IdSet
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

const nothing = (): Amount => ({ letters: 0, bytes: 0 })
const newParts = () => ({ contact: nothing(), introduced: nothing(), stranger: nothing() })
const newInbox = (): Inbox => ({
  parts: newParts(),
  ...{ keys: new Map(), from: new Map(), ids: createIdSet(), last: 0, remembered: 0, day: 0, strangers: 0 },
})

function add(amount: Amount, letters: number, bytes: number): void {
  amount.letters += letters
  amount.bytes += bytes
}

const partOf = ({ letters, bytes }: Readonly<Amount>, share: number): Amount => ({
  letters: Math.floor(letters * share),
  bytes: Math.floor(bytes * share),
})

/** What one part of an inbox may hold. */
const mostOf = (door: DoorClass, quota: number): Amount =>
  partOf({ letters: INBOX_LETTERS, bytes: Math.min(INBOX_BYTES, quota * INBOX_SHARE) }, DOOR_SHARES[door])

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

  await eachLetter(store, (account, { id, row }) => {
    const inbox = of(account)
    inbox.ids.add(unhex(id))
    inbox.last = Math.max(inbox.last, row.seq)
    if (row.door === 'stranger') countDay(inbox, row.time)
    if (row.gone) inbox.remembered += 1
    else for (const { [row.door]: amount } of [inbox.parts, totals]) add(amount, 1, row.size + LETTER_COST)
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
    reserve(account, letter) {
      check(account, letter)
      const { id, door, key } = letter
      const bytes = letter.size + LETTER_COST
      const inbox = of(account)
      const seq = Math.max(inbox.last + 1, clock() * PLACES)
      inbox.last = seq
      inbox.ids.add(id)
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
          inbox.ids.remove(id)
          take(inbox, door, seq, bytes)
          if (door === 'stranger' && inbox.day === day) inbox.strangers -= 1
        },
      }
    },
    removed(account, letters, how) {
      const inbox = of(account)
      for (const { id, row } of letters) {
        if (row.gone) inbox.remembered -= 1
        else take(inbox, row.door, row.seq, row.size + LETTER_COST)
        if (how === 'remembered') inbox.remembered += 1
        else inbox.ids.remove(unhex(id))
      }
    },
    mayKnow: (account, id) => inboxes.get(account)?.ids.mayHave(id) ?? false,
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

export const fullnessOf = ({ used, limit }: MailRoom): number => (limit === 0 ? 1 : used / limit)

/** Rows read at once: some hundred KB. */
const COUNTED = 1000

/** All letters that can be read, those that are remembered only among them. */
async function eachLetter(store: InboxStore, visit: (account: string, letter: Found) => void): Promise<void> {
  for (let after: string | undefined; ; ) {
    let seen = 0
    const see = (key: readonly string[]): void => {
      seen += 1
      const at = key.join('/')
      if (after === undefined || at > after) after = at
    }
    const page = await store.letters.list([], { after, limit: COUNTED, damaged: see })
    for (const { key, row } of page) {
      see(key)
      visit(key[0] as string, { id: key[1] as string, row })
    }
    if (seen < COUNTED) return
  }
}
