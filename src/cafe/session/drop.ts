/**
 * An account puts one of its devices out, from another: its registration here ends at once, and that peer does not come in
 * again on the account's signature alone. A token made since lets it in: whoever gave it that has thought again. (A device
 * that was stolen knows the account's key and may come as another peer; this ends what it has, it is no cure for that.)
 */
import { CafeError } from '../../core/errors.ts'
import { MAX_DROPPED } from '../../core/limits.ts'
import type { Change } from '../../store/rows.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Session } from '../guard.ts'
import type { sessionProtocol } from './protocol.ts'
import type { SessionComponents } from './service.ts'
import { endSessions, SESSION_QUEUE, type SessionStore } from './store.ts'

type Drop = ServiceHandlers<typeof sessionProtocol, Session>['drop']

export const dropHandler =
  ({ store, serial, time, live, bearers }: SessionComponents): Drop =>
  ({ peer }, { session }) =>
    serial(SESSION_QUEUE, async () => {
      const { account } = session
      if (peer === session.peer) throw new CafeError('BAD_REQUEST', { at: 'peer' })
      // Two devices may drop each other: the first has its way.
      if (!(await store.clients.get(account, session.peer))) throw new CafeError('UNAUTHORIZED')
      const client = await store.clients.get(account, peer)
      const spent = await bearers.erase(account, peer)
      await store.rows.commit([
        store.clients.remove(account, peer),
        store.requests.remove(account, peer),
        ...(client ? await endSessions(store, peer) : []),
        ...spent.changes,
        ...(await oldest(store, account)),
        store.dropped.put([account, peer], { at: time.now() }),
        time.stamp(),
      ])
      live.end({ account, peer }, new CafeError('UNAUTHORIZED', { why: 'dropped' }))
      live.tell({ account, peer }, 'unknown')
      return { dropped: client !== undefined }
    })

/** Changes that forget what is kept of an account beside its devices: what it has put out, and its voucher. It is erased. */
export async function forgetAccount(store: SessionStore, account: string): Promise<Change[]> {
  const dropped = (await store.dropped.list([account])).map(({ key }) => store.dropped.remove(...key))
  return [...dropped, store.vouchers.remove(account)]
}

/** Changes that make room for one more. */
async function oldest(store: SessionStore, account: string): Promise<Change[]> {
  const all = (await store.dropped.list([account])).sort((a, b) => b.row.at - a.row.at)
  return all.slice(MAX_DROPPED - 1).map(({ key }) => store.dropped.remove(...key))
}
