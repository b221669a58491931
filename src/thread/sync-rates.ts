/** How fast one peer may draw on what this device does for threads, and who is shut out because of what it sent. */
import type { Clock } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MiB } from '../core/limits.ts'
import { createRate, type Pace, type Rate } from '../core/rate.ts'

export interface SyncRates {
  /** @throws CafeError BUSY {after}, as all of these. */
  hello(peer: PeerIdText): void
  sync(peer: PeerIdText): void
  push(peer: PeerIdText, blocks: number): void
  invite(peer: PeerIdText): void
  /** Milliseconds to wait before so many bytes may go to the peer; 0 if they may go now. */
  bytes(peer: PeerIdText, bytes: number): number
  /** The peer has sent what no honest one does. @returns whether it is shut out now. */
  fault(peer: PeerIdText, times: number): boolean
}

export interface SyncPaces {
  readonly hello: Pace
  /** Of all peers together: each costs a MAC for each thread. */
  readonly hellos: Pace
  readonly sync: Pace
  readonly push: Pace
  readonly invite: Pace
  readonly invites: Pace
  readonly bytes: Pace
  readonly fault: Pace
  /** Milliseconds that a peer is shut out. */
  readonly out: number
}

/**
 * A device says hello when it connects and when it gets another thread; syncs once for each thread then and after each gap;
 * and pushes each post, which at sixteen devices comes with two words of others. Blocks: a letter each second, for ever.
 */
export const SYNC_PACES: SyncPaces = {
  hello: { burst: 12, every: 5000 },
  hellos: { burst: 120, every: 500 },
  sync: { burst: 2 * 256, every: 500 },
  push: { burst: 600, every: 200 },
  invite: { burst: 5, every: 60_000 },
  invites: { burst: 30, every: 10_000 },
  bytes: { burst: 64 * MiB, every: 1000 / (8 * MiB) },
  fault: { burst: 8, every: 60_000 },
  out: 10 * 60_000,
}

/** Peers that are shut out at once; the oldest are let in again. */
const MAX_OUT = 1000
const ALL = 'all'

export function createSyncRates(clock: Clock, paces: SyncPaces = SYNC_PACES): SyncRates {
  const rate = (pace: Pace): Rate => createRate({ ...pace, clock })
  const hello = rate(paces.hello)
  const hellos = rate(paces.hellos)
  const sync = rate(paces.sync)
  const push = rate(paces.push)
  const invite = rate(paces.invite)
  const invites = rate(paces.invites)
  const bytes = rate(paces.bytes)
  const faults = rate(paces.fault)
  const out = new Map<PeerIdText, number>()

  const draw = (from: Rate, party: string, units = 1): void => {
    const after = from.draw(party, units)
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  const enter = (peer: PeerIdText): void => {
    const until = out.get(peer)
    if (until !== undefined && until > clock()) throw new CafeError('BUSY', { after: until - clock() })
  }

  return {
    hello(peer) {
      enter(peer)
      draw(hello, peer)
      draw(hellos, ALL)
    },
    sync(peer) {
      enter(peer)
      draw(sync, peer)
    },
    push(peer, blocks) {
      enter(peer)
      draw(push, peer, 1 + blocks)
    },
    invite(peer) {
      enter(peer)
      draw(invite, peer)
      draw(invites, ALL)
    },
    bytes: (peer, units) => bytes.draw(peer, units),
    fault(peer, times) {
      if (faults.draw(peer, times) === 0 && times < paces.fault.burst) return false
      out.delete(peer)
      out.set(peer, clock() + paces.out)
      const oldest = out.keys().next().value
      if (out.size > MAX_OUT && oldest !== undefined) out.delete(oldest)
      return true
    },
  }
}
