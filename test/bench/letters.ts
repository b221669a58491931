/**
 * Two accounts that write to each other: real nodes over WebSockets on the loopback interface, a real cafe, stores in memory,
 * all in this process.
 */
import type { Stream } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import { createCafe } from '../../src/cafe/cafe.ts'
import { createKeep } from '../../src/cafe/pin/keep.ts'
import { systemClock, systemRandom } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { createJwtKey } from '../../src/crypto/jwt.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { createNode } from '../../src/net/node.ts'
import { blockSource } from '../../src/net/origins.ts'
import { createPeer, type Peer } from '../../src/peer/peer.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'

const RAW = '/cafe-bench/raw/1.0.0'
/** Characters of a letter: a few sentences. Sealed it is as long as the bucket of a kibibyte, and so is the raw one. */
const TEXT = 200
const SEALED = 4096

export interface Letters {
  /** Milliseconds from writing to the handler, while both are connected. */
  online(): Promise<number>
  /** Milliseconds from where the recipient wakes up to the handler, for a letter that waits at its cafe. */
  wake(): Promise<number>
  /** As many bytes on a new stream between the two devices: milliseconds until the other has them. */
  raw(): Promise<number>
  close(): Promise<void>
}

const startNode = (blocks = memoryBlocks(), datastore = new MemoryDatastore()) =>
  createNode({ datastore, blocks, relays: [], listen: ['/ip4/127.0.0.1/tcp/0/ws'], cafes: () => [], log: silentLog })

async function startCafe() {
  const [rows, blocks] = [memoryRows(), memoryBlocks()]
  const node = await startNode(blocks)
  const shared = { rows, blocks, holds: createHolds(blocks), clock: systemClock, random: systemRandom }
  const keep = await createKeep(shared)
  const any = { burst: 1_000_000, every: 1 }
  const cafe = await createCafe(
    {
      ...{ ...shared, keep, log: silentLog, onChange: () => {}, source: blockSource(node.connector) },
      ...{ peer: node.peer, peerKey: node.privateKey, registrar: node, jwtKey: await createJwtKey(), epoch: 1 },
      ...{ addresses: () => node.addresses(), connector: node.connector, directory: async () => [] },
      mailRates: { key: any, peer: any, strangers: any },
    },
    'Bench cafe',
  )
  return { node, cafe, at: { cafe: node.peer, addresses: node.addresses() } }
}

/** A device that can be stopped and started over what it has on disk. */
function device() {
  const [rows, blocks, datastore] = [memoryRows(), memoryBlocks(), new MemoryDatastore()]
  const words = createWords()
  return async () => {
    const node = await startNode(blocks, datastore)
    const account = await openAccount(accountSeed(words))
    const reach = {
      ...{ registrar: node, origin: 'http://cafe.localhost', addresses: node.addresses },
      online: () => node.connections().map(({ peerId }) => peerId),
      ...{ relayed: () => [], directory: async () => [] },
    }
    const peer: Peer = await createPeer({
      ...{ rows, blocks, holds: createHolds(blocks), clock: systemClock, random: systemRandom, log: silentLog },
      ...{ account, source: blockSource(node.connector), reach, connector: node.connector, peer: node.peer },
    })
    const heard = new Map<unknown, () => void>()
    peer.mail.on('post', async ({ body }) => heard.get(body)?.())
    return {
      ...{ node, peer },
      hears: (body: string) => new Promise<void>((resolve) => heard.set(body, resolve)),
      async stop() {
        await peer.close()
        await node.stop()
      },
    }
  }
}

export async function openLetters(): Promise<Letters> {
  const { node, cafe, at } = await startCafe()
  const [startAda, startBob] = [device(), device()]
  const ada = await startAda()
  let bob = await startBob()
  for (const { peer } of [ada, bob]) {
    await peer.cafes.register(at, (await cafe.createToken({})).token, {})
    await peer.attend()
  }
  const address = bob.peer.account.address
  await ada.peer.cards.hint(address, [{ cafe: at.cafe, addresses: [...at.addresses] }])
  await ada.peer.cards.learnDoor(address, await bob.peer.mail.doorFor(`contact/${ada.peer.account.address}`), 'contact')
  for (const [one, other] of [
    [ada, bob],
    [bob, ada],
  ] as const)
    await one.peer.record.set('contact', other.peer.account.address, { added: systemClock() })

  let count = 0
  const text = (): string => `${++count} `.padEnd(TEXT, '.')
  const post = (body: string): Promise<string> =>
    ada.peer.mail.send(address, { kind: 'post', body, about: body.slice(0, 9).trim() })
  const settled = async (): Promise<void> => {
    while ((await ada.peer.mail.outgoing()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await ada.node.handle(RAW, echo, { limited: true, maxStreams: 4 })

  const known = (): void => {
    bob.node.connector.know(ada.node.peer, ada.node.addresses())
    ada.node.connector.know(bob.node.peer, bob.node.addresses())
    bob.node.connector.know(at.cafe, at.addresses)
  }
  /** A connection is there. */
  const connected = async (): Promise<void> => {
    known()
    const signal = AbortSignal.timeout(10_000)
    const stream = await bob.node.connector.open(ada.node.peer, RAW, { signal, limited: true })
    stream.abort(new Error('done'))
  }
  known()
  // Doors are told and cards fetched: what comes after is as every day.
  const first = text()
  const came = bob.hears(first)
  await post(first)
  await came
  await settled()

  return {
    async online() {
      const body = text()
      await connected()
      const heard = bob.hears(body)
      const started = performance.now()
      await post(body)
      await heard
      const ms = performance.now() - started
      await settled()
      return ms
    },
    async wake() {
      await bob.stop()
      const body = text()
      await post(body)
      while ((await ada.peer.mail.outgoing()).some(({ state }) => state !== 'stored'))
        await new Promise((resolve) => setTimeout(resolve, 20))
      bob = await startBob()
      bob.node.connector.know(at.cafe, at.addresses)
      const heard = bob.hears(body)
      const started = performance.now()
      await bob.peer.attend()
      await heard
      const ms = performance.now() - started
      known()
      await settled()
      return ms
    },
    async raw() {
      await connected()
      const signal = AbortSignal.timeout(10_000)
      const started = performance.now()
      const stream = await bob.node.connector.open(ada.node.peer, RAW, { signal, limited: true })
      const back = new Promise<void>((resolve) => stream.addEventListener('message', () => resolve(), { once: true }))
      stream.send(new Uint8Array(SEALED))
      await back
      const ms = performance.now() - started
      stream.abort(new Error('done'))
      return ms
    },
    async close() {
      await bob.stop()
      await ada.stop()
      await cafe.close()
      await node.stop()
    },
  }
}

/** Says with one byte that all have come. */
async function echo(stream: Stream): Promise<void> {
  let got = 0
  stream.addEventListener('message', ({ data }) => {
    got += data.byteLength
    if (got >= SEALED) stream.send(new Uint8Array(1))
  })
}

/** Which of the values is greater than this part of them. */
export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0
