/** A cafe that can be carried: on a node whose identity, rows and blocks outlive it, with clients who use all of it. */
import { MemoryDatastore } from 'datastore-core'
import { type Exported, exportCafe } from '../../src/cafe/carry/export.ts'
import { type ImportOptions, importCafe } from '../../src/cafe/carry/import.ts'
import { settle } from '../../src/cafe/carry/land.ts'
import { systemRandom } from '../../src/core/clock.ts'
import { encode } from '../../src/core/codec.ts'
import { createJwtKey, type JwtKey } from '../../src/crypto/jwt.ts'
import { datastoreIdentity } from '../../src/net/identity.ts'
import type { Blocks } from '../../src/store/blocks.ts'
import { createHolds, type Holds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Change } from '../../src/store/rows.ts'
import { type StillRows, stillRows } from '../../src/store/still.ts'
import { type CafeNode, createCafeNode, keep, type TestClock, testClock } from './fixture.ts'

export const PASSPHRASE = 'three green parrots'
/** What a test can wait for; files of people cost a second a guess. */
export const CHEAP = 10

/** All that a device keeps; its node may come and go. */
export interface Device {
  readonly datastore: MemoryDatastore
  readonly rows: StillRows
  readonly blocks: Blocks & { readonly size: number }
  readonly holds: Holds
  readonly clock: TestClock
  readonly jwtKey: JwtKey
  /** Times its node became another peer. */
  newPeers: number
}

export async function createDevice(parts: Partial<Device> = {}): Promise<Device> {
  const blocks = parts.blocks ?? memoryBlocks()
  return {
    datastore: new MemoryDatastore(),
    rows: stillRows(memoryRows()),
    holds: createHolds(blocks),
    clock: testClock(),
    jwtKey: await createJwtKey(),
    newPeers: 0,
    ...parts,
    blocks,
  }
}

/** What a start does first. */
export const settleDevice = (device: Device) =>
  settle({
    rows: device.rows,
    clock: device.clock,
    identity: datastoreIdentity(device.datastore),
    epochAt: async (epoch): Promise<Change> => ({ key: '/cafe/commits', value: encode({ epoch, commits: 0 }) }),
    async onNewPeer() {
      device.newPeers++
    },
  })

export const hostOn = async (device: Device, name?: string): Promise<CafeNode> =>
  keep(await createCafeNode({ ...device, ...(name === undefined ? {} : { name }) }))

export const exportFrom = (
  device: Device,
  { node }: CafeNode,
  options: Partial<Parameters<typeof exportCafe>[1]> = {},
): Promise<Exported> =>
  exportCafe(
    {
      ...device,
      ...{ random: systemRandom, cafe: node.peer, identity: node.privateKey, epoch: 1, name: 'Test cafe' },
    },
    { passphrase: PASSPHRASE, cost: CHEAP, signal: new AbortController().signal, ...options },
  )

export const importTo = (
  device: Device,
  chunks: AsyncIterable<Uint8Array>,
  options: Partial<ImportOptions> & { isRunning?: () => Promise<boolean> } = {},
) =>
  importCafe({ ...device, isRunning: options.isRunning ?? (async () => false) }, chunks, {
    ...{ passphrase: PASSPHRASE, signal: new AbortController().signal },
    ...options,
  })

export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}

/** `file` in pieces of a size that fits nothing. */
export async function* inPieces(file: Uint8Array, size = 1009): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.byteLength; at += size) yield file.subarray(at, at + size)
}
