/** A cafe of this process behind the door of a real relay, and ways to knock. */
import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
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

export interface DoorCafe extends CafeNode {
  /** `http://127.0.0.1:<port>/c/<peer>` */
  readonly door: string
  open(parts?: Partial<DoorPartComponents>): Promise<void>
  shut(): Promise<void>
}

export async function startRelay(log = silentLog): Promise<Relay> {
  const folder = createFolder()
  const relay = await createRelay(configOf(folder), { log })
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
  relay: Relay,
  { door: how = {}, ...parts }: DoorCafeParts = {},
): Promise<DoorCafe> {
  const base = keep(await createCafeNode({ relays: relay.multiaddrs, ...parts }))
  const names = { resolve: () => Promise.reject(new CafeError('NOT_FOUND', { what: 'name' })) }
  const cafe = { name: 'Test cafe', fetch: base.cafe.fetch }
  const open: DoorCafe['open'] = async (more = {}) => {
    const all = { blocks: base.blocks, names, cafe, decrypts: () => false, daily: DOOR_DAY }
    const answer = createDoorPart({ ...all, clock: Date.now, log: silentLog, ...more })
    await base.node.handle(DOOR_PROTOCOL, answer, { limited: false, maxStreams: DOOR_REQUESTS })
  }
  await open(how)
  const door = `http://127.0.0.1:${new URL(relay.url).port}/c/${base.node.peer}`
  return { ...base, door, open, shut: () => base.node.unhandle(DOOR_PROTOCOL) }
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
