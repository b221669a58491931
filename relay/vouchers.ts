/**
 * Whom the peers that hold seats admit (`wire/seat.ts` says how they tell): the peers they name, the guests of their
 * invites, strangers where they want them. Kept in memory, for as long as it was said to hold: a peer that comes back
 * within that time need not tell anew before its guests get through. Peer ids are kept as short keyed hashes.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../src/core/clock.ts'
import { CafeError } from '../src/core/errors.ts'
import type { RequestOf } from '../src/wire/protocol.ts'
import { ADMIT_KEYS, ADMIT_TTL, KEY_GUESTS, MAX_ADMITTED, type seatProtocol } from '../src/wire/seat.ts'
import { MAX_LISTS } from './limits.ts'

type Admit = RequestOf<(typeof seatProtocol)['operations']['admit']>
type Voucher = NonNullable<RequestOf<(typeof seatProtocol)['operations']['present']>['voucher']>

/** By what right a guest comes: it is named, it holds an invite, or nobody asks. */
export type Right = 'named' | 'invited' | 'stranger'

/** What became of a voucher. */
export type Shown = 'admitted' | 'again' | 'unknown' | 'expired' | 'forged' | 'used'

export interface Vouchers {
  /** Takes what `seat` says. @throws CafeError QUOTA {peers} or {keys}. */
  admit(seat: string, said: Admit): { peers: number; keys: number }
  /** Looks at a voucher that `guest` shows for `seat`, and remembers it if it admits. */
  show(guest: string, seat: string, voucher: Voucher): Shown
  /** The right of `guest` to reach `seat` now. */
  right(guest: string, seat: string): Right | undefined
  /** Has `seat` said whom it admits? */
  has(seat: string): boolean
  /** Resolves when `seat` has said so, or the signal fires. */
  said(seat: string, signal: AbortSignal): Promise<void>
}

interface Key {
  readonly key: Uint8Array
  readonly until: number
  readonly most: number
  /** Those it has admitted. */
  readonly guests: Set<string>
}

interface List {
  readonly strangers: boolean
  readonly peers: BigUint64Array
  /** By their id, in hex. */
  readonly keys: ReadonlyMap<string, Key>
  readonly until: number
}

interface Draft {
  readonly peers: bigint[]
  readonly keys: Map<string, Key>
}

export function createVouchers(clock: Clock): Vouchers {
  const lists = new Map<string, List>()
  const drafts = new Map<string, Draft>()
  const waiting = new Map<string, Set<() => void>>()
  const secret = randomBytes(32)
  /** 64 bits under a key that nobody knows: nobody can make a peer id that is taken for another. */
  const print = (peer: string): bigint => createHmac('sha256', secret).update(peer).digest().readBigUInt64LE()

  const listOf = (seat: string): List | undefined => {
    const list = lists.get(seat)
    if (list && list.until > clock()) return list
    lists.delete(seat)
    return undefined
  }

  const keep = (seat: string, list: List): void => {
    lists.delete(seat)
    lists.set(seat, list)
    const oldest = lists.keys().next().value
    if (lists.size > MAX_LISTS && oldest !== undefined) lists.delete(oldest)
    for (const resolve of waiting.get(seat) ?? []) resolve()
  }

  /** A key as the relay keeps it: who came by it before stays counted. */
  const keyOf = (seat: string, { key, left, guests = KEY_GUESTS }: Admit['keys'][number]): [string, Key] => {
    const id = createHash('sha256').update(key).digest('hex').slice(0, 32)
    const before = lists.get(seat)?.keys.get(id)?.guests ?? []
    const until = left === undefined ? Number.POSITIVE_INFINITY : clock() + left
    return [id, { key, until, most: guests, guests: new Set(before) }]
  }

  return {
    admit(seat, { anew, more, strangers, peers, keys }) {
      const draft: Draft = (!anew && drafts.get(seat)) || { peers: [], keys: new Map() }
      drafts.delete(seat)
      if (draft.peers.length + peers.length > MAX_ADMITTED) throw new CafeError('QUOTA', { peers: MAX_ADMITTED })
      if (draft.keys.size + keys.length > ADMIT_KEYS) throw new CafeError('QUOTA', { keys: ADMIT_KEYS })
      for (const peer of peers) draft.peers.push(print(peer))
      for (const key of keys) draft.keys.set(...keyOf(seat, key))
      const counts = { peers: draft.peers.length, keys: draft.keys.size }
      if (more) drafts.set(seat, draft)
      else {
        const until = clock() + ADMIT_TTL
        keep(seat, { strangers, peers: BigUint64Array.from(draft.peers), keys: draft.keys, until })
      }
      const oldest = drafts.keys().next().value
      if (drafts.size > MAX_LISTS && oldest !== undefined) drafts.delete(oldest)
      return counts
    },
    show(guest, seat, { id, proof }) {
      const key = listOf(seat)?.keys.get(Buffer.from(id).toString('hex'))
      if (!key) return 'unknown'
      const expected = createHmac('sha256', key.key).update(guest).digest()
      if (!timingSafeEqual(expected, proof)) return 'forged'
      if (key.until <= clock()) return 'expired'
      if (key.guests.has(guest)) return 'again'
      if (key.guests.size >= key.most) return 'used'
      key.guests.add(guest)
      return 'admitted'
    },
    right(guest, seat) {
      const list = listOf(seat)
      if (!list) return undefined
      if (list.peers.includes(print(guest))) return 'named'
      const now = clock()
      for (const key of list.keys.values()) if (key.until > now && key.guests.has(guest)) return 'invited'
      return list.strangers ? 'stranger' : undefined
    },
    has: (seat) => listOf(seat) !== undefined,
    said(seat, signal) {
      return new Promise((resolve) => {
        const all = waiting.get(seat) ?? new Set()
        const done = (): void => {
          all.delete(done)
          if (all.size === 0) waiting.delete(seat)
          signal.removeEventListener('abort', done)
          resolve()
        }
        if (signal.aborted) return resolve()
        waiting.set(seat, all.add(done))
        signal.addEventListener('abort', done)
      })
    },
  }
}
