/** Members of threads: nodes with an account and its threads, as the worker composes them. */
import { MemoryDatastore } from 'datastore-core'
import { systemClock, systemRandom } from '../../src/core/clock.ts'
import { CafeError, isCafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { accountSigner } from '../../src/crypto/certificate.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { blockSource } from '../../src/net/origins.ts'
import { createPeerThreads, type PeerThreads } from '../../src/peer/threads.ts'
import type { SyncPaces } from '../../src/thread/sync-rates.ts'
import type { ThreadIdText } from '../../src/thread/thread.ts'
import { createGuestNode, createTestNode, type GuestNode, keep, type TestNode } from './fixture.ts'

export interface Person extends TestNode {
  readonly threads: PeerThreads
  account(): Account
  /** Says a text. */
  post(id: string, text: string): Promise<string>
  heads(id: string): Promise<string>
  /** Texts of the thread, newest first. */
  texts(id: string): Promise<readonly string[]>
  stop(): Promise<void>
}

/** Somebody with a whole account peer. */
export interface Member extends Person, GuestNode {
  stop(): Promise<void>
  /** The same device, switched on again after a stop. */
  again(): Promise<Member>
}

export type MemberParts = Parameters<typeof createGuestNode>[0]

const ticking = Object.assign(() => systemClock(), { advance() {} })

export async function createMember(parts: MemberParts = {}): Promise<Member> {
  const { words = createWords(), datastore = new MemoryDatastore() } = parts
  let connected = (): void => {}
  const onChange = (): void => connected()
  const guest = await createGuestNode({ clock: ticking, ...parts, words, datastore, onChange })
  connected = guest.peer.connected
  const { rows, blocks } = guest
  return keep({
    ...guest,
    ...voiceOf(guest.peer.threads),
    again: () => createMember({ ...parts, words, rows, blocks, datastore }),
  })
}

/** Somebody without cafes, whose paces and other devices are as the test says. */
export async function createLoner(
  parts: { words?: string; paces?: SyncPaces; siblings?: () => Promise<readonly PeerIdText[]> } = {},
): Promise<Person> {
  let threads: PeerThreads | undefined
  const base = await createTestNode({ clock: ticking, onChange: () => threads?.connected() })
  const { node } = base
  const account = await openAccount(accountSeed(parts.words ?? createWords()))
  threads = await createPeerThreads({
    ...{ ...base, ...parts, account, signer: accountSigner(account, node.peer), peer: node.peer },
    ...{ connector: node.connector, registrar: node, source: blockSource(node.connector) },
    cafes: {
      list: async () => [],
      access: () => Promise.reject(new CafeError('NOT_FOUND')),
    },
    ...{ random: systemRandom, log: silentLog, origin: 'http://cafe.localhost' },
    online: () => node.connections().map(({ peerId }) => peerId),
    addresses: node.addresses,
    relayed: () => [],
  })
  const own = threads
  return keep({
    ...{ ...base, ...voiceOf(own), account: () => account },
    async stop() {
      await own.close()
      await node.stop()
    },
  })
}

const voiceOf = (threads: PeerThreads): Pick<Person, 'threads' | 'post' | 'heads' | 'texts'> => ({
  threads,
  post: async (id, text) => (await threads.say(asId(id), { type: 'text', body: { text } })).cid,
  heads: async (id) => (await (await threads.thread(asId(id))).heads()).map(String).sort().join(),
  async texts(id) {
    const { entries } = await (await threads.thread(asId(id))).page({ limit: 1000 })
    return entries.flatMap(({ content }) => (content.type === 'text' ? [content.body.text] : []))
  },
})

export const asId = (id: string): ThreadIdText => id as ThreadIdText

/** Lets each dial the others. */
export function introduce(...members: readonly TestNode[]): void {
  for (const { node } of members) {
    for (const other of members) if (other.node !== node) node.connector.know(other.at.cafe, other.at.addresses)
  }
}

/** A thread of the first, which the others have joined. */
export async function createSharedThread(first: Person, ...others: readonly Person[]): Promise<string> {
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
export const level = (id: string, ...members: readonly Person[]): Promise<void> =>
  until('the same heads', async () => {
    const heads = await Promise.all(members.map((member) => member.heads(id)))
    return heads.every((one) => one === heads[0])
  })
