/** A second device, as the worker has it: given the account with what goes with it, at the same cafes, and listed at both. */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { POLICIES } from '../../relay/policy.ts'
import { createRelay } from '../../relay/relay.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { LINK_TTL } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { formatDeviceLink, parseDeviceLink } from '../../src/net/device-link.ts'
import { blockSource } from '../../src/net/origins.ts'
import { type Accounts, createAccounts } from '../../src/peer/accounts.ts'
import { createPeer } from '../../src/peer/peer.ts'
import type { OfferProgress } from '../../src/worker/device-api.ts'
import { createLinking, type Linking } from '../../src/worker/linking.ts'
import { CHEAP, memoryKeys } from '../unit/accounts-help.ts'
import { type CafeNode, createCafeNode, createTestNode, failure, keep, type TestNode } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'

const LOCK = 'a cup of tea'
const soon = () => ({ signal: AbortSignal.timeout(60_000) })

interface Device extends TestNode {
  readonly accounts: Accounts
  readonly linking: Linking
}

let cafe: CafeNode
beforeAll(async () => {
  cafe = keep(await createCafeNode())
})

type NodeParts = NonNullable<Parameters<typeof createTestNode>[0]>

async function newDevice(name: string, parts: NodeParts = {}): Promise<Device> {
  const base = await createTestNode({ clock: cafe.clock, ...parts })
  const { node, rows, blocks, holds, clock } = base
  const shared = { rows, blocks, holds, clock, random: systemRandom, log: silentLog }
  const accounts = await createAccounts({
    ...{ ...shared, keys: memoryKeys(), cost: CHEAP },
    open: (account, rows) =>
      createPeer({
        ...{ ...shared, account, rows, device: name, source: blockSource(node.connector) },
        ...{ peer: node.peer, connector: node.connector },
        reach: {
          registrar: node,
          origin: 'http://cafe.localhost',
          online: () => [],
          addresses: node.addresses,
          relayed: () => [],
          directory: async () => [],
        },
      }),
  })
  accounts.attend()
  keep({
    async stop() {
      await accounts.close()
      await node.stop()
    },
  })
  return {
    ...base,
    accounts,
    linking: createLinking({ ...shared, node, accounts, name, origin: 'http://cafe.localhost' }),
  }
}

/** A device with an account that is at the cafe. */
async function newOwner(): Promise<Device> {
  const device = await newDevice('Old laptop')
  await device.accounts.create({ words: 12, lock: LOCK })
  await device.accounts.peer().cafes.register(cafe.at, await cafe.token(), {})
  return device
}

/** Offers at `device`, and gives its link, then its code. */
function offer(device: Device) {
  const link = Promise.withResolvers<string>()
  const code = Promise.withResolvers<string>()
  const onProgress = (step: OfferProgress) => ('link' in step ? link.resolve(step.link) : code.resolve(step.code))
  const given = device.linking.offer({ ...soon(), onProgress })
  given.catch(() => {})
  return { link: link.promise, code: code.promise, given }
}

describe('a device that hosts a cafe by invite, behind a relay that asks for vouchers', () => {
  it('is given an account by whoever has read its link, and reached by nobody else', async () => {
    const folder = createFolder()
    const policy = { ...POLICIES.table, guests: 'vouched' as const }
    const relay = await createRelay(configOf(folder, { noApp: true, policy }), { log: silentLog })
    keep({
      async stop() {
        await relay.stop()
        folder.remove()
      },
    })
    const through = { relays: relay.multiaddrs }
    const guests = async () => ({ strangers: false, peers: [], invites: [], accounts: [] })
    const host = await newDevice('Host', { ...through, guests })
    const [owner, stranger] = [await newDevice('Owner', through), await newDevice('Stranger', through)]
    for (const device of [owner, stranger]) await device.accounts.create({ words: 12, lock: LOCK })
    const { link, code, given } = offer(host)
    const shown = await link
    // Of the same place, with a key that it does not show.
    const guessed = formatDeviceLink({ ...parseDeviceLink(shown), key: new Uint8Array(32) }, 'http://cafe.localhost')
    const refused = await failure(stranger.linking.follow(guessed, soon()))
    expect(refused).toMatchObject({ code: 'UNREACHABLE', why: 'guests' })
    const following = await vi.waitFor(() => owner.linking.follow(shown, soon()), { timeout: 30_000, interval: 500 })
    expect(following.code).toBe(await code)
    host.linking.match(true)
    await owner.linking.give(LOCK, soon())
    expect(await given).toMatchObject({ address: owner.accounts.peer().account.address })
    // Nothing is left of it when it is over.
    const follows = async () => {
      // Each a new one: a connection that is open stays open.
      const late = await newDevice('Late', through)
      await late.accounts.create({ words: 12, lock: LOCK })
      expect(await failure(late.linking.follow(shown, soon()))).toMatchObject({ code: 'UNREACHABLE', why: 'guests' })
    }
    await vi.waitFor(follows, { timeout: 60_000, interval: 1000 })
  }, 120_000)
})

describe('a linked device', () => {
  it('has the account, is at its cafes, and is listed at both', async () => {
    const [laptop, phone] = await Promise.all([newOwner(), newDevice('New phone')])
    const { address } = laptop.accounts.peer().account
    const offered = offer(phone)
    const found = await laptop.linking.follow(await offered.link, soon())
    expect(found).toEqual({ code: await offered.code, name: 'New phone', peerId: phone.node.peer })
    phone.linking.match(true)
    await laptop.linking.give(LOCK, soon())
    expect(await offered.given).toEqual({ address, cafes: 1 })
    expect(await phone.accounts.status()).toBeNull()
    await phone.linking.keep({ lock: 'another passphrase' })
    expect(await phone.accounts.status()).toMatchObject({ address, index: 0, lock: true, locked: false })
    await expect
      .poll(async () => (await phone.accounts.peer().cafes.list()).map(({ cafe, state }) => ({ cafe, state })), {
        timeout: 30_000,
      })
      .toEqual([{ cafe: cafe.at.cafe, state: 'active' }])
    for (const [device, here, other] of [
      [laptop, laptop, phone],
      [phone, phone, laptop],
    ] as const)
      await expect
        .poll(async () => (await device.accounts.peer().devices.list()).map(({ peer }) => peer))
        .toEqual([here.node.peer, other.node.peer])
    const [own] = await phone.accounts.peer().devices.list()
    expect(own).toMatchObject({ name: 'New phone', here: true, cert: { account: address, peer: phone.node.peer } })
    // Kept once.
    expect(await failure(phone.linking.keep({}))).toEqual({ code: 'NOT_FOUND', what: 'link' })
  })

  it('gets nothing without the passphrase; with it the same link still works', async () => {
    const [laptop, phone] = await Promise.all([newOwner(), newDevice('New phone')])
    const offered = offer(phone)
    await laptop.linking.follow(await offered.link, soon())
    await offered.code
    for (const proof of [undefined, 'a cup of milk'])
      expect(await failure(laptop.linking.give(proof, soon()))).toEqual({ code: 'FORBIDDEN', what: 'passphrase' })
    expect(await laptop.accounts.peer().devices.list()).toHaveLength(1)
    phone.linking.match(true)
    await laptop.linking.give(LOCK, soon())
    await offered.given
  })

  it('that says the codes differ is not listed, and holds nothing', async () => {
    const [laptop, phone] = await Promise.all([newOwner(), newDevice('New phone')])
    const offered = offer(phone)
    await laptop.linking.follow(await offered.link, soon())
    await offered.code
    phone.linking.match(false)
    expect(await failure(laptop.linking.give(LOCK, soon()))).toEqual({ code: 'FORBIDDEN', why: 'differs' })
    expect(await failure(phone.linking.keep({}))).toEqual({ code: 'NOT_FOUND', what: 'link' })
    expect((await laptop.accounts.peer().devices.list()).map(({ here }) => here)).toEqual([true])
  })

  it('that has an account of its own keeps the new one beside it, for its passphrase', async () => {
    const [laptop, phone] = await Promise.all([newOwner(), newDevice('New phone')])
    await phone.accounts.create({ words: 12, lock: 'another passphrase' })
    const offered = offer(phone)
    await laptop.linking.follow(await offered.link, soon())
    await offered.code
    phone.linking.match(true)
    await laptop.linking.give(LOCK, soon())
    await offered.given
    expect(await failure(phone.linking.keep({}))).toEqual({ code: 'CONFLICT', what: 'account' })
    expect(await failure(phone.linking.keep({ add: true }))).toEqual({ code: 'FORBIDDEN', what: 'passphrase' })
    await phone.linking.keep({ add: true, proof: 'another passphrase' })
    expect((await phone.accounts.list()).map(({ current }) => current)).toEqual([false, true])
  })

  it('forgets what nobody keeps, and a locked account is not given', async () => {
    const [laptop, phone] = await Promise.all([newOwner(), newDevice('New phone')])
    const offered = offer(phone)
    await laptop.linking.follow(await offered.link, soon())
    await offered.code
    phone.linking.match(true)
    await laptop.linking.give(LOCK, soon())
    await offered.given
    cafe.clock.advance(LINK_TTL + 1)
    expect(await failure(phone.linking.keep({}))).toEqual({ code: 'NOT_FOUND', what: 'link' })
    await laptop.accounts.lock()
    const again = offer(phone)
    const locked = { code: 'SEALED', what: 'account' }
    expect(await failure(laptop.linking.follow(await again.link, soon()))).toEqual(locked)
  })
})
