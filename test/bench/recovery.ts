/**
 * A cafe that keeps an account's threads, and new devices that recover it by the account's words: real nodes over WebSockets on
 * the loopback interface, stores in memory, all in this process.
 */
import type { Stream } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import { createCafe } from '../../src/cafe/cafe.ts'
import { createKeep, type Keep } from '../../src/cafe/pin/keep.ts'
import { snapshotClient } from '../../src/cafe/snapshot/client.ts'
import { systemClock, systemRandom } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Account, openAccount } from '../../src/crypto/account.ts'
import { createJwtKey } from '../../src/crypto/jwt.ts'
import { accountSeed, createWords } from '../../src/crypto/wallet.ts'
import { createNode, type Node } from '../../src/net/node.ts'
import { blockSource } from '../../src/net/origins.ts'
import { createPeer, type Peer } from '../../src/peer/peer.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import { type AccountDevice, accountDevice } from '../fixtures/account.ts'

const RAW = '/cafe-bench/raw/1.0.0'
const CHUNK = 64 * 1024
/** Bytes of a text: a few sentences. */
const TEXT = 200

interface Device extends AccountDevice {
  readonly node: Node
  readonly peer: Peer
  stop(): Promise<void>
}

export interface Recovery {
  /** Recovers all on a new device. @returns milliseconds until the last block is in its thread. @throws if anything is missing. */
  recover(): Promise<number>
  /** As many bytes as the cafe keeps for the account, on one stream to a new device. @returns milliseconds. */
  raw(): Promise<number>
  close(): Promise<void>
}

const startNode = async (blocks = memoryBlocks()) => {
  const listen = ['/ip4/127.0.0.1/tcp/0/ws']
  return createNode({ datastore: new MemoryDatastore(), blocks, relays: [], listen, cafes: () => [], log: silentLog })
}

async function startCafe() {
  const [rows, blocks] = [memoryRows(), memoryBlocks()]
  const node = await startNode(blocks)
  const shared = { rows, blocks, holds: createHolds(blocks), clock: systemClock, random: systemRandom }
  const keep: Keep = await createKeep(shared)
  const cafe = await createCafe(
    {
      ...{ ...shared, keep, log: silentLog, onChange: () => {}, source: blockSource(node.connector) },
      ...{ peer: node.peer, peerKey: node.privateKey, registrar: node, jwtKey: await createJwtKey(), epoch: 1 },
      ...{ addresses: () => node.addresses(), connector: node.connector, directory: async () => [] },
    },
    'Bench cafe',
  )
  await node.handle(RAW, sendRaw, { limited: true, maxStreams: 4 })
  return { node, cafe, keep, at: { cafe: node.peer, addresses: node.addresses() } }
}

async function startDevice(account: Account): Promise<Device> {
  const [rows, blocks] = [memoryRows(), memoryBlocks()]
  const node = await startNode(blocks)
  const shared = { rows, blocks, holds: createHolds(blocks), clock: systemClock, account }
  const source = blockSource(node.connector)
  const reach = {
    ...{ registrar: node, origin: 'http://cafe.localhost', addresses: node.addresses },
    ...{ online: () => [], relayed: () => [], directory: async () => [] },
  }
  const peer = await createPeer({
    ...{ ...shared, source, reach, log: silentLog, random: systemRandom },
    ...{ connector: node.connector, peer: node.peer },
  })
  return {
    ...{ ...accountDevice(peer), node, peer },
    async stop() {
      await peer.close()
      await node.stop()
    },
  }
}

/** An account with `threads` threads of `blocks` blocks each, all of it at a cafe. */
export async function openRecovery(threads: number, blocks: number): Promise<Recovery> {
  const account = await openAccount(accountSeed(createWords()))
  const { node, cafe, keep, at } = await startCafe()
  const first = await startDevice(account)
  await first.peer.cafes.register(at, (await cafe.createToken({})).token, {})
  await first.safe.cafesChanged()
  // The charter is none; the own join and the name are two.
  for (let n = 0; n < threads; n++) await first.create(`Thread ${n}`, blocks - 2, TEXT)
  const counts = (await first.threads.list()).map((thread) => thread.blocks)
  if (counts.some((count) => count !== blocks)) throw new Error(`threads of ${[...new Set(counts)]} blocks`)
  await untilSafe(first)
  const auth = await first.peer.cafes.access(at.cafe, {})
  const slots = await Array.fromAsync(snapshotClient(first.node).list(at.cafe, { auth }))
  const bytes = (await keep.usage(account.address)).bytes + slots.reduce((sum, { size }) => sum + size, 0)

  /** With a new device, which is taken off the cafe's list again. */
  const withDevice = async (run: (device: Device) => Promise<number>): Promise<number> => {
    const device = await startDevice(account)
    try {
      return await run(device)
    } finally {
      await device.peer.cafes.deregister(at.cafe, { force: true }).catch(() => {})
      await device.stop()
    }
  }
  return {
    recover: () =>
      withDevice(async (device) => {
        const started = performance.now()
        const signal = AbortSignal.timeout(10 * 60_000)
        const recovered = await device.safe.recover.run({ cafes: [at], signal })
        const ms = performance.now() - started
        const whole = recovered.threads.filter(({ state, of }) => state === 'done' && of === blocks)
        if (whole.length !== threads) throw new Error(`only ${whole.length} of ${threads} threads were recovered`)
        return ms
      }),
    raw: () =>
      withDevice(async (device) => {
        device.node.connector.know(at.cafe, at.addresses)
        const started = performance.now()
        const signal = AbortSignal.timeout(60_000)
        await receiveRaw(await device.node.connector.open(at.cafe, RAW, { signal, limited: true }), bytes)
        return performance.now() - started
      }),
    async close() {
      await first.stop()
      await cafe.close()
      await node.stop()
    },
  }
}

async function untilSafe(device: Device): Promise<void> {
  for (;;) {
    await device.safe.slots.run()
    const { safe, of } = await device.safe.slots.status()
    const backups = await device.peer.backups.all()
    if (safe === of && backups.every(({ cafes }) => cafes.every(({ state }) => state === 'pinned'))) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Four bytes say how many are wanted. */
async function sendRaw(stream: Stream): Promise<void> {
  stream.addEventListener('message', ({ data }) => {
    const bytes = data.subarray()
    void pour(stream, new DataView(bytes.buffer, bytes.byteOffset).getUint32(0))
  })
}

async function pour(stream: Stream, size: number): Promise<void> {
  const chunk = new Uint8Array(CHUNK)
  for (let sent = 0; sent < size; sent += CHUNK) {
    const more = stream.send(chunk.slice(0, Math.min(CHUNK, size - sent)))
    if (!more) await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
  }
}

async function receiveRaw(stream: Stream, size: number): Promise<void> {
  const all = Promise.withResolvers<void>()
  let got = 0
  stream.addEventListener('message', ({ data }) => {
    got += data.byteLength
    if (got >= size) all.resolve()
  })
  stream.addEventListener('close', () => all.reject(new Error('the stream broke')))
  const head = new DataView(new ArrayBuffer(4))
  head.setUint32(0, size)
  stream.send(new Uint8Array(head.buffer))
  await all.promise
  stream.abort(new Error('done'))
}
