/** An upload that has its room: to its reference, or to its end without one. See `keep.ts` for the contract. */
import type { CID } from 'multiformats/cid'
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import { CLIENT_ROOTS, LEASE_TTL } from '../../core/limits.ts'
import type { Serial } from '../../core/serial.ts'
import { type Listed, listPlace, packLists } from '../../store/block-list.ts'
import { type Blocks, verifiedGet } from '../../store/blocks.ts'
import type { Change } from '../../store/rows.ts'
import type { Lease } from './lease.ts'
import type { Room } from './room.ts'
import { accountKey, type PinRow, type PinStore, pinHolder, rootKey, usageOf } from './store.ts'
import { Upload, type UploadComponents } from './upload.ts'
import { walk } from './walk.ts'

/** What the parts of the engine share. */
export interface KeepParts {
  readonly store: PinStore
  readonly room: Room
  readonly clock: Clock
  readonly serial: Serial
  readonly uploads: UploadComponents
  readonly blocks: Blocks
  readonly onGarbage: () => void
}

/** Who uploads, as the guard proved. */
export interface Owner {
  readonly account: Address
  readonly peer: PeerIdText
  /** Bytes the account may pin. */
  readonly quota: number
}

export interface BeginOptions {
  /** No more bytes of blocks will be offered, each block counted once. */
  readonly bytes: number
  /** The interrupted or running upload of that peer by this name is the one that goes on. */
  readonly name?: string | undefined
  /** Bytes that may be on their way to the medium, and one block more. WINDOW, which a client on a stream counts on. */
  readonly window?: number | undefined
}

export interface CompleteOptions {
  readonly signal: AbortSignal
  /** Is the client still admitted? Asked in the same step as the commit. */
  readonly stands: () => Promise<boolean>
  /** To be served to its owner only. */
  readonly private?: boolean | undefined
}

/** An upload under way. Its carrier ends it by exactly one of `complete` (if that resolves), `interrupted`, `refused`. */
export interface Pinning {
  readonly upload: Upload
  /** Fires when another call takes this upload over. */
  readonly signal: AbortSignal
  /**
   * Pins what is below `root` and ends the upload. A root that is pinned already stays as it is and is charged once.
   * @throws CafeError NOT_FOUND {missing}; BAD_REQUEST {what: 'dag'}; QUOTA; TIMEOUT; UNAUTHORIZED; ABORTED.
   */
  complete(root: CID, options: CompleteOptions): Promise<PinRow>
  /** Ends it for a failure of the path: what it brought is kept for LEASE_TTL, to be resumed. Never rejects. */
  interrupted(): Promise<void>
  /** Ends it for a fault of the client or of the disk: what only it brought is removed. Never rejects. */
  refused(error: unknown): Promise<void>
}

/** The upload over a lease. `turn.end` is called when it is over, however it ends. */
export function pinning(
  parts: KeepParts,
  lease: Lease,
  turn: { signal: AbortSignal; end(): void },
  window?: number,
): Pinning {
  const { store, room, clock, serial, blocks, onGarbage } = parts
  const { account, id } = lease
  const upload = new Upload(parts.uploads, lease, window)
  const collected = room.sinceNow()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => serial(accountKey(account), task)

  return {
    upload,
    signal: turn.signal,
    async complete(root, options) {
      await upload.settled()
      const found: Listed[] = []
      const onBlock = (cid: CID, size: number): void => void found.push({ hash: cid.multihash.bytes, size })
      const read = (cid: CID) => verifiedGet(blocks, cid)
      const sizes = (cids: readonly CID[]) => upload.sizesOf(cids)
      const bounds = { maxBytes: lease.row.bytes, signal: options.signal, onBlock }
      const size = await walk(root, { read, sizes }, bounds)
      const isPrivate = options.private ? { private: true } : {}
      const row = await inTurn(async () => {
        if (!(await options.stands())) throw new CafeError('UNAUTHORIZED')
        return commitPin(parts, lease, { root, ...size, since: clock(), ...isPrivate }, found)
      })
      upload.leave()
      turn.end()
      return row
    },
    async interrupted() {
      await Promise.allSettled([upload.settled()])
      // Erased meanwhile: then nothing of it is kept.
      if (!room.leasesOf(account).has(id)) return this.refused(undefined)
      await inTurn(async () => {
        const row = { ...lease.row, expires: clock() + LEASE_TTL }
        room.lease(account, id, { row, running: false })
        await room.commit([store.leases.put([account, id], row)])
      }).catch(() => {}) // the row on the medium is an older one, which expires earlier
      upload.leave()
      turn.end()
    },
    async refused(error) {
      if (error !== undefined) room.noteFailure(error)
      // Its list may be the only one left that knows of a block: of what an earlier run brought, of what could not be
      // removed, and of what was here and nobody else's when a collection came by.
      const needless = !lease.resumed && (upload.onlyFresh || !collected())
      const removed = await upload.discard().then(
        () => needless,
        () => false,
      )
      await inTurn(() => dropLease(parts, lease, removed)).catch(() => {}) // the row on the medium expires
      turn.end()
      if (!removed) onGarbage()
    },
  }
}

/** Commits the reference, its list and the end of the lease as one. */
async function commitPin(parts: KeepParts, lease: Lease, row: PinRow, found: readonly Listed[]): Promise<PinRow> {
  const { store, room } = parts
  const { account, id } = lease
  const { root, bytes } = row
  const pinned = await store.pins.get(account, rootKey(root))
  const usage = await usageOf(store, account)
  if (!pinned && usage.roots >= CLIENT_ROOTS) throw new CafeError('QUOTA', { roots: CLIENT_ROOTS, limit: 'client' })
  // What it brought beside the DAG is left to a collection.
  const inside = found.filter(({ hash }) => lease.has(hash))
  const extra = lease.row.offered - inside.reduce((sum, { size }) => sum + size, 0)
  const changes = lease.end({ lists: inside.length === lease.row.blocks })
  if (!pinned) {
    changes.push(
      store.pins.put([account, rootKey(root)], row),
      store.usage.put([account], { roots: usage.roots + 1, bytes: usage.bytes + bytes }),
      ...packLists(found).map((list, i) => store.lists.put([account, pinHolder(root), listPlace(i)], list)),
    )
    room.pinned(bytes)
  }
  const before = room.leasesOf(account).get(id)
  room.lease(account, id, undefined)
  if (extra > 0) changes.push(room.doom(extra))
  await room.commit(changes, () => {
    room.lease(account, id, before)
    if (!pinned) room.pinned(-bytes)
    if (extra > 0) room.doom(-extra)
  })
  if (extra > 0) parts.onGarbage()
  return pinned ?? row
}

/** Ends a lease without a reference. Its list stays for a collection unless all that was in it is `removed`. */
async function dropLease({ room }: KeepParts, lease: Lease, removed: boolean): Promise<void> {
  const { account, id } = lease
  const before = room.leasesOf(account).get(id)
  const changes: Change[] = lease.end({ lists: removed })
  const left = removed ? 0 : lease.row.offered
  room.lease(account, id, undefined)
  // Erased meanwhile, its list is gone.
  if (left > 0) changes.push(room.doom(left, before ? {} : { unlisted: true }))
  await room.commit(changes, () => {
    room.lease(account, id, before && { row: lease.row, running: false })
    room.doom(-left)
  })
}
