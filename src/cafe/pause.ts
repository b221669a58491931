/**
 * Guests paused: nobody new comes in and nothing new is kept, until the host says so; whoever is here reads on, takes back
 * and leaves. It holds from the commit on and over restarts. Uploads under way are interrupted, not refused: what they
 * brought waits for them as after any lost path. The answer is BUSY, so clients try again by themselves.
 */
import { CafeError } from '../core/errors.ts'
import { PAUSED_AFTER } from '../core/limits.ts'
import { createSerial } from '../core/serial.ts'
import type { Operation, Service } from '../wire/protocol.ts'
import type { Context, ServiceHandlers } from '../wire/serve.ts'
import type { Session } from './guard.ts'
import type { SessionStore } from './session/store.ts'

export interface Pause {
  /** Since when guests are paused; null while they are not. */
  readonly since: number | null
  /** @throws CafeError BUSY {why: 'paused', after} while guests are paused. */
  readonly assertTaking: () => void
  /** Resolves when it is on the medium; false if it was so already. */
  set(paused: boolean): Promise<boolean>
  /** The handlers as given, but for those that keep something new: these refuse, and end, while guests are paused. */
  gate<S extends Service>(service: S, handlers: ServiceHandlers<S, Session>): ServiceHandlers<S, Session>
}

type AnyHandler = (input: unknown, context: Context<unknown, unknown, Session>) => Promise<unknown>

export async function createPause(
  { pauses, rows }: Pick<SessionStore, 'pauses' | 'rows'>,
  now: () => number,
): Promise<Pause> {
  let since = (await pauses.get('guests'))?.since ?? null
  let taking = new AbortController()
  const inTurn = createSerial()

  const refusal = (): CafeError => new CafeError('BUSY', { why: 'paused', after: PAUSED_AFTER })
  const assertTaking = (): void => {
    if (since !== null) throw refusal()
  }
  const gated =
    (handler: AnyHandler): AnyHandler =>
    async (input, context) => {
      assertTaking()
      return handler(input, { ...context, signal: AbortSignal.any([context.signal, taking.signal]) })
    }

  return {
    get since() {
      return since
    },
    assertTaking,
    set: (paused) =>
      inTurn('pause', async () => {
        if (paused === (since !== null)) return false
        const next = paused ? now() : null
        await rows.commit([next === null ? pauses.remove('guests') : pauses.put(['guests'], { since: next })])
        since = next
        if (paused) taking.abort(refusal())
        else taking = new AbortController()
        return true
      }),
    gate<S extends Service>(service: S, handlers: ServiceHandlers<S, Session>) {
      const operations: readonly (readonly [string, Operation])[] = Object.entries(service.operations)
      const closed = operations.flatMap(([op, { keeps }]) =>
        keeps ? [[op, gated(handlers[op] as AnyHandler)] as const] : [],
      )
      return { ...handlers, ...Object.fromEntries(closed) } as ServiceHandlers<S, Session>
    },
  }
}
