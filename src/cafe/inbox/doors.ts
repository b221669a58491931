/**
 * By which doors letters may come to an account: keys it has given out, of which the cafe knows the hashes, and the one of
 * strangers, who have to work. A key that is taken off the list opens nothing any more, from that commit on.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { MAX_STRANGE_LETTER, MIN_MAIL_TTL, WORK_SKEW } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { sha256Now } from '../../crypto/digest.ts'
import { hourOf, isWork } from '../../crypto/work.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import type { DoorClass, LetterWish } from './protocol.ts'
import type { DoorsRow, InboxStore } from './store.ts'

/** The door a letter came by. */
export interface OpenDoor {
  readonly door: DoorClass
  /** Names the key among those of the account; undefined for strangers. */
  readonly key: string | undefined
  /** Letters are kept no longer, whatever their sender wants. */
  readonly maxTtl: number
}

export interface Doors {
  /** @throws CafeError FORBIDDEN {what: 'door'}; BAD_REQUEST {size, limit} for a stranger's that is too long. */
  open(wish: LetterWish): Promise<OpenDoor>
  /** Is the door still there by which a letter came that has been on its way since? @throws as `open`. */
  stillOpen(account: Address, by: OpenDoor): Promise<void>
  /** What is open to strangers. */
  terms(account: Address): Promise<{ readonly strangers: boolean; readonly maxTtl: number }>
  /** @throws CafeError CONFLICT {seq}; UNAUTHORIZED if the client left meanwhile. */
  set(session: Session, doors: DoorsRow): Promise<void>
  readonly erase: Part['erase']
}

export interface DoorComponents {
  readonly cafe: PeerIdText
  readonly store: InboxStore
  readonly serial: Serial
  readonly clock: Clock
  readonly stands: Stands
  /** Of a stranger's work. */
  readonly bits: number
}

interface Known {
  readonly row: DoorsRow | undefined
  /** By hash (hex). */
  readonly keys: ReadonlyMap<string, DoorClass>
}

/** Accounts whose doors are kept in memory: a third of a megabyte each if all their keys are given out. */
const REMEMBERED = 64

export function createDoors({ cafe, store, serial, clock, stands, bits }: DoorComponents): Doors {
  const inTurn = <T>(account: string, task: () => Promise<T>): Promise<T> => serial(`doors/${account}`, task)
  /** Those that were asked for last. */
  const known = new Map<Address, Promise<Known>>()

  const remember = (account: Address, doors: Promise<Known>): void => {
    known.delete(account)
    known.set(account, doors)
    const [oldest] = known.keys()
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest)
  }

  const of = (account: Address): Promise<Known> => {
    const doors = known.get(account) ?? store.doors.get(account).then(readKeys)
    remember(account, doors)
    // What could not be read is read again the next time.
    doors.catch(() => known.get(account) === doors && known.delete(account))
    return doors
  }

  return {
    async open({ to, id, size, door }) {
      const { row, keys } = await of(to)
      if ('key' in door) {
        const key = hex(sha256Now(door.key))
        const kind = keys.get(key)
        if (!row || !kind) throw new CafeError('FORBIDDEN', { what: 'door' })
        return { door: kind, key, maxTtl: row.maxTtl }
      }
      const { hour, nonce } = door
      const isTimely = Math.abs(hour - hourOf(clock())) <= WORK_SKEW
      if (!row?.strangers || !isTimely || !isWork({ cafe, to, id, hour }, nonce, bits))
        throw new CafeError('FORBIDDEN', { what: 'door' })
      if (size > MAX_STRANGE_LETTER) throw new CafeError('BAD_REQUEST', { size, limit: MAX_STRANGE_LETTER })
      return { door: 'stranger', key: undefined, maxTtl: row.maxTtl }
    },
    async stillOpen(account, { key }) {
      const { row, keys } = await of(account)
      const isOpen = key === undefined ? row?.strangers : keys.has(key)
      if (!isOpen) throw new CafeError('FORBIDDEN', { what: 'door' })
    },
    async terms(account) {
      const { row } = await of(account)
      return { strangers: row?.strangers ?? false, maxTtl: row?.maxTtl ?? MIN_MAIL_TTL }
    },
    set: (session, doors) =>
      inTurn(session.account, async () => {
        const { account } = session
        if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
        const before = await store.doors.get(account)
        if (before && before.seq >= doors.seq) {
          if (isSame(before, doors)) return
          throw new CafeError('CONFLICT', { seq: before.seq })
        }
        await store.rows.commit([store.doors.put([account], doors)])
        remember(account, Promise.resolve(readKeys(doors)))
      }),
    erase: (account, commit) =>
      inTurn(account, async () => {
        const row = await store.doors.get(account)
        const done = await commit(row ? [store.doors.remove(account)] : [], row ? 1 : 0)
        known.delete(account)
        return done
      }),
  }
}

const HASH = 32

function readKeys(row: DoorsRow | undefined): Known {
  const keys = new Map<string, DoorClass>()
  const add = (hashes: Uint8Array, door: DoorClass): void => {
    for (let at = 0; at < hashes.byteLength; at += HASH) keys.set(hex(hashes.subarray(at, at + HASH)), door)
  }
  if (row) add(row.hashes.introduced, 'introduced')
  // Last: a key that is both is a contact's.
  if (row) add(row.hashes.contacts, 'contact')
  return { row, keys }
}

const isSame = (one: DoorsRow, other: DoorsRow): boolean =>
  one.seq === other.seq &&
  one.strangers === other.strangers &&
  one.maxTtl === other.maxTtl &&
  sameBytes(one.hashes.contacts, other.hashes.contacts) &&
  sameBytes(one.hashes.introduced, other.hashes.introduced)
