/**
 * Slots: an account's own sealed records, each in two versions. A version is written only over the one its writer has
 * seen, in one commit with its receipt; so whoever asks again gets the same receipt, whatever happened in between.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { type Address, hex, sameBytes, unhex } from '../../core/ids.ts'
import { CLIENT_SLOT_BYTES, CLIENT_SLOTS, SLOT_SHARE } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { sha256 } from '../../crypto/bytes.ts'
import type { Change } from '../../store/rows.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import type { Vouch } from '../vouch.ts'
import { type SlotVersion, type SlotWish, slotReceiptRecord } from './protocol.ts'
import { type Bounds, grown, type Room } from './room.ts'
import { NOTHING, type SlotRow, type SnapshotStore, type UsageRow } from './store.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface Slots {
  /**
   * Writes a version whose body `take` brings, and gives the signed receipt. What cannot be written is refused before the
   * body is taken.
   * @throws CafeError CONFLICT {seq}; QUOTA; BAD_REQUEST {at}; UNAUTHORIZED if the client left meanwhile.
   */
  put(session: Session, wish: SlotWish, take: () => Promise<Bytes>): Promise<Bytes>
  /** @throws CafeError CORRUPT {what: 'slot'} for a version that is kept but damaged. */
  get(account: Address, slot: Bytes, seq?: number): Promise<{ seq: number; body: Bytes } | undefined>
  /** Bytes of what `get` would give; 0 for nothing. */
  sizeOf(account: Address, slot: Bytes, seq?: number): Promise<number>
  list(account: Address): Promise<readonly SlotVersion[]>
  count(account: Address): Promise<number>
  /** @throws CafeError CONFLICT {seq} where another version is there. */
  remove(account: Address, slot: Bytes, expect: number): Promise<void>
  readonly erase: Part['erase']
}

export interface SlotComponents {
  readonly store: SnapshotStore
  readonly room: Room
  readonly serial: Serial
  readonly clock: Clock
  readonly stands: Stands
  readonly vouch: Vouch
}

const BOUNDS: Bounds = { what: 'slots', records: CLIENT_SLOTS, bytes: CLIENT_SLOT_BYTES, share: SLOT_SHARE }

export function createSlots(components: SlotComponents): Slots {
  const { store, room, serial, stands } = components
  const inTurn = <T>(account: string, task: () => Promise<T>): Promise<T> => serial(`slots/${account}`, task)

  const find = async (account: Address, slot: Bytes, wanted?: number) => {
    const row = await store.slots.get(account, hex(slot))
    return row && ([row, row.before].find((one) => one?.seq === (wanted ?? row.seq)) ?? undefined)
  }

  return {
    async put(session, wish, take) {
      if (wish.seq <= wish.expect) throw new CafeError('BAD_REQUEST', { at: 'seq' })
      const before = await plan(components, session, wish)
      if ('done' in before) return before.done
      const body = await take()
      if (body.byteLength !== wish.size || !sameBytes(await sha256(body), wish.hash))
        throw new CafeError('BAD_REQUEST', { at: 'body' })
      return inTurn(session.account, async () => {
        // What was planned before the body came may be out of date.
        if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
        const now = await plan(components, session, wish)
        return 'done' in now ? now.done : write(components, session.account, wish, body, now)
      })
    },
    async get(account, slot, wanted) {
      const found = await find(account, slot, wanted)
      if (!found) return undefined
      const body = await wholeBody(store, account, slot, found)
      if (!body) throw new CafeError('CORRUPT', { what: 'slot' })
      return { seq: found.seq, body }
    },
    sizeOf: async (account, slot, wanted) => (await find(account, slot, wanted))?.size ?? 0,
    count: async (account) => ((await store.slotUsage.get(account)) ?? NOTHING).records,
    async list(account) {
      const found = await store.slots.list([account])
      return found.map(({ key, row: { seq, hash, size, time, before } }) => ({
        ...{ slot: unhex(key[1] as string), seq, hash, size, time },
        before: before?.seq,
      }))
    },
    remove: (account, slot, expect) =>
      inTurn(account, async () => {
        const key = hex(slot)
        const row = await store.slots.get(account, key)
        if (!row) return
        if (row.seq !== expect) throw new CafeError('CONFLICT', { seq: row.seq })
        const bytes = sizeOf(row)
        const usage = (await store.slotUsage.get(account)) ?? NOTHING
        const left = { records: usage.records - 1, bytes: usage.bytes - bytes }
        await room.commit(-bytes, [...removal(store, account, key, row), store.slotUsage.put([account], left)])
      }),
    erase: (account, commit) =>
      inTurn(account, async () => {
        const found = await store.slots.list([account])
        const usage = (await store.slotUsage.get(account)) ?? NOTHING
        const changes = found.flatMap(({ key, row }) => removal(store, account, key[1] as string, row))
        const done = await commit([...changes, store.slotUsage.remove(account)], found.length)
        room.freed(usage.bytes)
        return done
      }),
  }
}

type Plan =
  | { readonly done: Bytes }
  | { readonly row: SlotRow | undefined; readonly usage: UsageRow; readonly bytes: number; readonly mends: boolean }

/** What a put comes to: it is done already, or changes this. */
async function plan({ store }: SlotComponents, { account, quota }: Session, wish: SlotWish): Promise<Plan> {
  const row = await store.slots.get(account, hex(wish.slot))
  const usage = (await store.slotUsage.get(account)) ?? NOTHING
  if (row && row.seq === wish.seq && sameBytes(row.hash, wish.hash)) {
    if (await wholeBody(store, account, wish.slot, row)) return { done: row.receipt }
    return { row, usage, bytes: 0, mends: true }
  }
  if ((row?.seq ?? 0) !== wish.expect) throw new CafeError('CONFLICT', { seq: row?.seq ?? 0 })
  const bytes = wish.size - (row?.before?.size ?? 0)
  return { row, usage: grown(usage, { records: row ? 0 : 1, bytes }, { ...BOUNDS, quota }), bytes, mends: false }
}

async function write(
  { store, room, clock, vouch }: SlotComponents,
  account: Address,
  { slot, seq, hash, size }: SlotWish,
  body: Bytes,
  { row, usage, bytes, mends }: Exclude<Plan, { done: Bytes }>,
): Promise<Bytes> {
  const key = hex(slot)
  const stored = store.bodies.put([account, key, String(seq)], body)
  if (row && mends) {
    await room.commit(0, [stored])
    return row.receipt
  }
  const time = clock()
  const receipt = await vouch(slotReceiptRecord, account, { slot, seq, hash, time })
  const before = row ? { seq: row.seq, hash: row.hash, size: row.size } : null
  await room.commit(bytes, [
    stored,
    ...(row?.before ? [store.bodies.remove(account, key, String(row.before.seq))] : []),
    store.slots.put([account, key], { seq, hash, size, time, receipt, before }),
    store.slotUsage.put([account], usage),
  ])
  return receipt
}

/** The body of a version, if it is what was signed for. */
async function wholeBody(
  store: SnapshotStore,
  account: Address,
  slot: Bytes,
  { seq, hash }: Pick<SlotRow, 'seq' | 'hash'>,
): Promise<Bytes | undefined> {
  try {
    const body = await store.bodies.get(account, hex(slot), String(seq))
    return body && sameBytes(await sha256(body), hash) ? body : undefined
  } catch (error) {
    // As good as one that is not there: the owner has another, or puts it again.
    if (isCafeError(error) && error.code === 'CORRUPT') return undefined
    throw error
  }
}

const sizeOf = ({ size, before }: SlotRow): number => size + (before?.size ?? 0)

const removal = (store: SnapshotStore, account: string, key: string, { seq, before }: SlotRow): Change[] => [
  store.slots.remove(account, key),
  store.bodies.remove(account, key, String(seq)),
  ...(before ? [store.bodies.remove(account, key, String(before.seq))] : []),
]
