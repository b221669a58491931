/**
 * The pin engine: what a cafe keeps for its clients, and the only way to change it. Carriers (`service.ts`, others) speak
 * with clients; everything that must hold whatever they do is here.
 *
 * - **Upload.** `begin` declares the bytes and takes the room; `offer` says which blocks are not here; `block` verifies and
 *   stores them; `complete` walks the DAG below the root and commits the reference `(account, root)`. A receipt means: the
 *   whole DAG is on the medium, verified, and referenced.
 * - **Lease.** Until then its blocks stand in the upload's journal (`lease.ts`), charged to the account. An upload that is
 *   `interrupted` (or whose cafe dies) is resumed by the same name within LEASE_TTL and is asked only for what is missing.
 *   One that is `refused` leaves nothing that only it has brought.
 * - **References.** One account's pins are nobody else's business: `unpin` takes one reference. Blocks go when a collection
 *   finds that no list has them (`sources.ts`, `store/collect.ts`).
 * - **Room.** Quota and budget are promised before the first byte and never overshot (`room.ts`).
 *
 * Every step is one strict commit, in an order that leaves at worst blocks that a collection finds.
 */
import type { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import type { Clock, Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText } from '../../core/ids.ts'
import { createSerial } from '../../core/serial.ts'
import { type Listed, listPlace, unpackList } from '../../store/block-list.ts'
import type { Blocks } from '../../store/blocks.ts'
import type { RootSource } from '../../store/collect.ts'
import type { Holds } from '../../store/holds.ts'
import type { Change, RangeOptions, Rows } from '../../store/rows.ts'
import { erase } from './erase.ts'
import { type BeginOptions, type KeepParts, type Owner, type Pinning, pinning } from './pinning.ts'
import { chargeOf, Room, type RoomStatus } from './room.ts'
import { cafeRoots } from './sources.ts'
import { accountKey, type PinRow, pinHolder, pinStore, rootKey, type UsageRow, usageOf } from './store.ts'
import { takeRoom } from './take-room.ts'
import type { UploadComponents } from './upload.ts'
import { storedBlocks, type WalkedSize, walk } from './walk.ts'

export interface KeepComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
  readonly random: Random
  /** There are blocks now that nobody needs. */
  readonly onGarbage?: () => void
  /** Collects them at once: called when an upload would fit then. */
  readonly reclaim?: () => Promise<unknown>
}

export interface Keep {
  /**
   * Begins an upload, or resumes one. The caller ends it by exactly one of `complete`, `interrupted`, `refused`.
   * @throws CafeError QUOTA {needed, free, limit: 'client' | 'cafe'} or {roots}; BUSY with CLIENT_LEASES under way.
   */
  begin(owner: Owner, options: BeginOptions): Promise<Pinning>
  find(account: Address, root: CID): Promise<PinRow | undefined>
  /** Pins of an account in the order of their CIDv1 text; `after` is that of the last one seen. */
  list(account: Address, options?: RangeOptions): Promise<PinRow[]>
  /** What an account pays for its pins, and bytes of its unfinished uploads. */
  usage(account: Address): Promise<UsageRow & { readonly leased: number }>
  /** Bytes no longer charged; 0 if the account had not pinned that root. Its blocks go with the next collection. */
  unpin(account: Address, root: CID): Promise<{ bytes: number }>
  /** Every block below a pinned root, from the root down, without reading them. Empty if it is not pinned. */
  blocksBelow(account: Address, root: CID): AsyncGenerator<Listed>
  /** Walks a DAG that is here, within the bounds for untrusted ones. @throws CafeError as `complete`. */
  walk(root: CID, options: { signal: AbortSignal; maxBytes?: number }): Promise<WalkedSize>
  /**
   * Calls `commit` with the changes that erase all that is kept for an account, and with how many roots that releases,
   * while nothing can be added to it.
   */
  erase<T>(account: Address, commit: (changes: readonly Change[], roots: number) => Promise<T>): Promise<T>
  /** What a collection must spare and may take. */
  readonly roots: RootSource
  status(): RoomStatus
  /** Bytes the cafe may keep in all. Less than is kept already refuses new uploads and removes nothing. */
  setBudget(bytes: number): Promise<void>
}

/** Opens the engine over its rows: whatever was under way when its last process ended can be resumed. */
export async function createKeep(components: KeepComponents): Promise<Keep> {
  const { rows, blocks, holds, clock, random, onGarbage = () => {}, reclaim } = components
  const store = pinStore(rows)
  const room = await Room.load(store, clock)
  const serial = createSerial()
  const uploads: UploadComponents = { blocks, holds, fresh: new Map() }
  const running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>()
  const parts: KeepParts = { store, room, clock, serial, uploads, blocks, onGarbage }

  /** Ends the upload this one takes over from, and takes its turn. */
  const takeOver = async (key: string): Promise<{ signal: AbortSignal; end(): void }> => {
    for (let before = running.get(key); before; before = running.get(key)) {
      before.stop.abort(new CafeError('ABORTED'))
      await before.ended
    }
    const stop = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    running.set(key, { stop, ended })
    const end = (): void => {
      running.delete(key)
      resolve()
    }
    return { signal: stop.signal, end }
  }

  return {
    async begin(owner, { bytes, name, window }) {
      const id = name === undefined ? hex(random(16)) : await leaseId(owner.peer, name)
      const turn = await takeOver(`${owner.account}/${id}`)
      try {
        return pinning(parts, await takeRoom(parts, owner, id, bytes, reclaim), turn, window)
      } catch (error) {
        turn.end()
        throw error
      }
    },
    find: (account, root) => store.pins.get(account, rootKey(root)),
    list: async (account, options) => (await store.pins.list([account], options)).map(({ row }) => row),
    async usage(account) {
      const leased = [...room.leasesOf(account).values()]
      return {
        ...(await usageOf(store, account)),
        leased: leased.reduce((sum, one) => sum + chargeOf(one), 0),
      }
    },
    unpin: (account, root) =>
      serial(accountKey(account), async () => {
        const row = await store.pins.get(account, rootKey(root))
        if (!row) return { bytes: 0 }
        const usage = await usageOf(store, account)
        const doomed = room.doom(row.bytes)
        room.pinned(-row.bytes)
        const next = { roots: usage.roots - 1, bytes: usage.bytes - row.bytes }
        const changes = [store.pins.remove(account, rootKey(root)), store.usage.put([account], next), doomed]
        await room.commit(changes, () => {
          room.doom(-row.bytes)
          room.pinned(row.bytes)
        })
        onGarbage()
        return { bytes: row.bytes }
      }),
    async *blocksBelow(account, root) {
      if (!(await store.pins.get(account, rootKey(root)))) return
      for (let place = 0; ; place++) {
        const list = await store.lists.get(account, pinHolder(root), listPlace(place))
        if (!list) return
        yield* unpackList(list)
      }
    },
    walk: (root, { signal, maxBytes = Number.MAX_SAFE_INTEGER }) =>
      walk(root, storedBlocks(blocks), { maxBytes, signal }),
    erase: (account, commit) => serial(accountKey(account), () => erase(parts, account, commit)),
    roots: cafeRoots({ store, room, serial, clock, blocks }),
    status: () => room.status,
    setBudget: (bytes) => room.setBudget(bytes),
  }
}

/** The name of an upload as part of a key: names are any text, and belong to their peer. */
async function leaseId(peer: PeerIdText, name: string): Promise<string> {
  const { digest } = await sha256.digest(new TextEncoder().encode(`${peer}/${name}`))
  return hex(digest.subarray(0, 16))
}
