/** Cafes that know each other as a test wants it, people who are listed at them, and a count of what cafes ask each other. */
import { type CardTerms, createCard, type LiveCard, openAnyCard } from '../../src/cafe/contact/card.ts'
import type { FindOptions } from '../../src/cafe/contact/client.ts'
import { contactProtocol } from '../../src/cafe/contact/protocol.ts'
import { infoProtocol } from '../../src/cafe/info/protocol.ts'
import { createInfo } from '../../src/cafe/info/service.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { type ServiceHandlers, serve } from '../../src/wire/serve.ts'
import {
  type CafeNode,
  createCafeNode,
  createGuestNode,
  createTestNode,
  DAY,
  type GuestNode,
  keep,
  type TestClock,
  type TestNode,
} from './fixture.ts'

/** What one cafe has asked others for. */
export interface Asking {
  readonly by: PeerIdText
  readonly of: PeerIdText
  readonly protocol: string
}

export interface Town {
  readonly clock: TestClock
  /** Every stream that a cafe has opened to another. */
  readonly log: Asking[]
  /** Questions since the last call. */
  asks(): readonly Asking[]
  /** A cafe that is told of `others` by its relay. */
  cafe(others?: () => readonly TestNode[], parts?: Parameters<typeof createCafeNode>[0]): Promise<CafeNode>
  /** A node that says it is a cafe and answers questions as it likes. */
  impostor(ask: ContactHandlers['ask']): Promise<TestNode>
}

type ContactHandlers = ServiceHandlers<typeof contactProtocol, undefined>

export function createTown(clock: TestClock): Town {
  const log: Asking[] = []
  let seen = 0
  return {
    clock,
    log,
    asks() {
      const asks = log.slice(seen).filter(({ protocol }) => protocol === contactProtocol.id)
      seen = log.length
      return asks
    },
    async cafe(others = () => [], parts = {}) {
      let self: PeerIdText | undefined
      const cafe = keep(
        await createCafeNode({
          clock,
          directory: async () => others().map(({ at }) => at),
          connector: (connector) => ({
            know: connector.know,
            open(peer, protocol, options) {
              log.push({ by: self as PeerIdText, of: peer, protocol })
              return connector.open(peer, protocol, options)
            },
          }),
          ...parts,
        }),
      )
      self = cafe.at.cafe
      return cafe
    },
    async impostor(ask) {
      const base = await createTestNode({ clock })
      const { node, rows } = keep(Object.assign(base, { stop: () => base.node.stop() }))
      const info = await createInfo({
        ...{ rows, peer: node.peer, peerKey: node.privateKey, epoch: 1, name: () => 'Impostor' },
        ...{ addresses: node.addresses, connector: node.connector, directory: async () => [], clock, log: silentLog },
        onChange: () => {},
      })
      const refuse = async (): Promise<never> => Promise.reject(new Error('nobody is to ask this'))
      const contact: ContactHandlers = { ask, publish: refuse, get: refuse, find: refuse }
      const options = { limited: true, maxStreams: 16 }
      const guard = async () => undefined
      await node.handle(contactProtocol.id, serve(contactProtocol, contact, { guard, log: silentLog }), options)
      await node.handle(
        infoProtocol.id,
        serve(infoProtocol, info.handlers as never, { guard, log: silentLog }),
        options,
      )
      return base
    },
  }
}

export const newAccount = (): Promise<Account> => openAccount(accountSeed(createWords()))

export type Says = Partial<LiveCard> & { readonly name: string }

/** A card, signed; `listed` unless it says otherwise. */
export const cardOf = (account: Account, clock: TestClock, says: Says): Promise<Uint8Array<ArrayBuffer>> =>
  createCard(account, {
    ...{ avatar: null, devices: [], inboxes: [], visibility: 'listed', seq: 1, ts: clock(), ttl: 30 * DAY },
    ...says,
  } as CardTerms)

/** Registers an account at cafes and publishes cards there. */
export async function createListed(cafes: readonly CafeNode[], clock: TestClock): Promise<Listed> {
  const guest = keep(await createGuestNode({ clock }))
  guest.know(...cafes)
  for (const cafe of cafes) await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
  return Object.assign(guest, {
    async publish(says: Says, at = cafes) {
      const envelope = await cardOf(guest.account(), clock, says)
      for (const cafe of at) await guest.contacts.publish(cafe.at.cafe, envelope, { auth: await guest.access(cafe) })
      return envelope
    },
  })
}

export type Listed = GuestNode & {
  publish(says: Says, at?: readonly CafeNode[]): Promise<Uint8Array<ArrayBuffer>>
}

export interface Search {
  readonly names: readonly string[]
  readonly cards: ReadonlyArray<{ name: string; seq: number; via: PeerIdText | null; address: string }>
  readonly asked: Readonly<Record<PeerIdText, string>>
  readonly complete: boolean | undefined
  /** Bytes of all cards. */
  readonly bytes: number
}

/** Searches as a client; the cards are verified. */
export async function search(
  guest: GuestNode,
  cafe: TestNode,
  what: FindOptions,
  signal?: AbortSignal,
): Promise<Search> {
  const cards: Array<Search['cards'][number]> = []
  const asked: Record<PeerIdText, string> = {}
  let complete: boolean | undefined
  let bytes = 0
  const options = { auth: await guest.access(cafe), signal }
  for await (const found of guest.contacts.find(cafe.at.cafe, what, options)) {
    if ('asked' in found) asked[found.asked.cafe] = found.asked.outcome
    if ('end' in found) complete = found.end.complete
    if (!('card' in found)) continue
    const { envelope, via } = found.card
    const card = await openAnyCard(envelope, guest.clock())
    if ('tomb' in card) throw new Error('nobody searches for what was taken back')
    bytes += envelope.byteLength
    cards.push({ name: card.name, seq: card.seq, address: card.address, via })
  }
  return { names: cards.map(({ name }) => name), cards, asked, complete, bytes }
}
