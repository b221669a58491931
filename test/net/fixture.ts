/**
 * Real nodes in one process: libp2p over WebSockets on the loopback interface, stores in memory, time and keys in the
 * test's hands. What the worker composes in a browser, composed here without one.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import { afterAll, expect, vi } from 'vitest'
import { type Cafe, type CafeComponents, createCafe } from '../../src/cafe/cafe.ts'
import { type ContactClient, contactClient } from '../../src/cafe/contact/client.ts'
import { type InboxClient, inboxClient } from '../../src/cafe/inbox/client.ts'
import type { MailRates } from '../../src/cafe/inbox/rates.ts'
import { type PinClient, pinClient } from '../../src/cafe/pin/client.ts'
import { createKeep, type Keep } from '../../src/cafe/pin/keep.ts'
import { type SessionClient, sessionClient } from '../../src/cafe/session/client.ts'
import type { SessionRates } from '../../src/cafe/session/rates.ts'
import { type SnapshotClient, snapshotClient } from '../../src/cafe/snapshot/client.ts'
import { type Clock, systemRandom } from '../../src/core/clock.ts'
import { type ErrorData, isCafeError } from '../../src/core/errors.ts'
import { hex, type PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { createJwtKey } from '../../src/crypto/jwt.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import type { DoorBlocks } from '../../src/net/door-blocks.ts'
import type { Guests } from '../../src/net/guests.ts'
import { createNode, type Node } from '../../src/net/node.ts'
import { blockSource } from '../../src/net/origins.ts'
import type { CafeAddress } from '../../src/peer/cafes.ts'
import { createPeer, type Peer } from '../../src/peer/peer.ts'
import type { Draw } from '../../src/peer/thumbnail.ts'
import type { Blocks } from '../../src/store/blocks.ts'
import { createHolds, type Holds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { openStores } from '../../src/store/open.ts'
import type { Rows } from '../../src/store/rows.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export interface TestClock extends Clock {
  advance(ms: number): void
}

/** A clock that stands still until the test moves it. */
export function testClock(now = Date.UTC(2030, 0, 1)): TestClock {
  let time = now
  const advance = (ms: number): void => {
    time += ms
  }
  return Object.assign(() => time, { advance })
}

const open: Array<{ stop(): Promise<void> }> = []
const stores: Array<() => Promise<void>> = []
afterAll(async () => {
  await Promise.all(open.map((node) => node.stop()))
  await Promise.all(stores.map((close) => close()))
})

/**
 * Where cafes keep things: in memory, or (`CAFE_STORE=node`) where a cafe in Node does, on a real disk. The same suites run
 * on both.
 */
async function cafeStores(): Promise<{ readonly rows: Rows; readonly blocks: Blocks }> {
  if (process.env['CAFE_STORE'] !== 'node') return { rows: memoryRows(), blocks: memoryBlocks() }
  const folder = await mkdtemp(join(tmpdir(), 'cafe-net-'))
  const opened = await openStores(folder)
  stores.push(async () => {
    await opened.close()
    await rm(folder, { recursive: true, force: true })
  })
  const { rows, blocks } = opened
  return { rows, blocks }
}

/** The node as given, to be stopped when the tests of the file are over. */
export function keep<T extends { stop(): Promise<void> }>(node: T): T {
  open.push(node)
  return node
}

const LISTEN = ['/ip4/127.0.0.1/tcp/0/ws']

export interface TestNode {
  readonly node: Node
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: TestClock
  /** What an invite says about this node. */
  readonly at: CafeAddress
}

interface Parts {
  readonly clock?: TestClock
  readonly rows?: Rows
  readonly blocks?: Blocks
  readonly holds?: Holds
  readonly cafes?: () => readonly PeerIdText[]
  /** Relays to be reached through, and nothing else. */
  readonly relays?: readonly string[]
  /** Holds the node's identity: given to a second node, that one is the first one started again. */
  readonly datastore?: MemoryDatastore
  /** Connections have come or gone. */
  readonly onChange?: () => void
  /** Whom relays may let through; anybody, a few at once, without it. */
  readonly guests?: () => Promise<Guests>
  /** The way to blocks of cafes that do not admit it. */
  readonly atDoor?: DoorBlocks
}

/** A node without any service but that of blocks. */
export async function createTestNode(parts: Parts = {}): Promise<TestNode> {
  const { clock = testClock(), rows = memoryRows(), blocks = memoryBlocks(), cafes = () => [] } = parts
  const { datastore = new MemoryDatastore(), holds = createHolds(blocks), onChange = () => {} } = parts
  const { relays = [], atDoor: door } = parts
  const listen = relays.length > 0 ? ['/p2p-circuit'] : LISTEN
  const asked = parts.guests && { guests: parts.guests }
  const node = await createNode({ datastore, blocks, relays, listen, cafes, log: silentLog, onChange, door, ...asked })
  if (relays.length > 0) await node.reserved(AbortSignal.timeout(30_000))
  return { node, rows, blocks, holds, clock, at: { cafe: node.peer, addresses: node.addresses() } }
}

export interface CafeNode extends TestNode {
  readonly cafe: Cafe
  /** Closes the cafe and opens it again, on the same node; in another storage epoch, if it is to have lost something. */
  reopen(epoch?: number): Promise<Cafe>
  readonly keep: Keep
  /** Text of a new access token. */
  token(options?: Parameters<Cafe['createToken']>[0]): Promise<string>
  /**
   * Every row the cafe keeps, but for the log of its host, which may tell of a refusal: the same before and after means
   * that nothing was stored.
   */
  dump(): Promise<Record<string, string>>
  stop(): Promise<void>
}

const any = { burst: 1_000_000, every: 1 }
/** Tests knock more often than people do. */
export const FREELY: SessionRates = {
  ...{ challenges: any, strangers: any, registrations: any, clients: any, admissions: any },
}

export const MAIL_FREELY: MailRates = { key: any, peer: any, strangers: any }

/** A node that hosts a cafe. */
export async function createCafeNode(
  parts: Parts &
    Pick<
      Partial<CafeComponents>,
      'jwtKey' | 'forwardPauses' | 'rates' | 'mailRates' | 'mailWork' | 'mailMost' | 'directory'
    > & {
      name?: string
      /** The node's connector, as this cafe is to see it. */
      connector?: (connector: CafeComponents['connector']) => CafeComponents['connector']
    } = {},
): Promise<CafeNode> {
  let running: Cafe | undefined
  const nobody = { strangers: false, peers: [], invites: [], accounts: [] }
  const stores = parts.rows && parts.blocks ? {} : await cafeStores()
  const base = await createTestNode({ guests: async () => (await running?.guests()) ?? nobody, ...stores, ...parts })
  const { node, rows, blocks, holds, clock } = base
  const onChange = (): void => node.guests.changed()
  const shared = { rows, blocks, holds, clock, random: systemRandom, log: silentLog, onChange }
  const keep = await createKeep(shared)
  const components = {
    ...shared,
    keep,
    source: blockSource(node.connector),
    peer: node.peer,
    peerKey: node.privateKey,
    registrar: node,
    jwtKey: parts.jwtKey ?? (await createJwtKey()),
    epoch: 1,
    addresses: () => node.addresses(),
    connector: parts.connector?.(node.connector) ?? node.connector,
    directory: parts.directory ?? (async () => []),
    rates: parts.rates ?? FREELY,
    mailRates: parts.mailRates ?? MAIL_FREELY,
    forwardPauses: parts.forwardPauses,
    mailWork: parts.mailWork,
    mailMost: parts.mailMost,
  }
  const open = async (epoch = 1): Promise<Cafe> => {
    running = await createCafe({ ...components, epoch }, parts.name ?? 'Test cafe')
    onChange()
    return running
  }
  const cafe = await open()
  return {
    ...base,
    cafe,
    keep: components.keep,
    async reopen(epoch) {
      await cafe.close()
      return open(epoch)
    },
    token: async (options = {}) => (await cafe.createToken(options)).token,
    dump: async () =>
      Object.fromEntries(Object.entries(await dumpRows(rows)).filter(([key]) => !key.startsWith('/cafe/activity/'))),
    stop: () => node.stop(),
  }
}

export interface GuestNode extends TestNode {
  readonly peer: Peer
  /** The clients below the peer, for what a well-behaved peer would never do. */
  readonly session: SessionClient
  readonly pins: PinClient
  readonly snapshots: SnapshotClient
  readonly contacts: ContactClient
  readonly inbox: InboxClient
  account(): Account
  /** Makes the cafes' addresses known, so that they can be dialled. */
  know(...others: Pick<TestNode, 'at'>[]): void
  /** An access token for a cafe this guest is registered with. */
  access(cafe: Pick<TestNode, 'at'>): Promise<string>
  stop(): Promise<void>
}

/** A node of an account. `words` restores the account of another device. */
export async function createGuestNode(parts: Parts & { words?: string; draw?: Draw } = {}): Promise<GuestNode> {
  let known: readonly PeerIdText[] = []
  const base = await createTestNode({ cafes: () => known, ...parts })
  const { node, rows, blocks, holds, clock } = base
  const account = await openAccount(accountSeed(parts.words ?? createWords()))
  const source = blockSource(node.connector)
  const components = {
    source,
    rows,
    blocks,
    holds,
    clock,
    account,
    draw: parts.draw,
    random: systemRandom,
    connector: node.connector,
    peer: node.peer,
    log: silentLog,
    reach: {
      registrar: node,
      origin: 'http://cafe.localhost',
      online: () => node.connections().map(({ peerId }) => peerId),
      addresses: node.addresses,
      relayed: () => [],
      directory: async () => [],
    },
  }
  const peer = await createPeer(components)
  return {
    ...base,
    peer,
    session: sessionClient(components),
    pins: pinClient(components),
    snapshots: snapshotClient(components),
    contacts: contactClient(components),
    inbox: inboxClient(components),
    account: () => account,
    know(...others) {
      known = others.map(({ at }) => at.cafe)
      for (const { at } of others) node.connector.know(at.cafe, at.addresses)
    },
    access: (cafe) => peer.cafes.access(cafe.at.cafe, {}),
    async stop() {
      await peer.close()
      await node.stop()
    },
  }
}

/** A guest registered at `cafe`. */
export async function createClient(cafe: CafeNode, token?: string): Promise<GuestNode> {
  const guest = await createGuestNode({ clock: cafe.clock })
  guest.know(cafe)
  await guest.peer.cafes.register(cafe.at, token ?? (await cafe.token()), {})
  await vouched(cafe, guest)
  return guest
}

/** A client tells its cafe a voucher soon after it has joined (peer/cafes.ts): only then do its rows stand still. */
async function vouched(cafe: CafeNode, guest: GuestNode): Promise<void> {
  const row = `/cafe/voucher/${guest.account().address}`
  await vi.waitFor(async () => expect(Object.keys(await cafe.dump())).toContain(row), { timeout: 10_000, interval: 10 })
}

export async function dumpRows(rows: Rows): Promise<Record<string, string>> {
  const all = await rows.range('')
  return Object.fromEntries(all.map(([key, value]) => [key, hex(value)]))
}

/** What a call failed with, as it would cross a wire. @throws if it did not fail, or not with a CafeError. */
export async function failure(promise: Promise<unknown>): Promise<{ code: string } & ErrorData> {
  try {
    await promise
  } catch (error) {
    if (isCafeError(error)) return { code: error.code, ...error.data }
    throw error
  }
  throw new Error('it should have failed')
}
