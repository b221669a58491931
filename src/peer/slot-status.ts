/** How it stands with what is kept in slots: "safe at k of n cafes, since when", for each thread and for all. */
import type { CafeError, ErrorCode, ErrorData } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { type Behind, isSafe, MANIFEST, type SlotAt, type SlotStore } from './slot-row.ts'

/** Counted over the cafes that admit us. */
export interface Safety {
  /** Cafes that have signed for the newest version. */
  readonly safe: number
  readonly of: number
  /** When the last of them did; undefined if none has. */
  readonly since: number | undefined
}

export interface SlotStatus extends Safety {
  /** A thread's id, or `manifest`. */
  readonly key: string
  readonly seq: number
  /** Those cafes. */
  readonly at: readonly PeerIdText[]
}

export interface SlotsAtCafe {
  readonly cafe: PeerIdText
  /** Slots of which it does not have the newest version. */
  readonly waiting: number
  /** When it last signed for something, or was seen to have all. */
  readonly since: number | undefined
  /** Why it does not have all, if something is in the way. */
  readonly reason: string | undefined
}

export interface SlotsStatus extends Safety {
  readonly slots: readonly SlotStatus[]
  readonly cafes: readonly SlotsAtCafe[]
  /** Cafes that have shown older versions than they signed for. */
  readonly behind: readonly Behind[]
  /** What could not be sealed, and so is safe nowhere as it is now. */
  readonly problems: readonly { readonly key: string; readonly code: ErrorCode; readonly data: ErrorData }[]
}

export interface SlotsStatusParts {
  readonly store: SlotStore
  readonly active: readonly PeerIdText[]
  readonly reasonOf: (cafe: PeerIdText) => ErrorCode | undefined
  readonly problems: ReadonlyMap<string, CafeError>
  /** What has changed and is to be sealed. */
  readonly unsealed: ReadonlySet<string>
}

export async function slotsStatus({
  store,
  active,
  reasonOf,
  problems,
  unsealed,
}: SlotsStatusParts): Promise<SlotsStatus> {
  const rows = await store.slots.list([])
  const places = new Map<string, SlotAt>()
  for (const { key, row } of await store.at.list([])) places.set(key.join('/'), row)
  const of = active.length
  const isOld = (key: string): boolean => problems.has(key) || unsealed.has(key)
  const isNew = problems.size === 0 && unsealed.size === 0 && rows.some(({ key: [key] }) => key === MANIFEST)
  const slots = rows.map(({ key: [key = ''], row }): SlotStatus => {
    const placeAt = (cafe: PeerIdText): SlotAt | undefined => places.get(`${cafe}/${key}`)
    const at = isOld(key) ? [] : active.filter((cafe) => isSafe(row, placeAt(cafe)))
    return { key, seq: row.seq, safe: at.length, of, at, since: latest(at.map(placeAt)) }
  })
  const cafes = active.map((cafe): SlotsAtCafe => {
    const at = rows.map(({ key: [key = ''], row }) => ({ row, at: places.get(`${cafe}/${key}`) }))
    const waiting = at.filter(({ row, at }) => !isSafe(row, at)).length
    const reason = reasonOf(cafe) ?? at.find(({ at }) => at?.reason !== undefined)?.at?.reason
    return { cafe, waiting, since: latest(at.map(({ at }) => at)), reason }
  })
  const whole = cafes.filter(({ waiting }) => waiting === 0 && isNew)
  return {
    ...{ of, safe: whole.length, since: latest(whole.map(({ since }) => ({ at: since ?? 0 }))), slots, cafes },
    behind: await store.behind(),
    problems: [...problems].map(([key, { code, data }]) => ({ key, code, data })),
  }
}

function latest(all: readonly ({ readonly at: number } | undefined)[]): number | undefined {
  const times = all.flatMap((one) => (one && one.at > 0 ? [one.at] : []))
  return times.length > 0 ? Math.max(...times) : undefined
}
