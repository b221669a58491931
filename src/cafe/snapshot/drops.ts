/**
 * Drops: small records that an account leaves for whoever knows their id. The first account that writes one owns it, until
 * it takes it back, leaves, or lets it end; nobody else can write it. Ids that are not there all look the same.
 */
import type { Clock } from '../../core/clock.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { type Address, hex } from '../../core/ids.ts'
import { CLIENT_DROP_BYTES, CLIENT_DROPS, DROP_SHARE, DROP_SWEEP, DROP_TTL, MAX_PAGE } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import type { Serial } from '../../core/serial.ts'
import type { Change } from '../../store/rows.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import { type Bounds, grown, type Room } from './room.ts'
import { type DropRow, dayOf, NOTHING, type SnapshotStore, type UsageRow } from './store.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A drop that is there, and where its body is. */
export interface FoundDrop {
  readonly size: number
  readonly time: number
  read(): Promise<Bytes | undefined>
}

export interface Drops {
  /** What can be refused without the body. @throws CafeError CONFLICT {what: 'drop'}; QUOTA. */
  check(session: Session, drop: Bytes, size: number): Promise<void>
  /** Leaves a body and gives when it ends. @throws CafeError as `check`; UNAUTHORIZED if the client left meanwhile. */
  leave(session: Session, drop: Bytes, body: Bytes): Promise<number>
  withdraw(account: Address, drop: Bytes): Promise<void>
  find(drop: Bytes): Promise<FoundDrop | undefined>
  readonly erase: Part['erase']
}

export interface DropComponents {
  readonly store: SnapshotStore
  readonly room: Room
  readonly serial: Serial
  readonly clock: Clock
  readonly stands: Stands
  readonly log: Log
}

const BOUNDS: Bounds = { what: 'drops', records: CLIENT_DROPS, bytes: CLIENT_DROP_BYTES, share: DROP_SHARE }

export function createDrops({ store, room, serial, clock, stands, log }: DropComponents): Drops {
  const inTurn = <T>(account: string, task: () => Promise<T>): Promise<T> => serial(`drops/${account}`, task)
  let swept = 0

  /** What leaving this comes to. */
  const plan = async ({ account, quota }: Session, id: string, size: number) => {
    const owner = (await store.owners.get(id))?.account
    if (owner !== undefined && owner !== account) throw new CafeError('CONFLICT', { what: 'drop' })
    const row = await store.drops.get(account, id)
    const usage = (await store.dropUsage.get(account)) ?? NOTHING
    const by = { records: row ? 0 : 1, bytes: size - (row?.size ?? 0) }
    return { row, bytes: by.bytes, usage: grown(usage, by, { ...BOUNDS, quota }) }
  }

  /** Removes drops of one account, in one commit. */
  const remove = (account: Address, ids: readonly string[], isDue: (row: DropRow) => boolean): Promise<void> =>
    inTurn(account, async () => {
      const rows = await Promise.all(ids.map(async (id) => ({ id, row: await store.drops.get(account, id) })))
      const due = rows.flatMap(({ id, row }) => (row && isDue(row) ? [{ id, row }] : []))
      if (due.length === 0) return
      const usage = (await store.dropUsage.get(account)) ?? NOTHING
      const bytes = due.reduce((sum, { row }) => sum + row.size, 0)
      const left: UsageRow = { records: usage.records - due.length, bytes: usage.bytes - bytes }
      const changes = due.flatMap(({ id, row }) => removal(store, account, id, row))
      await room.commit(-bytes, [...changes, store.dropUsage.put([account], left)])
    })

  const isOver = ({ expires }: DropRow): boolean => expires <= clock()

  /** Removes what is over, a page at a time; what is left is for the next call. */
  const sweep = async (): Promise<void> => {
    if (clock() - swept < DROP_SWEEP) return
    const page = await store.ends.list([], { limit: MAX_PAGE })
    const due = page.filter(({ key: [day = ''] }) => day < dayOf(clock()))
    if (due.length < MAX_PAGE) swept = clock()
    for (const [account, ends] of Map.groupBy(due, ({ row }) => row.account))
      await remove(
        account,
        ends.map(({ key }) => key[1] as string),
        isOver,
      )
  }

  /** An id whose drop is over is free, also before a sweep comes by. */
  const release = async (id: string): Promise<void> => {
    const owner = (await store.owners.get(id))?.account
    if (owner !== undefined) await remove(owner, [id], isOver)
  }

  return {
    async check(session, drop, size) {
      // A row that cannot be read must not keep people from leaving something: what is over is not found anyway.
      await sweep().catch((cause) => log('warn', 'drops that are over could not be swept', { cause }))
      await release(hex(drop))
      await plan(session, hex(drop), size)
    },
    leave(session, drop, body) {
      const { account } = session
      const id = hex(drop)
      const write = async (): Promise<number> => {
        if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
        const { row, bytes, usage } = await plan(session, id, body.byteLength)
        const time = clock()
        const expires = time + DROP_TTL
        await room.commit(bytes, [
          ...(row ? [store.ends.remove(dayOf(row.expires), id)] : []),
          store.drops.put([account, id], { size: body.byteLength, time, expires }),
          store.left.put([account, id], body),
          store.owners.put([id], { account }),
          store.ends.put([dayOf(expires), id], { account }),
          store.dropUsage.put([account], usage),
        ])
        return expires
      }
      // Two accounts may come with one id: whose it is, is decided and written as one step.
      return inTurn(account, () => serial(`drop/${id}`, write))
    },
    withdraw: (account, drop) => remove(account, [hex(drop)], () => true),
    async find(drop) {
      const id = hex(drop)
      const owner = (await store.owners.get(id))?.account
      const row = owner && (await store.drops.get(owner, id))
      if (!row || isOver(row)) return undefined
      return { size: row.size, time: row.time, read: () => bodyOf(store, owner, id) }
    },
    erase: (account, commit) =>
      inTurn(account, async () => {
        const found = await store.drops.list([account])
        const usage = (await store.dropUsage.get(account)) ?? NOTHING
        const changes = found.flatMap(({ key, row }) => removal(store, account, key[1] as string, row))
        const done = await commit([...changes, store.dropUsage.remove(account)], found.length)
        room.freed(usage.bytes)
        return done
      }),
  }
}

async function bodyOf(store: SnapshotStore, account: Address, id: string): Promise<Bytes | undefined> {
  try {
    return await store.left.get(account, id)
  } catch (error) {
    // A damaged one must not keep the others of a question back: its owner leaves it again.
    if (isCafeError(error) && error.code === 'CORRUPT') return undefined
    throw error
  }
}

const removal = (store: SnapshotStore, account: string, id: string, { expires }: DropRow): Change[] => [
  store.drops.remove(account, id),
  store.left.remove(account, id),
  store.owners.remove(id),
  store.ends.remove(dayOf(expires), id),
]
