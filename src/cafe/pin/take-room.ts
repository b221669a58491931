/** Taking the room an upload needs, before its first byte: by the account's quota and the cafe's budget. See `keep.ts`. */
import { CafeError, isCafeError } from '../../core/errors.ts'
import { CLIENT_LEASES, CLIENT_ROOTS, LEASE_TTL } from '../../core/limits.ts'
import { unpackList } from '../../store/block-list.ts'
import { Lease } from './lease.ts'
import type { KeepParts, Owner } from './pinning.ts'
import { chargeOf, type Leased } from './room.ts'
import { accountKey, type LeaseRow, leaseHolder, usageOf } from './store.ts'

/**
 * Promises room for an upload and writes its lease. Interrupted uploads of the same account give way, the oldest first:
 * what they hold is only worth keeping while it is in nobody's way.
 */
export async function takeRoom(
  parts: KeepParts,
  owner: Owner,
  id: string,
  bytes: number,
  reclaim?: () => Promise<unknown>,
): Promise<Lease> {
  const take = (): Promise<Lease> => parts.serial(accountKey(owner.account), () => takeNow(parts, owner, id, bytes))
  try {
    return await take()
  } catch (error) {
    const lacks = isCafeError(error) && error.code === 'QUOTA' && error.data.limit === 'cafe'
    if (!lacks || !reclaim || bytes > parts.room.free + parts.room.doomed) throw error
    await reclaim()
    return take()
  }
}

async function takeNow(parts: KeepParts, owner: Owner, id: string, bytes: number): Promise<Lease> {
  const { store, room, clock } = parts
  const { account, peer, quota } = owner
  const usage = await usageOf(store, account)
  if (usage.roots >= CLIENT_ROOTS) throw new CafeError('QUOTA', { roots: CLIENT_ROOTS, limit: 'client' })
  const known = room.leasesOf(account).get(id)
  const before = known ?? (await leftOver(parts, owner, id))
  const others = [...room.leasesOf(account)].filter(([other]) => other !== id)
  const row: LeaseRow = {
    peer,
    bytes,
    offered: before?.row.offered ?? 0,
    blocks: before?.row.blocks ?? 0,
    lists: before?.row.lists ?? 0,
    expires: clock() + LEASE_TTL,
  }
  const leased: Leased = { row, running: true }
  const giveWay = inTheWay(others, quota - usage.bytes - chargeOf(leased))
  const staying = others.filter((other) => !giveWay.includes(other))
  const free = Math.max(0, quota - usage.bytes - staying.reduce((sum, [, one]) => sum + chargeOf(one), 0))
  if (chargeOf(leased) > free) throw new CafeError('QUOTA', { needed: bytes, free, limit: 'client' })
  if (staying.length >= CLIENT_LEASES) throw new CafeError('BUSY', { uploads: CLIENT_LEASES })
  const cafeFree = room.free + (known ? chargeOf(known) : 0)
  if (chargeOf(leased) > cafeFree) throw new CafeError('QUOTA', { needed: bytes, free: cafeFree, limit: 'cafe' })

  room.lease(account, id, leased)
  const dropped = giveWay.map(([other]) => other)
  const changes = [store.leases.put([account, id], row), ...dropped.map((other) => store.leases.remove(account, other))]
  const doomed = giveWay.reduce((sum, [, one]) => sum + chargeOf(one), 0)
  for (const other of dropped) room.lease(account, other, undefined)
  if (doomed > 0) changes.push(room.doom(doomed))
  await room.commit(changes, () => {
    room.lease(account, id, known)
    for (const [other, one] of giveWay) room.lease(account, other, one)
    room.doom(-doomed)
  })
  if (giveWay.length > 0) parts.onGarbage()
  try {
    return await Lease.open(parts, account, id, row)
  } catch (error) {
    room.lease(account, id, { row, running: false })
    throw error
  }
}

/** What an expired upload of this name has left, not collected yet: it goes on where it was. */
async function leftOver({ store }: KeepParts, { account, peer }: Owner, id: string): Promise<Leased | undefined> {
  const rows = await store.lists.list([account, leaseHolder(id)])
  if (rows.length === 0) return undefined
  const blocks = rows.flatMap(({ row }) => unpackList(row))
  const offered = blocks.reduce((sum, { size }) => sum + size, 0)
  // Rows may have been collected before this one.
  const lists = Number(rows.at(-1)?.key[2]) + 1
  return { row: { peer, bytes: 0, offered, blocks: blocks.length, lists, expires: 0 }, running: false }
}

type NamedLease = readonly [id: string, leased: Leased]

/** The interrupted uploads that have to go so that the others charge no more than `room`, the oldest first. */
function inTheWay(others: readonly NamedLease[], room: number): NamedLease[] {
  let charged = others.reduce((sum, [, one]) => sum + chargeOf(one), 0)
  let count = others.length
  const resting = others.filter(([, { running }]) => !running).sort(([, a], [, b]) => a.row.expires - b.row.expires)
  const found: NamedLease[] = []
  for (const one of resting) {
    if (charged <= room && count < CLIENT_LEASES) break
    found.push(one)
    charged -= chargeOf(one[1])
    count--
  }
  return found
}
