/** Two members of a thread on libp2p nodes in this process, over WebSockets: what syncing is measured on. */
import type { Stream } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import { systemClock, systemRandom } from '../../src/core/clock.ts'
import { unhex } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { accountSigner } from '../../src/crypto/certificate.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { createNode, type Node } from '../../src/net/node.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { createSyncClient } from '../../src/thread/sync-client.ts'
import { createLinks } from '../../src/thread/sync-links.ts'
import { createProver } from '../../src/thread/sync-proof.ts'
import { threadProtocol } from '../../src/thread/sync-protocol.ts'
import { createSyncRates, SYNC_PACES } from '../../src/thread/sync-rates.ts'
import { type SyncComponents, threadService } from '../../src/thread/sync-serve.ts'
import type { Thread, ThreadInvite, Threads } from '../../src/thread/thread.ts'
import { createThreads } from '../../src/thread/threads.ts'
import { serve } from '../../src/wire/serve.ts'

const RAW = '/bench/raw/1.0.0'
const CHUNK = 64 * 1024
const FREE = { burst: 2 ** 40, every: 1 }

export interface Members {
  /** Bytes of the thread's blocks. */
  readonly bytes: number
  /** Brings all of the thread to a member who has none of it. @returns milliseconds. */
  sync(): Promise<number>
  /** Sends as many bytes on one stream between the same nodes. @returns milliseconds. */
  raw(): Promise<number>
  close(): Promise<void>
}

/** A thread of `count` posts of `size` characters. */
export async function openMembers(count: number, size: number): Promise<Members> {
  const [near, far] = [await startNode(), await startNode()]
  near.connector.know(far.peer, far.addresses())
  const source = await createMember(far)
  const thread = await source.create({ name: 'Bench', type: 'open', sharing: 'shared' })
  for (let n = 0; n < count; n++) await thread.append({ type: 'text', body: { text: `${n} `.padEnd(size, 'x') } })
  let bytes = 0
  for await (const block of thread.since([])) bytes += block.bytes.byteLength

  const rates = createSyncRates(systemClock, { ...SYNC_PACES, hello: FREE, hellos: FREE, sync: FREE, bytes: FREE })
  const refuse = { onInvite: async () => {}, onKeys: async () => null }
  const service = threadService({ ...partsOf(far, source, thread), rates, ...refuse })
  const options = { limited: true, maxStreams: 16 }
  await far.handle(
    threadProtocol.id,
    serve(threadProtocol, service, { guard: async () => undefined, log: silentLog }),
    options,
  )
  await far.handle(RAW, drain, options)

  return {
    bytes,
    async sync() {
      const threads = await createMember(near)
      const opened = await threads.open(await inviteOf(thread))
      const client = createSyncClient({ ...partsOf(near, threads, opened), connector: near.connector })
      const start = performance.now()
      await client.hello(far.peer, {})
      const { applied } = await client.pull(far.peer, opened.id, {})
      const ms = performance.now() - start
      if (applied < count) throw new Error(`only ${applied} blocks came`)
      return ms
    },
    raw: () => sendRaw(near, far, bytes),
    close: async () => void (await Promise.all([near.stop(), far.stop()])),
  }
}

const startNode = (): Promise<Node> =>
  createNode({
    datastore: new MemoryDatastore(),
    blocks: memoryBlocks(),
    relays: [],
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    log: silentLog,
  })

/** The threads of a new account. */
async function createMember(node: Node): Promise<Threads> {
  const account = await openAccount(accountSeed(createWords()))
  const blocks = memoryBlocks()
  return createThreads({
    ...{ account, signer: accountSigner(account, node.peer), rows: memoryRows(), blocks, holds: createHolds(blocks) },
    ...{ clock: systemClock, random: systemRandom, onChange: () => {}, onGarbage: () => {} },
  })
}

const inviteOf = (thread: Thread): Promise<ThreadInvite> => thread.invite(null)

function partsOf(node: Node, threads: Threads, thread: Thread): SyncComponents {
  return {
    self: node.peer,
    links: createLinks(),
    news: { met: () => {}, told: () => {} },
    addresses: () => [],
    random: systemRandom,
    threads: {
      provers: async () => new Map([[thread.id, await createProver(unhex(thread.id))]]),
      get: threads.get,
      allows: async () => true,
      async take(_id, blocks) {
        const { applied, refused } = await thread.receive(blocks)
        return { applied: applied.length, refused: refused.length }
      },
    },
  }
}

/** Reads all, then says so with a byte. */
async function drain(stream: Stream): Promise<void> {
  for await (const _ of stream) {
    // counted by the sender
  }
  stream.send(new Uint8Array(1))
  await stream.close()
}

async function sendRaw(near: Node, far: Node, bytes: number): Promise<number> {
  const start = performance.now()
  const stream = await near.connector.open(far.peer, RAW, { signal: AbortSignal.timeout(30_000), limited: true })
  for (let sent = 0; sent < bytes; sent += CHUNK) {
    if (!stream.send(new Uint8Array(Math.min(CHUNK, bytes - sent)))) await stream.onDrain()
  }
  await stream.close()
  for await (const _ of stream) {
    // the one byte
  }
  return performance.now() - start
}
