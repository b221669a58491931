/** Names for the service worker's gateway: asked of the node, and remembered for as long as their records allow. */
import { unlessAborted } from '../src/core/abort.ts'
import type { Clock } from '../src/core/clock.ts'
import type { ResolvedName } from '../src/worker/names-api.ts'

/** Names remembered: a person reads a few websites at a time. */
const MAX_KEPT = 64
/** Seconds after which a name is asked for again, whatever its record says: here it may change by one click. */
const MAX_TTL = 60

export interface NamesComponents {
  /** Asks the node (see `node-port.ts`). */
  ask(name: string, options: { readonly signal: AbortSignal }): Promise<ResolvedName>
  readonly clock: Clock
}

export interface NamesOfNode {
  /** @throws CafeError NOT_FOUND {what: 'name'} if the node does not know it; UNREACHABLE {what: 'node'} without one. */
  resolve(name: string, options: { readonly signal: AbortSignal }): Promise<ResolvedName>
}

export function createNamesOfNode({ ask, clock }: NamesComponents): NamesOfNode {
  const kept = new Map<string, { readonly found: ResolvedName; readonly until: number }>()
  return {
    async resolve(name, { signal }) {
      const known = kept.get(name)
      if (known && known.until > clock()) {
        return { ...known.found, ttl: Math.min(known.found.ttl, Math.ceil((known.until - clock()) / 1000)) }
      }
      kept.delete(name)
      const found = await unlessAborted(ask(name, { signal }), signal)
      kept.set(name, { found, until: clock() + Math.min(found.ttl, MAX_TTL) * 1000 })
      for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest)
      return found
    },
  }
}
