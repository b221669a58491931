/**
 * Tells the relays this node holds seats at whom it wants to be reached by, where they ask (`wire/seat.ts`): at once when a
 * relay is connected or somebody has come or gone, and again before it lapses. A relay that lets everybody through is told
 * nothing of anybody.
 */
import type { Libp2p } from 'libp2p'
import { CafeError, toCafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import { delay, type Pauses, pauseAfter } from '../core/pause.ts'
import { voucherKey } from '../crypto/voucher.ts'
import { type Connector, call } from '../wire/call.ts'
import {
  ACCOUNT_GUESTS,
  ADMIT_KEYS,
  ADMIT_PEERS,
  ADMIT_TTL,
  MAX_ADMITTED,
  type SeatUsage,
  seatProtocol,
} from '../wire/seat.ts'
import type { Relays } from './relays.ts'

/** Whom a node wants to be reached by through relays. */
export interface Guests {
  /** Whoever comes, though few at once. */
  readonly strangers: boolean
  readonly peers: readonly PeerIdText[]
  /** Newest first. */
  readonly invites: readonly Invited[]
  /** `accountVoucher` of each client's account, those that were here last first. */
  readonly accounts: readonly Uint8Array[]
}

export interface Invited {
  /** `tokenHash` of the token's secret. */
  readonly hash: Uint8Array
  /** Milliseconds until it ends, and how many it may still let in; without an end, and any number. */
  readonly left?: number | undefined
  readonly guests?: number | undefined
}

/**
 * What keys are made of, as many as a relay takes. Half of them are for invites if there are so many, and half for accounts:
 * neither a host who made a token for everybody nor a crowd of clients takes the others' way. Who has no key comes with a
 * newer invite.
 */
export function keysFor({ invites, accounts }: Pick<Guests, 'invites' | 'accounts'>): readonly Invited[] {
  const half = ADMIT_KEYS / 2
  const invited = invites.slice(0, Math.max(half, ADMIT_KEYS - accounts.length))
  const known = accounts.slice(0, ADMIT_KEYS - invited.length)
  return [...invited, ...known.map((hash) => ({ hash, guests: ACCOUNT_GUESTS }))]
}

export interface GuestsComponents {
  readonly libp2p: Libp2p
  readonly connector: Connector
  readonly relays: Pick<Relays, 'peers'>
  readonly guests: () => Promise<Guests>
  readonly log: Log
}

export interface ToldGuests {
  /** Somebody has come or gone. */
  changed(): void
  /** Admits whoever has this, beside those it names itself, until the function that it gives is called. */
  admit(invited: Invited): () => void
  /** What circuits to this node have carried, by the relays that are connected and say so. */
  usage(options: { signal: AbortSignal }): Promise<ReadonlyArray<SeatUsage & { readonly relay: PeerIdText }>>
  stop(): void
}

/** Changes often come in twos and threes (the client, its session, its token), and on a busy cafe all the time. */
const SOON = 250
const BETWEEN = 2000
/** Said again when a third of its time is over, so that two failures harm nobody. */
const AGAIN = ADMIT_TTL / 3
/** The seat is given a moment after the connection. */
const PAUSES: Pauses = { first: 250, longest: 15_000 }

export function tellGuests({ libp2p, connector, relays, guests, log }: GuestsComponents): ToldGuests {
  const stopped = new AbortController()
  /** The round that runs for each relay; a newer one ends it. */
  const rounds = new Map<PeerIdText, AbortController>()
  const also = new Set<Invited>()
  /** What each relay that is connected was told, in one text; or that it does not ask. */
  const told = new Map<PeerIdText, string | 'any'>()
  const self = libp2p.peerId.toString() as PeerIdText
  const connected = (): PeerIdText[] =>
    [...new Set(relays.peers)].filter((relay) =>
      libp2p
        .getConnections()
        .some((one) => one.status === 'open' && !one.limits && one.remotePeer.toString() === relay),
    )

  const tell = async (relay: PeerIdText, signal: AbortSignal): Promise<void> => {
    if (told.get(relay) === 'any') return
    const { guests: policy, seated } = await call(connector, relay, seatProtocol, 'look', {}, { signal })
    if (policy === 'any') return void told.set(relay, policy)
    if (!seated) throw new CafeError('NOT_FOUND', { what: 'seat' })
    const { strangers, peers, ...others } = await guests()
    const named = [...new Set(peers)].filter((peer) => peer !== self).slice(0, MAX_ADMITTED)
    const invited = keysFor({ ...others, invites: [...also, ...others.invites] })
    // In an order of their own: who was here last is no news to a relay.
    const all = JSON.stringify([strangers, named, invited.map(({ hash, guests }) => `${hex(hash)} ${guests}`).sort()])
    if (told.get(relay) === all) return
    const keys = await Promise.all(
      invited.map(async ({ hash, left, guests }) => ({
        key: await voucherKey({ token: hash, relay, cafe: self }),
        ...{ left, guests },
      })),
    )
    for (let at = 0; at === 0 || at < named.length; at += ADMIT_PEERS) {
      const part = named.slice(at, at + ADMIT_PEERS)
      const [anew, more] = [at === 0, at + ADMIT_PEERS < named.length]
      const said = { anew, more, strangers, peers: part, keys: anew ? keys : [] }
      await call(connector, relay, seatProtocol, 'admit', said, { signal })
    }
    told.set(relay, all)
    log('debug', 'relay told whom it may let through', { relay, peers: named.length, keys: keys.length })
  }

  const round = async (relay: PeerIdText, signal: AbortSignal): Promise<void> => {
    for (let failures = 1; connected().includes(relay); failures++) {
      try {
        return await tell(relay, signal)
      } catch (thrown) {
        const error = toCafeError(thrown, 'UNREACHABLE')
        // A relay of another make lets everybody through.
        if (error.code === 'UNSUPPORTED' || signal.aborted) return
        log('debug', 'relay not told whom it may let through', { relay, cause: error })
        await delay(pauseAfter(failures, PAUSES), signal)
      }
    }
  }

  const start = (relay: PeerIdText): void => {
    rounds.get(relay)?.abort()
    const mine = new AbortController()
    rounds.set(relay, mine)
    round(relay, AbortSignal.any([mine.signal, stopped.signal]))
      // Only a newer round or the end of the node stops it.
      .catch(() => {})
      .finally(() => rounds.get(relay) === mine && rounds.delete(relay))
  }
  const startAll = (): void => {
    for (const relay of connected()) start(relay)
  }
  const onConnect = ({ detail }: { detail: { toString(): string } }): void => {
    const relay = relays.peers.find((one) => one === detail.toString())
    if (relay === undefined) return
    // It may be another than before, which knows nothing.
    told.delete(relay)
    start(relay)
  }
  let last = 0
  let due: ReturnType<typeof setTimeout> | undefined
  const changed = (): void => {
    due ??= setTimeout(
      () => {
        due = undefined
        last = performance.now()
        startAll()
      },
      Math.max(SOON, last + BETWEEN - performance.now()),
    )
  }
  libp2p.addEventListener('peer:connect', onConnect)
  const timer = setInterval(() => {
    told.clear()
    startAll()
  }, AGAIN)
  startAll()

  return {
    changed,
    admit(invited) {
      also.add(invited)
      changed()
      return () => also.delete(invited) && changed()
    },
    async usage({ signal }) {
      const looks = connected().map(async (relay) => {
        const { usage } = await call(connector, relay, seatProtocol, 'look', {}, { signal })
        return { relay, ...usage }
      })
      return (await Promise.allSettled(looks)).flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
    },
    stop() {
      libp2p.removeEventListener('peer:connect', onConnect)
      clearInterval(timer)
      clearTimeout(due)
      stopped.abort()
    },
  }
}
