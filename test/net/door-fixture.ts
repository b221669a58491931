/** A cafe of this process behind the door of a real relay, and ways to knock. */
import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import type { RelayConfig } from '../../relay/config.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { CafeError } from '../../src/core/errors.ts'
import { DOOR_DAY, DOOR_REQUESTS } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { importFile } from '../../src/peer/import.ts'
import type { Blocks } from '../../src/store/blocks.ts'
import { DOOR_PROTOCOL } from '../../src/wire/door-protocol.ts'
import { createDoorPart, type DoorPartComponents } from '../../src/worker/door-part.ts'
import type { MemorySource } from '../unit/gateway-help.ts'
import { type CafeNode, createCafeNode, keep } from './fixture.ts'
import { configOf, createFolder } from './relay-fixture.ts'

/** What of a relay is needed to find it. */
type DoorRelay = Pick<Relay, 'multiaddrs' | 'url'>

export interface DoorCafe extends CafeNode {
  /** `http://127.0.0.1:<port>/c/<peer>` */
  readonly door: string
  open(parts?: Partial<DoorPartComponents>): Promise<void>
  shut(): Promise<void>
}

export async function startRelay(log = silentLog, more: Partial<RelayConfig> = {}): Promise<Relay> {
  const folder = createFolder()
  const relay = await createRelay(configOf(folder, more), { log })
  keep({
    async stop() {
      await relay.stop()
      folder.remove()
    },
  })
  return relay
}

export interface DoorCafeParts extends NonNullable<Parameters<typeof createCafeNode>[0]> {
  readonly door?: Partial<DoorPartComponents>
}

/** A cafe at `relay`, its door open. */
export async function createDoorCafe(
  relay: DoorRelay,
  { door: how = {}, ...parts }: DoorCafeParts = {},
): Promise<DoorCafe> {
  const base = keep(await createCafeNode({ relays: relay.multiaddrs, ...parts }))
  const open = (more: Partial<DoorPartComponents> = {}): Promise<void> => openDoor(base, more)
  await open(how)
  return { ...base, door: doorOf(relay, base), open, shut: () => base.node.unhandle(DOOR_PROTOCOL) }
}

const doorOf = (relay: DoorRelay, { node }: CafeNode): string =>
  `http://127.0.0.1:${new URL(relay.url).port}/c/${node.peer}`

async function openDoor(base: CafeNode, more: Partial<DoorPartComponents> = {}): Promise<void> {
  const names = { resolve: () => Promise.reject(new CafeError('NOT_FOUND', { what: 'name' })) }
  const cafe = { name: 'Test cafe', fetch: base.cafe.fetch }
  const all = { blocks: base.blocks, names, cafe, decrypts: () => false, daily: DOOR_DAY }
  const answer = createDoorPart({ ...all, clock: Date.now, log: silentLog, ...more })
  await base.node.handle(DOOR_PROTOCOL, answer, { limited: false, maxStreams: DOOR_REQUESTS })
}

/** Opens the door of a cafe that holds no seat at `relay`, only a connection. */
export async function leadThrough(relay: Relay, base: CafeNode): Promise<string> {
  await openDoor(base)
  const at = relay.peerId as CafeNode['node']['peer']
  base.node.connector.know(at, relay.multiaddrs)
  const signal = AbortSignal.timeout(30_000)
  const stream = await base.node.connector.open(at, '/ipfs/ping/1.0.0', { signal, limited: false })
  stream.abort(new Error('only to be connected'))
  return doorOf(relay, base)
}

export const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Puts a public file into a store as files are kept here. */
export function addFile(blocks: Blocks, bytes: Uint8Array<ArrayBuffer>): Promise<CID> {
  const file = new Blob([bytes]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>
  return importFile(file, null, (cid, block) => blocks.put(cid, block), { signal: new AbortController().signal })
}

/** Puts what a test of the gateway has made into a store. */
export async function addAll(blocks: Blocks, source: MemorySource): Promise<void> {
  for (const [name, bytes] of source.blocks) await blocks.put(CID.parse(name), bytes)
}
