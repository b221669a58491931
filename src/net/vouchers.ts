/**
 * The guest's half of vouchers: before a cafe is dialled through a relay, the relay is shown that we hold an invite of that
 * cafe (`wire/seat.ts`), and when there was no way through, it is asked whether it was the relay that refused.
 */
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { parseToken, tokenHash } from '../crypto/token.ts'
import { proveVoucher } from '../crypto/voucher.ts'
import { type Connector, call } from '../wire/call.ts'
import { seatProtocol } from '../wire/seat.ts'
import { relayPeer } from './relays.ts'

export interface Vouchers {
  /** We hold this invite of `cafe`; forgotten with the node, or for newer ones of other cafes. */
  hold(cafe: PeerIdText, token: string): void
  /** Shows it to the relays on the way to `peer`, if we hold one. Never rejects, and takes some seconds at most. */
  show(peer: PeerIdText): Promise<void>
  /** Does every relay on the way that answers say that `peer` does not admit us? */
  isRefused(peer: PeerIdText): Promise<boolean>
}

export interface VouchersComponents {
  readonly self: PeerIdText
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  /** Where a peer may be reached, as far as known. */
  readonly addresses: (peer: PeerIdText) => readonly string[]
  /** Is there a connection to this relay? */
  readonly isOpen: (relay: PeerIdText) => boolean
}

const MAX_HELD = 16
/** Relays asked for one peer. */
const MAX_RELAYS = 4
/** Milliseconds for their answers, and for which one holds: a guest dials several times while it joins. */
const ANSWER = 4000
const SHOWN_FOR = 60_000

export function createVouchers({ self, connector, addresses, isOpen }: VouchersComponents): Vouchers {
  const held = new Map<PeerIdText, string>()
  const shown = new Map<string, number>()

  const relaysTo = (peer: PeerIdText): PeerIdText[] => {
    const ways = new Set(
      addresses(peer).flatMap((address) =>
        address.includes('/p2p-circuit') ? [address.split('/p2p-circuit')[0]] : [],
      ),
    )
    const byRelay = Map.groupBy(ways as Set<string>, relayPeer)
    for (const [relay, all] of byRelay) connector.know(relay, all)
    return [...byRelay.keys()].slice(0, MAX_RELAYS)
  }

  const present = async (relay: PeerIdText, cafe: PeerIdText): Promise<'admitted' | 'refused' | 'unknown'> => {
    const token = held.get(cafe)
    try {
      const subject = token && { token: await tokenHash(parseToken(token).secret), relay, cafe }
      const voucher = subject ? await proveVoucher(subject, self) : undefined
      const signal = AbortSignal.timeout(ANSWER)
      await call(connector, relay, seatProtocol, 'present', { cafe, voucher }, { signal })
      return 'admitted'
    } catch (error) {
      const { code, data } = toCafeError(error)
      return code === 'FORBIDDEN' && data['why'] === 'guests' ? 'refused' : 'unknown'
    }
  }

  return {
    hold(cafe, token) {
      held.delete(cafe)
      held.set(cafe, token)
      const oldest = held.keys().next().value
      if (held.size > MAX_HELD && oldest !== undefined) held.delete(oldest)
      shown.clear()
    },
    async show(peer) {
      if (!held.has(peer)) return
      const now = performance.now()
      const due = relaysTo(peer).filter((relay) => now - (shown.get(`${relay} ${peer}`) ?? -SHOWN_FOR) >= SHOWN_FOR)
      await Promise.all(
        due.map(async (relay) => {
          if ((await present(relay, peer)) === 'admitted') shown.set(`${relay} ${peer}`, now)
        }),
      )
    },
    async isRefused(peer) {
      // One that was not reached has refused nothing.
      const answers = await Promise.all(
        relaysTo(peer)
          .filter(isOpen)
          .map((relay) => present(relay, peer)),
      )
      return answers.includes('refused') && !answers.includes('admitted')
    },
  }
}
