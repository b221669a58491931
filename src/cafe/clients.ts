/** The clients of a cafe as its host sees them: who, what each keeps, and when each was last heard of. */
import type { Live } from './live.ts'
import type { Keep } from './pin/keep.ts'
import type { UsageRow } from './pin/store.ts'
import { lastHeard } from './session/devices.ts'
import type { ClientRow, SessionStore } from './session/store.ts'

export interface Client extends ClientRow {
  readonly usage: UsageRow
  /** When it last began or went on with a session: within the hour for one that is online. */
  readonly heard: number
  /** It listens now. */
  readonly online: boolean
}

interface ClientsComponents {
  readonly store: SessionStore
  readonly keep: Pick<Keep, 'usage'>
  readonly live: Pick<Live, 'hears'>
}

export async function listClients({ store, keep, live }: ClientsComponents): Promise<readonly Client[]> {
  const found = await store.clients.list([])
  return Promise.all(
    found.map(async ({ row }) => {
      const [{ roots, bytes }, heard] = await Promise.all([keep.usage(row.account), lastHeard(store, row)])
      return { ...row, usage: { roots, bytes }, heard, online: live.hears(row) }
    }),
  )
}
