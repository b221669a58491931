/**
 * How much room there is: what every account is charged, and what the cafe as a whole may keep. Room is taken in memory
 * before anything is awaited and given back if the commit fails, so no two uploads can be promised the same bytes.
 *
 * The cafe is charged like its accounts (a block once for every root that has it) plus what is not collected yet: an upper
 * bound of what is on the disk for clients. `navigator.storage.estimate()` cannot tell how much would fit, so the budget
 * is the host's word.
 */
import type { Clock } from '../../core/clock.ts'
import { type CafeError, toCafeError } from '../../core/errors.ts'
import { CAFE_BUDGET } from '../../core/limits.ts'
import type { Change } from '../../store/rows.ts'
import type { LeaseRow, PinStore } from './store.ts'

/** A lease as it counts: `running` while its upload is under way here. */
export interface Leased {
  readonly row: LeaseRow
  readonly running: boolean
}

export interface RoomStatus {
  readonly budget: number
  /** Bytes charged to accounts for what they pinned. */
  readonly pinned: number
  /** Bytes of unfinished uploads. */
  readonly leased: number
  /** Bytes that a collection can free, about. */
  readonly collectable: number
  /** When the disk itself last refused a write (milliseconds since the epoch), though the budget allowed it. */
  readonly diskFull?: number | undefined
}

/** A running upload pays what it may still bring; an interrupted one what it holds. */
export const chargeOf = ({ row, running }: Leased): number => (running ? Math.max(row.bytes, row.offered) : row.offered)

export class Room {
  readonly #store: PinStore
  readonly #clock: Clock
  readonly #leases = new Map<string, Map<string, Leased>>()
  #budget = CAFE_BUDGET
  #pinned = 0
  #leased = 0
  #doomed = 0
  #unlisted = false
  #erasures = 0
  #collections = 0
  #collecting = false
  #diskFull: number | undefined

  private constructor(store: PinStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Counts what the rows say. Every lease found is an interrupted one. */
  static async load(store: PinStore, clock: Clock): Promise<Room> {
    const room = new Room(store, clock)
    const [row, usages, leases] = await Promise.all([store.room.get('me'), store.usage.list([]), store.leases.list([])])
    if (row) {
      room.#budget = row.budget
      room.#doomed = row.doomed
      room.#unlisted = row.unlisted
    }
    for (const { row } of usages) room.#pinned += row.bytes
    for (const { key, row } of leases) room.lease(key[0] as string, key[1] as string, { row, running: false })
    return room
  }

  get status(): RoomStatus {
    return {
      budget: this.#budget,
      pinned: this.#pinned,
      leased: this.#leased,
      collectable: this.#doomed,
      ...(this.#diskFull === undefined ? {} : { diskFull: this.#diskFull }),
    }
  }

  /** Bytes that may still be promised. */
  get free(): number {
    return Math.max(0, this.#budget - this.#pinned - this.#leased - this.#doomed)
  }

  get doomed(): number {
    return this.#doomed
  }

  /** Grows whenever lists are dropped unswept. */
  get erasures(): number {
    return this.#erasures
  }

  /** A collection has begun or ended. */
  collecting(now: boolean): void {
    this.#collections++
    this.#collecting = now
  }

  /** Gives a question: has any collection been under way since now? It may have counted on lists that are to go. */
  sinceNow(): () => boolean {
    const before = this.#collecting ? -1 : this.#collections
    return () => this.#collections !== before
  }

  get unlisted(): boolean {
    return this.#unlisted
  }

  /** Leases of all accounts that nobody will resume. */
  *expired(now: number): Generator<readonly [account: string, id: string, leased: Leased]> {
    for (const [account, leases] of this.#leases)
      for (const [id, leased] of leases) if (!leased.running && leased.row.expires <= now) yield [account, id, leased]
  }

  leasesOf(account: string): ReadonlyMap<string, Leased> {
    return this.#leases.get(account) ?? new Map()
  }

  /** Notes how it stands with a lease; undefined: it is gone. */
  lease(account: string, id: string, next: Leased | undefined): void {
    const leases = this.#leases.get(account) ?? new Map<string, Leased>()
    const before = leases.get(id)
    this.#leased += (next ? chargeOf(next) : 0) - (before ? chargeOf(before) : 0)
    if (next) leases.set(id, next)
    else leases.delete(id)
    if (leases.size > 0) this.#leases.set(account, leases)
    else this.#leases.delete(account)
  }

  /** Notes a change of what accounts pay for their pins. */
  pinned(bytes: number): void {
    this.#pinned += bytes
  }

  /**
   * Bytes are not charged to anybody from now on, and not collected yet (or are now, if negative). Gives the change to
   * commit with it; {@link commit} takes it back if that fails.
   */
  doom(bytes: number, { unlisted }: { unlisted?: boolean } = {}): Change {
    this.#doomed = Math.max(0, this.#doomed + bytes)
    if (unlisted) this.#erasures++
    this.#unlisted = unlisted ?? this.#unlisted
    return this.#change()
  }

  async setBudget(budget: number): Promise<void> {
    const before = this.#budget
    this.#budget = budget
    await this.commit([this.#change()], () => {
      this.#budget = before
    })
  }

  /** Commits; if that fails, `undo` gives back what was noted in advance. @throws CafeError. */
  async commit(changes: readonly Change[], undo: () => void = () => {}): Promise<void> {
    try {
      await this.#store.rows.commit(changes)
    } catch (error) {
      undo()
      throw this.noteFailure(error)
    }
  }

  /** Remembers that the disk was full, if that is what happened. */
  noteFailure(error: unknown): CafeError {
    const failure = toCafeError(error)
    if (failure.code === 'QUOTA' && failure.data.disk === true) this.#diskFull = this.#clock()
    return failure
  }

  #change(): Change {
    return this.#store.room.put(['me'], { budget: this.#budget, doomed: this.#doomed, unlisted: this.#unlisted })
  }
}
