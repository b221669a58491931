/** The snapshot service of a cafe: what clients ask about slots and drops, and what anybody may look at. */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { hex } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Serial } from '../../core/serial.ts'
import type { Rows } from '../../store/rows.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Part } from '../erase.ts'
import type { Session, Stands } from '../guard.ts'
import type { Paces } from '../pace.ts'
import type { Vouch } from '../vouch.ts'
import { createDrops, type Drops } from './drops.ts'
import type { snapshotProtocol } from './protocol.ts'
import { createRoom } from './room.ts'
import { createSlots, type Slots } from './slots.ts'
import { snapshotStore } from './store.ts'

export interface SnapshotComponents {
  readonly rows: Rows
  readonly serial: Serial
  /** The cafe's time. */
  readonly clock: Clock
  readonly stands: Stands
  readonly vouch: Vouch
  readonly paces: Paces
  readonly log: Log
}

type Handlers = ServiceHandlers<typeof snapshotProtocol, Session>

export interface Snapshots {
  readonly handlers: Handlers
  /** What is erased with an account. */
  readonly parts: readonly Part[]
}

export async function createSnapshots({ rows, paces, ...others }: SnapshotComponents): Promise<Snapshots> {
  const store = snapshotStore(rows)
  const components = { ...others, store, room: await createRoom(store) }
  const slots = createSlots(components)
  const drops = createDrops(components)
  return {
    handlers: snapshotService({ slots, drops, paces }),
    parts: [
      { name: 'slots', erase: slots.erase },
      { name: 'drops', erase: drops.erase },
    ],
  }
}

interface Parts {
  readonly slots: Slots
  readonly drops: Drops
  readonly paces: Paces
}

function snapshotService({ slots, drops, paces }: Parts): Handlers {
  const look: Handlers['look'] = async ({ drops: ids }, { peer, send }) => {
    // Each once, whoever asks twice.
    const wanted = [...new Map(ids.map((id) => [hex(id), id])).values()]
    await paces.look(peer, wanted.length, 0)
    const found = await Promise.all(wanted.map(async (drop) => ({ drop, it: await drops.find(drop) })))
    await paces.look(
      peer,
      0,
      found.reduce((sum, { it }) => sum + (it?.size ?? 0), 0),
    )
    for (const { drop, it } of found) {
      const body = await it?.read()
      if (it && body) await send({ drop, body, time: it.time })
    }
    return {}
  }

  return {
    async put(wish, { session, upload }) {
      paces.write(session.account, wish.size)
      return { receipt: await slots.put(session, wish, async () => (await upload()).body) }
    },
    async get({ slot, seq }, { session, send }) {
      const { account } = session
      paces.read(account, 1, await slots.sizeOf(account, slot, seq))
      const found = await slots.get(account, slot, seq)
      if (found) await send(found)
      return {}
    },
    async list(_input, { session, send }) {
      paces.read(session.account, 1 + (await slots.count(session.account)), 0)
      for (const one of await slots.list(session.account)) await send(one)
      return {}
    },
    async remove({ slot, expect }, { session }) {
      paces.write(session.account, 0)
      await slots.remove(session.account, slot, expect)
      return {}
    },
    async leave({ drop, size }, { session, upload }) {
      paces.write(session.account, size)
      await drops.check(session, drop, size)
      const { body } = await upload()
      if (body.byteLength !== size) throw new CafeError('BAD_REQUEST', { at: 'body' })
      return { expires: await drops.leave(session, drop, body) }
    },
    async withdraw({ drop }, { session }) {
      paces.write(session.account, 0)
      await drops.withdraw(session.account, drop)
      return {}
    },
    look,
  }
}
