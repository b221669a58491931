/** The `watch` operation: states of an account's pins as they are and as they change, for as long as it is admitted. */
import { CafeError } from '../../core/errors.ts'
import type { ItemOf, ReceiptOf } from '../../wire/protocol.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Session, Stands } from '../guard.ts'
import { PULSE } from './at-work.ts'
import type { PinJobs, PinStatus } from './pin-status.ts'
import type { pinProtocol } from './protocol.ts'

type Handlers = ServiceHandlers<typeof pinProtocol, Session>
type Status = ReceiptOf<(typeof pinProtocol)['operations']['fetch']>
type Item = ItemOf<(typeof pinProtocol)['operations']['watch']>

/** A status as the wire has it: nothing of it is changed, its lists are copied. */
export function asStatus(status: PinStatus): Status
export function asStatus(status: PinStatus | null): Status | null
export function asStatus(status: PinStatus | null): Status | null {
  return status && { ...status, origins: [...status.origins], meta: status.meta && { ...status.meta } }
}

export function watchHandler({ jobs, stands }: { readonly jobs: PinJobs; readonly stands: Stands }): Handlers['watch'] {
  return async (_request, { session, signal, send }) => {
    const over = new AbortController()
    const stopped = AbortSignal.any([signal, over.signal])
    const say = (item: Item): Promise<void> => send(item)
    // Whoever was turned out sees nothing more, and whoever is gone is found out.
    const pulse = setInterval(async () => {
      try {
        if (!(await stands(session))) throw new CafeError('UNAUTHORIZED')
        await say({ alive: true })
      } catch (error) {
        over.abort(error)
      }
    }, PULSE)
    try {
      for await (const status of jobs.watch(session.account, { signal: stopped }))
        await say({ status: asStatus(status) })
      over.signal.throwIfAborted()
      return {}
    } finally {
      clearInterval(pulse)
    }
  }
}
