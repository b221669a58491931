/** The info service of a cafe: says what it is, trades records with others, and so knows some, which its searches can ask. */
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { MAX_RATE_KEYS, TRADE_PACE, TRADE_PACE_STRANGERS } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { pauseAfter } from '../../core/pause.ts'
import { createRate, type Pace } from '../../core/rate.ts'
import type { ServiceHandlers } from '../../wire/serve.ts'
import type { Session } from '../guard.ts'
import { createGossip, type Gossip, type GossipComponents, someOf } from './gossip.ts'
import { type Known, type KnownCafe, loadKnown } from './known.ts'
import { createOwnInfo, type OwnInfoComponents } from './own.ts'
import type { infoProtocol } from './protocol.ts'

export type InfoComponents = OwnInfoComponents & Omit<GossipComponents, 'self' | 'known' | 'own'>

type Handlers = ServiceHandlers<typeof infoProtocol, Session>

export interface Info extends Pick<Gossip, 'meet' | 'start' | 'close'> {
  readonly handlers: Handlers
  readonly neighbours: Neighbours
  list(): readonly KnownCafe[]
}

/** The cafes that are known, for a service that asks some of them. */
export interface Neighbours {
  pick(limit: number): readonly PeerIdText[]
  isCafe(peer: PeerIdText): boolean
  answered(cafe: PeerIdText): void
  failed(cafe: PeerIdText): void
  lied(cafe: PeerIdText): void
}

/** A cafe that was not reached is left alone this long: it was a tab, and most come back. */
const PAUSES = { first: 60_000, longest: 3_600_000 }
/** Of the cafes asked at once at most this part was never spoken with: nobody may send us to strangers' doors by the dozen. */
const HEARD_SHARE = 1 / 4

export async function createInfo(components: InfoComponents): Promise<Info> {
  const { rows, peer, clock, addresses, log } = components
  const known = await loadKnown({ rows, self: peer, clock, addresses })
  const own = createOwnInfo(components)
  const gossip = createGossip({ ...components, self: peer, known, own })
  return {
    handlers: infoService({ known, own, gossip, clock }),
    neighbours: createNeighbours(components, known, log),
    list: known.list,
    meet: gossip.meet,
    start: gossip.start,
    close: gossip.close,
  }
}

interface Parts {
  readonly known: Known
  readonly own: () => Promise<Uint8Array<ArrayBuffer>>
  readonly gossip: Gossip
  readonly clock: Clock
}

function infoService({ known, own, gossip, clock }: Parts): Handlers {
  const rate = (pace: Pace) => createRate({ ...pace, clock, parties: MAX_RATE_KEYS })
  const [cafes, strange, strangers] = [rate(TRADE_PACE), rate(TRADE_PACE), rate(TRADE_PACE_STRANGERS)]
  const pass = (peer: PeerIdText): void => {
    const isKnown = known.isGood(peer)
    const after = isKnown ? cafes.draw(peer, 1) : strange.draw(peer, 1) || strangers.draw('all', 1)
    if (after > 0) throw new CafeError('BUSY', { after })
  }
  return {
    async get(_, { peer }) {
      pass(peer)
      return { envelope: await own() }
    },
    async trade({ records }, { peer }) {
      pass(peer)
      if (known.isMarked(peer)) throw new CafeError('FORBIDDEN', { why: 'marked' })
      await known.demandOwn(records[0], peer)
      // All are checked before one is kept: who brings a forged one has told us nothing.
      for (const envelope of records) await known.check(envelope)
      for (const envelope of records) await known.learn(envelope, peer)
      return { records: await gossip.sample(peer) }
    },
  }
}

function createNeighbours({ connector, clock, onChange }: InfoComponents, known: Known, log: Log): Neighbours {
  const away = new Map<PeerIdText, { failures: number; until: number }>()
  const isAway = ({ cafe }: { cafe: PeerIdText }): boolean => (away.get(cafe)?.until ?? 0) > clock()
  /** What is only remembered, and may be forgotten. */
  const noted = (writing: Promise<void>): void => {
    writing.catch((cause) => log('warn', 'a cafe could not be remembered', { cause }))
  }
  return {
    pick(limit) {
      const good = someOf(known.usable(true), Number.POSITIVE_INFINITY).toSorted(
        (a, b) => Number(b.named) - Number(a.named),
      )
      const heard = someOf(known.usable(false), Number.POSITIVE_INFINITY)
      const from = (some: ReturnType<Known['usable']>, most: number) =>
        some.filter((one) => !isAway(one)).slice(0, most)
      const picked = [...from(good, limit), ...from(heard, limit * HEARD_SHARE)].slice(0, limit)
      for (const { cafe, at } of picked) connector.know(cafe, at())
      return picked.map(({ cafe }) => cafe)
    },
    isCafe: known.isGood,
    answered(cafe) {
      away.delete(cafe)
      noted(known.answered(cafe))
    },
    failed(cafe) {
      const failures = (away.get(cafe)?.failures ?? 0) + 1
      away.set(cafe, { failures, until: clock() + pauseAfter(failures, PAUSES) })
      for (const [peer] of away) if (!known.has(peer)) away.delete(peer)
    },
    lied: (cafe) => noted(known.mark(cafe).then(onChange)),
  }
}
