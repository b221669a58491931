/**
 * The guest's half of vouchers: before a cafe is dialled through a relay, the relay is shown that we hold an invite of that
 * cafe, or have the words of one of its clients (`wire/seat.ts`), and when there was no way through, it is asked whether it was the relay that refused.
 */
import { toCafeError } from '../core/errors.ts'
import { type PeerIdText, sameBytes } from '../core/ids.ts'
import { delay } from '../core/pause.ts'
import { createSerial } from '../core/serial.ts'
import { proveVoucher } from '../crypto/voucher.ts'
import { type Connector, call } from '../wire/call.ts'
import { seatProtocol } from '../wire/seat.ts'
import { relayPeer } from './relays.ts'

export interface Vouchers {
  /**
   * We have this for `cafe`: the `tokenHash` of an invite, or an `accountVoucher`. What was given last is shown first;
   * forgotten with the node, or for newer ones.
   */
  hold(cafe: PeerIdText, secret: Uint8Array): void
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

/** Cafes: those that a recovery looks at, at once, and those that it finds named there. */
const MAX_HELD = 128
/** For one cafe: an invite, the account, and what was tried before. */
const MAX_EACH = 3
/** Relays asked for one peer. */
const MAX_RELAYS = 4
/** Milliseconds for their answers, and for which one holds: a guest dials several times while it joins. */
const ANSWER = 4000
const SHOWN_FOR = 60_000
/** How long a refusal is believed without asking again: a dial takes as long, and relays answer so many questions only. */
const REFUSED_FOR = 5000
/** Questions to one relay at once: less than it answers, so that whoever asks in another way is heard. */
const LANES = 3

type Answer = 'admitted' | 'refused' | 'unknown'

export function createVouchers({ self, connector, addresses, isOpen }: VouchersComponents): Vouchers {
  const held = new Map<PeerIdText, readonly Uint8Array[]>()
  const shown = new Map<string, number>()
  const refused = new Map<string, number>()
  const serial = createSerial()
  let turn = 0

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

  const presentOne = async (
    relay: PeerIdText,
    cafe: PeerIdText,
    token: Uint8Array | undefined,
    again = true,
  ): Promise<Answer> => {
    try {
      const voucher = token && (await proveVoucher({ token, relay, cafe }, self))
      const signal = AbortSignal.timeout(ANSWER)
      await call(connector, relay, seatProtocol, 'present', { cafe, voucher }, { signal })
      return 'admitted'
    } catch (error) {
      const { code, data } = toCafeError(error)
      const after = code === 'BUSY' ? Number(data['after']) : Number.NaN
      // A recovery asks about many cafes: it has its turn in a moment.
      if (again && after <= ANSWER) return delay(after).then(() => presentOne(relay, cafe, token, false))
      return code === 'FORBIDDEN' && data['why'] === 'guests' ? 'refused' : 'unknown'
    }
  }
  /** Shows what we have, one after the other, until it is enough. */
  const presentAll = async (relay: PeerIdText, cafe: PeerIdText): Promise<Answer> => {
    const [first, ...others] = held.get(cafe) ?? []
    let answer = await presentOne(relay, cafe, first)
    for (const token of others) if (answer === 'refused') answer = await presentOne(relay, cafe, token)
    note(`${relay} ${cafe}`, answer)
    return answer
  }
  const present = (relay: PeerIdText, cafe: PeerIdText): Promise<Answer> =>
    serial(`${relay} ${turn++ % LANES}`, () => presentAll(relay, cafe))
  const note = (way: string, answer: Answer): void => {
    const now = performance.now()
    for (const [old, at] of refused) if (now - at > REFUSED_FOR) refused.delete(old)
    if (answer === 'refused') refused.set(way, now)
  }
  const wasRefused = (way: string): boolean => performance.now() - (refused.get(way) ?? -REFUSED_FOR) < REFUSED_FOR

  return {
    hold(cafe, secret) {
      const before = (held.get(cafe) ?? []).filter((other) => !sameBytes(other, secret))
      held.delete(cafe)
      held.set(cafe, [secret, ...before].slice(0, MAX_EACH))
      const oldest = held.keys().next().value
      if (held.size > MAX_HELD && oldest !== undefined) held.delete(oldest)
      shown.clear()
      for (const way of refused.keys()) if (way.endsWith(` ${cafe}`)) refused.delete(way)
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
          .map((relay) => (wasRefused(`${relay} ${peer}`) ? 'refused' : present(relay, peer))),
      )
      return answers.includes('refused') && !answers.includes('admitted')
    },
  }
}
