/**
 * Slots between this device and one cafe. Nothing is written over what has not been seen: every put says what it believes is
 * there, and where something else is, that is fetched, merged, and a version above both is put. What a cafe has signed for is
 * kept, so one that shows less later is named with its own signature.
 */
import type { SnapshotClient } from '../cafe/snapshot/client.ts'
import type { SlotVersion } from '../cafe/snapshot/protocol.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../core/errors.ts'
import { hex, type PeerIdText, sameBytes } from '../core/ids.ts'
import type { Account } from '../crypto/account.ts'
import { sha256, unshared } from '../crypto/bytes.ts'
import { authorized, type Cafes } from './cafes.ts'
import { isSafe, MANIFEST, type SlotAt, type SlotRow, type SlotStore } from './slot-row.ts'
import { createSealing, type Sealing } from './slot-seal.ts'
import type { Subjects } from './slot-subject.ts'

export type SlotClient = Pick<SnapshotClient, 'put' | 'get' | 'list' | 'remove'>

export interface SlotExchangeComponents {
  readonly account: () => Account
  readonly cafes: Pick<Cafes, 'access'>
  readonly snapshots: SlotClient
  readonly store: SlotStore
  readonly subjects: Subjects
  readonly clock: Clock
}

export interface SlotExchange extends Sealing {
  /** Finds out what a cafe has, names it if that is less than it signed for, and fetches what is new to us. */
  compare(cafe: PeerIdText, signal: AbortSignal): Promise<void>
  /** What a cafe still has to be told: keys of slots to be put, and of those to be emptied. */
  due(cafe: PeerIdText): Promise<{ readonly puts: readonly string[]; readonly removals: readonly string[] }>
  /** @throws CafeError of the path; the cafe's refusal. */
  bring(cafe: PeerIdText, key: string, signal: AbortSignal): Promise<void>
  remove(cafe: PeerIdText, key: string, signal: AbortSignal): Promise<void>
}

/** Attempts to empty a slot that another device writes to meanwhile. */
const ATTEMPTS = 3

export function createSlotExchange(components: SlotExchangeComponents): SlotExchange {
  const { account, cafes, snapshots, store, subjects, clock } = components

  const { renew, absorb } = createSealing({ store, subjects, clock })

  const clear = (cafe: PeerIdText, slot: Uint8Array, expect: number, signal: AbortSignal): Promise<void> =>
    authorized(cafes, cafe, signal, (auth) => snapshots.remove(cafe, { slot, expect }, { auth, signal }))

  const fetch = (cafe: PeerIdText, slot: Uint8Array, signal: AbortSignal, seq?: number) =>
    authorized(cafes, cafe, signal, (auth) => snapshots.get(cafe, slot, { auth, signal, seq }))

  /** What a cafe has there cannot be opened: takes in the version before, if it has that, and makes room for ours. */
  const mend = async (cafe: PeerIdText, there: Place, { seq, body }: Found, signal: AbortSignal): Promise<void> => {
    const before = there.before === undefined ? undefined : await fetch(cafe, there.slot, signal, there.before)
    // What comes of it is in the rows; a second one that is damaged is no worse.
    if (before) await absorb(there.slot, before).catch(() => {})
    const row = there.key === undefined ? undefined : await store.slots.get(there.key)
    if (!row || there.key === undefined) {
      if (there.key !== undefined) await store.note(cafe, there.key, { there: seq, reason: 'CORRUPT' })
    } else if (row.seq > seq) {
      await store.note(cafe, there.key, { there: seq, hash: await sha256(body) })
    } else {
      await clear(cafe, there.slot, seq, signal)
      await store.note(cafe, there.key, { there: 0, hash: undefined })
    }
  }

  const pull = async (cafe: PeerIdText, there: Place, signal: AbortSignal): Promise<void> => {
    const found = await fetch(cafe, there.slot, signal)
    if (!found) {
      if (there.key !== undefined) await store.note(cafe, there.key, { there: 0, hash: undefined })
      return
    }
    try {
      const { key } = await absorb(there.slot, found, there.overOurs)
      await store.note(cafe, key, { there: found.seq, hash: await sha256(found.body) })
    } catch (error) {
      const { code } = toCafeError(error)
      if (code === 'CORRUPT') return mend(cafe, there, found, signal)
      if (code !== 'NOT_FOUND' && code !== 'UNSUPPORTED') throw error
      const key = there.key ?? (code === 'NOT_FOUND' ? (await subjects.open(there.slot, found.body)).key : undefined)
      const reason = code === 'UNSUPPORTED' ? code : undefined
      if (key !== undefined) await store.note(cafe, key, { there: found.seq, reason })
    }
  }

  /** Notes what a cafe has in one slot, and gives the slot if what it has was never seen here. */
  const look = async (cafe: PeerIdText, key: string, there: SlotVersion | undefined): Promise<Place | undefined> => {
    const at = await store.at.get(cafe, key)
    const has = there?.seq ?? 0
    if (await subjects.isGone(key)) {
      if (there) await store.note(cafe, key, { there: has, hash: there.hash })
      else if (at) await store.gone(cafe, key)
      return undefined
    }
    if (at && at.signed > has) await store.accuse(cafe, key, at, clock(), has)
    const row = await store.slots.get(key)
    const isSeen = there && (isHash(there.hash, row?.hash) || isHash(there.hash, at?.hash))
    if (there || at) await noteSeen(store, cafe, key, at, { there: has, hash: isSeen ? there.hash : undefined })
    if (!there || isSeen) return undefined
    const overOurs = row !== undefined && has > row.seq && isSame(row, at)
    return { slot: unshared(there.slot), key, before: there.before, overOurs }
  }

  const compare: SlotExchange['compare'] = async (cafe, signal) => {
    const all = await authorized(cafes, cafe, signal, (auth) => Array.fromAsync(snapshots.list(cafe, { auth, signal })))
    const listed = new Map(all.map((version) => [hex(version.slot), version]))
    // The manifest first: it says which threads were left, so that nobody is blamed for having emptied their slots.
    const only = hex(await subjects.slotOf(MANIFEST))
    const index = [...(await subjects.index())].filter(([slot]) => slot !== only)
    for (const [slot, key] of [[only, MANIFEST] as const, ...index]) {
      const news = await look(cafe, key, listed.get(slot))
      if (news) await pull(cafe, news, signal)
      listed.delete(slot)
    }
    for (const { slot, before } of listed.values()) await pull(cafe, { slot, key: undefined, before }, signal)
  }

  const bring: SlotExchange['bring'] = async (cafe, key, signal) => {
    const [row, body, at] = [await store.slots.get(key), await store.body(key), await store.at.get(cafe, key)]
    if (!row || !body) return
    const slot = await subjects.slotOf(key)
    const there = at?.there ?? 0
    // Nothing is written over what was never seen here.
    const isUnseen = there > 0 && at?.hash === undefined
    if (isUnseen || there > row.seq || (there === row.seq && !isSame(row, at))) return pull(cafe, { slot, key }, signal)
    const { seq, hash } = row
    try {
      const wish = { slot, seq, body, expect: Math.min(there, seq - 1) }
      const { receipt, envelope } = await authorized(cafes, cafe, signal, (auth) =>
        snapshots.put(cafe, wish, { auth, signal }),
      )
      if (receipt.account !== account().address) throw new CafeError('CORRUPT', { what: 'receipt' })
      await store.confirm(cafe, key, { seq, hash }, { at: clock(), envelope })
    } catch (error) {
      if (!isCafeError(error) || error.code !== 'CONFLICT') throw error
      const has = typeof error.data['seq'] === 'number' ? error.data['seq'] : 0
      if (at && at.signed > has) await store.accuse(cafe, key, at, clock(), has)
      await store.note(cafe, key, { there: has, hash: undefined })
      if (has > 0) await pull(cafe, { slot, key }, signal)
    }
  }

  return {
    renew,
    absorb,
    compare,
    bring,
    async due(cafe) {
      const [slots, places] = await Promise.all([store.slots.list([]), store.at.list([cafe])])
      const at = new Map(places.map(({ key: [, key], row }) => [key, row]))
      const gone = new Set<string>()
      for (const key of at.keys()) if (key !== undefined && (await subjects.isGone(key))) gone.add(key)
      const puts = slots.flatMap(({ key: [key = ''], row }) => {
        const known = at.get(key)
        return gone.has(key) || known?.reason !== undefined || isSafe(row, known) ? [] : [key]
      })
      const removals = [...gone].filter((key) => at.get(key)?.reason === undefined)
      return { puts, removals }
    },
    async remove(cafe, key, signal) {
      let expect = (await store.at.get(cafe, key))?.there ?? 0
      for (let attempt = 1; expect > 0; attempt++) {
        try {
          await clear(cafe, await subjects.slotOf(key), expect, signal)
          break
        } catch (error) {
          if (!isCafeError(error) || error.code !== 'CONFLICT' || attempt === ATTEMPTS) throw error
          expect = typeof error.data['seq'] === 'number' ? error.data['seq'] : 0
        }
      }
      await store.gone(cafe, key)
    },
  }
}

/** A slot at a cafe. */
interface Place {
  readonly slot: Uint8Array
  /** Undefined for a slot of which only its content can say what it is for. */
  readonly key: string | undefined
  /** The version before, where it is still kept. */
  readonly before?: number | undefined
  /** What is there was written over our present version. */
  readonly overOurs?: boolean
}

interface Found {
  readonly seq: number
  readonly body: Uint8Array
}

const isSame = (row: SlotRow, at: SlotAt | undefined): boolean =>
  at?.hash !== undefined && at.there === row.seq && sameBytes(at.hash, row.hash)

const isHash = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && sameBytes(a, b)

/** Notes what a list said, if it is news; what was refused may be tried again. The hash is that of what we have seen. */
async function noteSeen(
  store: SlotStore,
  cafe: PeerIdText,
  key: string,
  at: SlotAt | undefined,
  { there, hash }: Pick<SlotAt, 'there' | 'hash'>,
): Promise<void> {
  const same = hash === undefined ? at?.hash === undefined : isHash(hash, at?.hash)
  if (at?.there !== there || !same || at.reason !== undefined) await store.note(cafe, key, { there, hash })
}
