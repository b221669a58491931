/**
 * The journal of one unfinished upload: every block is in its list, on the medium, before the client is told that it is
 * here or asked to send it. So a collection knows what may not go, and the upload can be resumed after any end.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { LEASE_TTL, LIST_BLOCKS, WALK_BLOCKS } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { type Listed, listPlace, packList, unpackList } from '../../store/block-list.ts'
import { HashSet } from '../../store/hash-set.ts'
import type { Change } from '../../store/rows.ts'
import type { Room } from './room.ts'
import { accountKey, type LeaseRow, leaseHolder, type PinStore, removeLists } from './store.ts'

export interface LeaseComponents {
  readonly store: PinStore
  readonly room: Room
  readonly clock: Clock
  readonly serial: Serial
}

export class Lease {
  readonly account: string
  readonly id: string
  /** It was interrupted before and goes on now. */
  readonly resumed: boolean
  readonly #components: LeaseComponents
  readonly #listed = new HashSet()
  /** Rows of the list, and what the last one holds. */
  #lists: number
  #tail: readonly Listed[] = []
  #row: LeaseRow

  private constructor(components: LeaseComponents, account: string, id: string, row: LeaseRow) {
    this.#components = components
    this.account = account
    this.id = id
    this.resumed = row.lists > 0
    this.#lists = row.lists
    this.#row = row
  }

  /** The lease of `row`, with all it holds already. */
  static async open(components: LeaseComponents, account: string, id: string, row: LeaseRow): Promise<Lease> {
    const lease = new Lease(components, account, id, row)
    const { lists } = components.store
    for (let place = 0; place < row.lists; place++) {
      const list = await lists.get(account, leaseHolder(id), listPlace(place))
      lease.#tail = list ? unpackList(list) : []
      for (const { hash } of lease.#tail) lease.#listed.add(hash)
    }
    return lease
  }

  get row(): LeaseRow {
    return this.#row
  }

  has(hash: Uint8Array): boolean {
    return this.#listed.has(hash)
  }

  /**
   * Lists blocks that are not yet, and resolves when that is on the medium.
   * @throws CafeError QUOTA past the declared bytes; BAD_REQUEST past the limit of blocks; UNAUTHORIZED if the account was
   * erased meanwhile.
   */
  add(blocks: readonly Listed[]): Promise<void> {
    return this.#components.serial(accountKey(this.account), () => this.#add(blocks))
  }

  async #add(blocks: readonly Listed[]): Promise<void> {
    const { room, clock } = this.#components
    if (!room.leasesOf(this.account).has(this.id)) throw new CafeError('UNAUTHORIZED')
    const before = this.#row
    const fresh = blocks.filter(({ hash }) => this.#listed.add(hash))
    const offered = before.offered + fresh.reduce((sum, { size }) => sum + size, 0)
    const count = before.blocks + fresh.length
    if (offered > before.bytes) throw new CafeError('QUOTA', { declared: before.bytes })
    if (count > WALK_BLOCKS) throw new CafeError('BAD_REQUEST', { blocks: WALK_BLOCKS })
    const now = clock()
    if (fresh.length === 0 && before.expires - now > LEASE_TTL / 2) return
    const changes = this.#append(fresh)
    this.#row = { ...before, offered, blocks: count, lists: this.#lists, expires: now + LEASE_TTL }
    changes.push(this.#components.store.leases.put([this.account, this.id], this.#row))
    room.lease(this.account, this.id, { row: this.#row, running: true })
    await room.commit(changes)
  }

  /** Fills the last row of the list, and begins others. */
  #append(fresh: readonly Listed[]): Change[] {
    const changes: Change[] = []
    for (let at = 0; at < fresh.length; ) {
      if (this.#tail.length === LIST_BLOCKS) this.#tail = []
      if (this.#tail.length === 0) this.#lists++
      const more = fresh.slice(at, at + LIST_BLOCKS - this.#tail.length)
      this.#tail = [...this.#tail, ...more]
      at += more.length
      const key = [this.account, leaseHolder(this.id), listPlace(this.#lists - 1)]
      changes.push(this.#components.store.lists.put(key, packList(this.#tail)))
    }
    return changes
  }

  /** Changes by which it is over: its row goes, and its list too unless a collection is to look at that. */
  end({ lists }: { lists: boolean }): Change[] {
    const { store } = this.#components
    const remove = store.leases.remove(this.account, this.id)
    return lists ? [remove, ...removeLists(store, this.account, leaseHolder(this.id), this.#lists)] : [remove]
  }
}
