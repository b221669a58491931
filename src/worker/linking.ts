/**
 * Giving the account in use to another device, and being given one: the two halves of `peer/link` with what this device
 * knows, cafes and devices among it. One of each at a time.
 */
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { LINK_TTL, OPEN_TIMEOUT } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { linkVoucher } from '../crypto/voucher.ts'
import { formatDeviceLink, parseDeviceLink } from '../net/device-link.ts'
import type { Node } from '../net/node.ts'
import { throughRelay } from '../net/paths.ts'
import type { Accounts, KeepOptions } from '../peer/accounts.ts'
import { followLink, type Giving } from '../peer/link/give.ts'
import { createOffers, type Gift } from '../peer/link/offer.ts'
import { type LinkGift, MAX_TOLD } from '../peer/link/protocol.ts'
import type { GivenAccount, OfferProgress } from './device-api.ts'

export interface LinkingComponents {
  readonly node: Node
  readonly accounts: Accounts
  /** What this device is called. */
  readonly name: string
  /** Where the app is served: where links lead. */
  readonly origin: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface Linking {
  offer(options: { signal: AbortSignal; onProgress: (progress: OfferProgress) => void }): Promise<GivenAccount>
  match(same: boolean): void
  /** @throws CafeError NOT_FOUND {what: 'link'} if nothing was given, or long ago. */
  keep(options: KeepOptions): Promise<void>
  follow(link: string, options: { signal: AbortSignal }): Promise<{ code: string; name: string; peerId: PeerIdText }>
  /** @throws CafeError NOT_FOUND {what: 'link'} if none is followed. */
  give(proof: string | undefined, options: { signal: AbortSignal }): Promise<void>
  cancel(): Promise<void>
}

/** Milliseconds an offer waits for a reservation, so that its link shows real addresses. */
const ADDRESS_WAIT = 5000

/** Devices that may come for one link: the one that gives, on a second try from another tab or profile too. */
const LINK_TRIES = 3

/**
 * Lets whoever has read a link come through relays that ask, also where this device hosts a cafe that admits by invite.
 * @returns what ends that.
 */
function openTo({ guests }: Node, key: Uint8Array): () => void {
  const admitted = linkVoucher(key).then((hash) => guests.admit({ hash, left: LINK_TTL, guests: LINK_TRIES }))
  return () => void admitted.then((end) => end())
}

export function createLinking(components: LinkingComponents): Linking {
  const { node, accounts, name, origin, clock, random, log } = components
  const offers = createOffers({ peer: node.peer, registrar: node, clock, random, log })
  let given: { readonly gift: Gift; readonly at: number } | undefined
  let giving: Giving | undefined

  const addresses = (): readonly string[] => {
    const now = node.addresses()
    return now.length > 0 ? now : node.relays.addresses.flatMap((relay) => throughRelay(relay, node.peer))
  }

  /** Registers at the cafes the other device is at; which of them let it in without an invite is their rule. */
  const enter = async (cafes: Gift['cafes']): Promise<void> => {
    const { cafes: own } = accounts.peer()
    const joined = new Set((await own.list()).map(({ cafe }) => cafe))
    for (const { cafe, name, addresses } of cafes.filter((one) => !joined.has(one.cafe)))
      void own
        .register({ cafe, name, addresses }, undefined, { signal: AbortSignal.timeout(OPEN_TIMEOUT) })
        .catch((cause) => log('info', 'a cafe of the account did not let this device in', { cause }))
  }

  const giftFor = async (proof: string | undefined, { to }: Giving): Promise<LinkGift> => {
    const { seed, index } = await accounts.seed(proof)
    const { account, cafes, devices } = accounts.peer()
    const active = (await cafes.list()).filter(({ state }) => state === 'active')
    return {
      ...{ v: 1, address: account.address, index, seed: new Uint8Array(seed.reveal()) },
      cafes: active.slice(0, MAX_TOLD).map(({ cafe, name, addresses }) => ({ cafe, name, addresses })),
      entries: (await devices.introduce(to.peer, to.name)).slice(0, MAX_TOLD),
    }
  }

  return {
    async offer({ signal, onProgress }) {
      await node.reserved(AbortSignal.any([signal, AbortSignal.timeout(ADDRESS_WAIT)]))
      given = undefined
      let shut = (): void => {}
      const onStep: Parameters<typeof offers.open>[0]['onStep'] = (step) => {
        if ('code' in step) return onProgress({ code: step.code, name: step.name, peerId: step.peer })
        shut = openTo(node, step.key)
        const link = formatDeviceLink({ peer: node.peer, name, addresses: addresses(), key: step.key }, origin)
        onProgress({ link, expires: step.expires })
      }
      const gift = await offers.open({ signal, onStep }).finally(() => shut())
      given = { gift, at: clock() }
      return { address: gift.address, cafes: gift.cafes.length }
    },
    match: offers.match,
    async keep(options) {
      if (!given || clock() - given.at > LINK_TTL) throw new CafeError('NOT_FOUND', { what: 'link' })
      const { seed, index, cafes, entries } = given.gift
      await accounts.keep(seed, index, options)
      given = undefined
      await accounts.peer().devices.learn(entries)
      await enter(cafes)
    },
    async follow(link, { signal }) {
      accounts.peer() // there is one, and it is open
      const to = parseDeviceLink(link)
      await giving?.cancel()
      giving = undefined
      const { connector, peer } = node
      connector.hold(to.peer, await linkVoucher(to.key))
      giving = await followLink({ peer, name, connector, random }, to, { signal })
      return { code: giving.code, name: to.name, peerId: to.peer }
    },
    async give(proof, { signal }) {
      if (!giving) throw new CafeError('NOT_FOUND', { what: 'link' })
      const now = giving
      const gift = await giftFor(proof, now)
      giving = undefined
      await now.give(gift, { signal })
      await accounts.peer().devices.learn(gift.entries.slice(0, 1))
    },
    async cancel() {
      const now = giving
      giving = undefined
      await now?.cancel()
    },
  }
}
