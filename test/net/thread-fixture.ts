/** Members of threads: nodes with an account and its threads, as the worker composes them. */
import { MemoryDatastore } from 'datastore-core'
import { systemClock, systemRandom } from '../../src/core/clock.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { silentLog } from '../../src/core/log.ts'
import { accountSigner } from '../../src/crypto/certificate.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { blockSource } from '../../src/net/origins.ts'
import { createPacks } from '../../src/peer/packs.ts'
import type { PeerThreadComponents } from '../../src/peer/thread-components.ts'
import { createPeerThreads, type PeerThreads } from '../../src/peer/threads.ts'
import type { SyncPaces } from '../../src/thread/sync-rates.ts'
import type { ThreadIdText } from '../../src/thread/thread.ts'
import { createGuestNode, type GuestNode, keep, type TestNode } from './fixture.ts'

export interface Member extends GuestNode {
  readonly threads: PeerThreads
  /** The same device, switched on again after a stop. */
  again(): Promise<Member>
  /** Says a text. */
  post(id: string, text: string): Promise<string>
  heads(id: string): Promise<string>
  /** Texts of the thread, newest first. */
  texts(id: string): Promise<readonly string[]>
}

const FAST = { burst: 100_000, every: 1 }
/** Tests say hello more often than people come and go. */
export const FREE_PACES: SyncPaces = {
  ...{ hello: FAST, hellos: FAST, sync: FAST, push: FAST, invite: FAST, invites: FAST },
  bytes: { burst: 2 ** 40, every: 1 },
  fault: { burst: 8, every: 60_000 },
  out: 60_000,
}

export type MemberParts = Parameters<typeof createGuestNode>[0] &
  Partial<Pick<PeerThreadComponents, 'profile' | 'paces' | 'siblings' | 'devicesOf'>>

export async function createMember(parts: MemberParts = {}): Promise<Member> {
  let threads: PeerThreads | undefined
  const clock = Object.assign(() => systemClock(), { advance() {} })
  const { words = createWords(12, systemRandom), datastore = new MemoryDatastore() } = parts
  const guest = await createGuestNode({ clock, ...parts, words, datastore, onChange: () => threads?.connected() })
  const { node, rows, blocks, holds, peer } = guest
  const { profile, siblings, devicesOf, paces = FREE_PACES } = parts
  const packed = (id: string): void => threads?.packed(asId(id))
  const packs = createPacks({
    ...{ rows, blocks, holds },
    backups: peer.backups,
    clock: guest.clock,
    onChange: packed,
    wait: 100,
  })
  const given = Object.fromEntries(Object.entries({ profile, siblings, devicesOf }).filter(([, value]) => value))
  threads = await createPeerThreads({
    ...{ rows, blocks, holds, paces, clock: guest.clock, random: systemRandom, log: silentLog },
    account: guest.account(),
    signer: accountSigner(guest.account(), node.peer),
    peer: node.peer,
    connector: node.connector,
    registrar: node,
    source: blockSource(node.connector),
    cafes: peer.cafes,
    origin: 'http://cafe.localhost:4001',
    online: () => node.connections().map(({ peerId }) => peerId),
    addresses: () => node.addresses(),
    relayed: () => [],
    packs: packs.of,
    onBlocks: packs.add,
    onLeft: packs.drop,
    ...given,
  })
  const own = threads
  const member: Member = {
    ...guest,
    threads: own,
    again: () => createMember({ ...parts, words, rows, blocks, datastore }),
    post: async (id, text) => (await own.say(asId(id), { type: 'text', body: { text } })).cid,
    heads: async (id) => (await (await own.thread(asId(id))).heads()).map(String).sort().join(),
    async texts(id) {
      const { entries } = await (await own.thread(asId(id))).page({ limit: 1000 })
      return entries.flatMap(({ content }) => (content.type === 'text' ? [content.body.text] : []))
    },
    async stop() {
      await own.close()
      packs.close()
      peer.close()
      await node.stop()
    },
  }
  return keep(member)
}

export const asId = (id: string): ThreadIdText => id as ThreadIdText

/** Lets each dial the others. */
export function introduce(...members: readonly TestNode[]): void {
  for (const { node } of members) {
    for (const other of members) if (other.node !== node) node.connector.know(other.at.cafe, other.at.addresses)
  }
}

/** A thread of the first, which the others have joined. */
export async function createSharedThread(first: Member, ...others: readonly Member[]): Promise<string> {
  const { id } = await first.threads.create({ name: 'Holidays' })
  for (const other of others) {
    const { link } = await first.threads.invite(asId(id), null, {})
    const joined = await other.threads.join(link, {})
    if (joined.standing !== 'in') throw new Error('not joined')
  }
  return id
}

/** Waits, as long as a test may take, until a condition holds; errors count as not yet. */
export async function until(what: string, condition: () => Promise<boolean>, patience = 50_000): Promise<void> {
  for (const end = performance.now() + patience; performance.now() < end; ) {
    const holds = await condition().catch((error) => {
      if (isCafeError(error)) return false
      throw error
    })
    if (holds) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited in vain: ${what}`)
}

/** Waits until all have the same heads. */
export const level = (id: string, ...members: readonly Member[]): Promise<void> =>
  until('the same heads', async () => {
    const heads = await Promise.all(members.map((member) => member.heads(id)))
    return heads.every((one) => one === heads[0])
  })
