/**
 * Devices of one account and their cafes without a network: cafes that keep slots as the service does, and can be dead, show
 * the past or damage things; threads that are sets of blocks; stores that die at the commit of a test's choice.
 */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import type { BlockSource } from '../../src/cafe/pin/fetch.ts'
import { type SlotReceipt, type SlotVersion, slotReceiptRecord } from '../../src/cafe/snapshot/protocol.ts'
import { decode, encode } from '../../src/core/codec.ts'
import { CafeError } from '../../src/core/errors.ts'
import { hex, type PeerIdText, sameBytes } from '../../src/core/ids.ts'
import { bytes, cid, parse, v } from '../../src/core/schema.ts'
import type { Account } from '../../src/crypto/account.ts'
import { sha256 } from '../../src/crypto/bytes.ts'
import { sealRecord } from '../../src/crypto/envelope.ts'
import type { Joined } from '../../src/peer/cafe-row.ts'
import type { CafeAddress } from '../../src/peer/cafes.ts'
import type { Keeper, Keepers, KeptBlock, KeptState } from '../../src/peer/keeper.ts'
import { type AccountRecord, createRecord } from '../../src/peer/record.ts'
import type { SlotClient } from '../../src/peer/slot-exchange.ts'
import { createSlots, type Slots } from '../../src/peer/slots.ts'
import { memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { table } from '../../src/store/table.ts'
import { deviceOf, NOW } from './seal-help.ts'

export const threadOf = (n: number): string => hex(new Uint8Array(32).fill(n))

/** A block that says a number. */
export async function blockOf(n: number): Promise<KeptBlock> {
  const bytes = encode({ n }) as Uint8Array<ArrayBuffer>
  return { cid: CID.createV1(raw.code, Digest.create(0x12, await sha256(bytes))), bytes }
}

interface Kept extends SlotVersion {
  readonly body: Uint8Array<ArrayBuffer>
  readonly receipt: SlotReceipt
  readonly envelope: Uint8Array<ArrayBuffer>
}

export interface TestCafe {
  readonly cafe: PeerIdText
  /** By slot in hex: what it has. */
  readonly slots: Map<string, Kept>
  /** All it ever had of each slot, oldest first. */
  readonly history: Map<string, Kept[]>
  /** Blocks it serves, by hash in hex. */
  readonly blocks: Map<string, Uint8Array<ArrayBuffer>>
  /** Admits whoever comes, also accounts it does not know. */
  open: boolean
  dead: boolean
  /** What it shows in place of what it has; undefined for nothing. */
  shows: ((slot: string) => Kept | undefined) | undefined
  calls: number
}

export async function createTestCafe(): Promise<TestCafe & { readonly client: SlotClient }> {
  const key = await generateKeyPair('Ed25519')
  const cafe = peerIdFromPrivateKey(key).toString() as PeerIdText
  const self: TestCafe = {
    ...{
      cafe,
      slots: new Map(),
      history: new Map(),
      blocks: new Map(),
      open: false,
      dead: false,
      shows: undefined,
      calls: 0,
    },
  }
  const seen = (slot: string): Kept | undefined => (self.shows ? self.shows(slot) : self.slots.get(slot))
  const answer = async (): Promise<void> => {
    self.calls++
    await undefined
    if (self.dead) throw new CafeError('UNREACHABLE', { peer: cafe })
  }
  const client: SlotClient = {
    async put(_, { slot, expect, seq, body }, { auth }) {
      await answer()
      const id = hex(slot)
      const there = seen(id)
      const hash = await sha256(body)
      if (there?.seq === seq && sameBytes(there.hash, hash)) return there
      if ((there?.seq ?? 0) !== expect) throw new CafeError('CONFLICT', { seq: there?.seq ?? 0 })
      if (seq <= expect) throw new CafeError('BAD_REQUEST', { at: 'seq' })
      const receipt: SlotReceipt = {
        ...{ v: 1, cafe, epoch: 1, account: auth as SlotReceipt['account'], slot: new Uint8Array(slot) },
        ...{ seq, hash, time: NOW },
      }
      const envelope = await sealRecord(slotReceiptRecord, key, receipt)
      const kept = {
        ...receipt,
        size: body.byteLength,
        before: there?.seq,
        body: new Uint8Array(body),
        receipt,
        envelope,
      }
      self.slots.set(id, kept)
      self.history.set(id, [...(self.history.get(id) ?? []), kept])
      return kept
    },
    async get(_, slot, { seq }) {
      await answer()
      const there = seen(hex(slot))
      if (seq === undefined || seq === there?.seq) return there
      return there?.before === seq ? self.history.get(hex(slot))?.findLast((one) => one.seq === seq) : undefined
    },
    async *list() {
      await answer()
      for (const id of self.slots.keys()) {
        const there = seen(id)
        if (there) yield there
      }
    },
    async remove(_, { slot, expect }) {
      await answer()
      const there = seen(hex(slot))
      if (there && there.seq !== expect) throw new CafeError('CONFLICT', { seq: there.seq })
      self.slots.delete(hex(slot))
    },
  }
  return Object.assign(self, { client })
}

export type WorldCafe = Awaited<ReturnType<typeof createTestCafe>>

/** One client for all cafes, as a connector makes it. */
export function clientOf(cafes: readonly WorldCafe[]): SlotClient {
  const at = (cafe: PeerIdText): SlotClient => {
    const found = cafes.find((one) => one.cafe === cafe)
    if (!found) throw new CafeError('UNREACHABLE', { peer: cafe })
    return found.client
  }
  return {
    put: async (cafe, ...rest) => at(cafe).put(cafe, ...rest),
    get: async (cafe, ...rest) => at(cafe).get(cafe, ...rest),
    list: (cafe, ...rest) => at(cafe).list(cafe, ...rest),
    remove: async (cafe, ...rest) => at(cafe).remove(cafe, ...rest),
  }
}

/** Blocks of the cafes, as `net` gives them. */
export function sourceOf(cafes: readonly WorldCafe[]): BlockSource {
  return {
    open: (origins) => ({
      async get(cid, { signal }) {
        await undefined
        signal.throwIfAborted()
        const named = cafes.filter(({ cafe }) => origins.includes(cafe))
        const reached = named.filter(({ dead }) => !dead)
        let broken = false
        for (const { blocks } of reached) {
          const bytes = blocks.get(hex(cid.multihash.digest))
          if (bytes && sameBytes(await sha256(bytes), cid.multihash.digest)) return bytes.slice()
          if (bytes) broken = true
        }
        if (broken) throw new CafeError('CORRUPT')
        throw new CafeError(reached.length > 0 ? 'NOT_FOUND' : 'UNREACHABLE')
      },
      close() {},
    }),
  }
}

/** Has a cafe serve these blocks, and gives the pack that lists them. */
export async function pin(cafe: WorldCafe, blocks: readonly KeptBlock[]): Promise<CID> {
  const bytes = encode(blocks.map(({ cid }) => CID.createV1(raw.code, cid.multihash)))
  const pack = CID.createV1(0x71, Digest.create(0x12, await sha256(bytes)))
  for (const one of [...blocks, { cid: pack, bytes }]) cafe.blocks.set(hex(one.cid.multihash.digest), one.bytes)
  return pack
}

/** How a device stands with cafes: what is in the rows of a real one. */
export function createTestCafes(cafes: readonly WorldCafe[], account: Account, joined: Joined[] = []) {
  return {
    joined,
    list: async () => [...joined],
    access: async (cafe: PeerIdText) => {
      if (!joined.some((one) => one.cafe === cafe)) throw new CafeError('NOT_FOUND', { what: 'cafe' })
      return account.address
    },
    async register({ cafe }: CafeAddress): Promise<Joined> {
      await undefined
      const found = cafes.find((one) => one.cafe === cafe)
      if (!found || found.dead) throw new CafeError('UNREACHABLE', { peer: cafe })
      if (found.history.size === 0 && !found.open) throw new CafeError('FORBIDDEN', { why: 'token' })
      const [row] = joinedOf([found]) as [Joined]
      if (!joined.some((one) => one.cafe === cafe)) joined.push(row)
      return row
    },
    async deregister(cafe: PeerIdText) {
      const at = joined.findIndex((one) => one.cafe === cafe)
      if (at >= 0) joined.splice(at, 1)
      return { receipt: null }
    },
  }
}

const stateSchema = v.strictObject({ blocks: v.array(cid) })
const threadRow = v.strictObject({ blocks: v.array(cid), here: v.array(bytes(200)), packs: v.array(cid) })

export interface TestKeepers extends Keepers {
  /** Adds a block of our own. */
  add(thread: string, n: number): Promise<void>
  /** Names a pack that cafes have. */
  pack(thread: string, pack: CID): Promise<void>
  /** Numbers of the blocks that the thread knows of, and of those that are here. */
  known(thread: string): Promise<string[]>
  here(thread: string): Promise<number[]>
}

/** Threads that are sets of blocks. */
export function createTestKeepers(rows: Rows): TestKeepers {
  const threads = table(rows, 'test-thread', threadRow)
  type Row = v.InferOutput<typeof threadRow>
  const empty: Row = { blocks: [], here: [], packs: [] }
  const text = (all: readonly CID[]): string[] => [...new Set(all.map(String))].sort()
  const union = (...all: readonly (readonly CID[])[]): CID[] => text(all.flat()).map((one) => CID.parse(one))
  const cidOf = async (bytes: Uint8Array<ArrayBuffer>) =>
    CID.createV1(raw.code, Digest.create(0x12, await sha256(bytes)))
  const save = (id: string, row: Row) => rows.commit([threads.put([id], row)])
  const read = (kept: KeptState): CID[] => parse(stateSchema, decode(kept.state, 1e6)).blocks

  const keeper = (id: string): Keeper => {
    const row = async (): Promise<Row> => (await threads.get(id)) ?? empty
    const hereOf = async ({ here }: Row): Promise<string[]> => text(await Promise.all(here.map(cidOf)))
    return {
      async state() {
        const { blocks, packs } = await row()
        return { state: encode({ blocks: union(blocks) }), packs: union(packs) }
      },
      async merge(kept) {
        const { blocks, here, packs } = await row()
        await save(id, { blocks: union(blocks, read(kept)), here, packs: union(packs, kept.packs) })
      },
      async has(cids) {
        const here = await hereOf(await row())
        return cids.map((one) => here.includes(String(one)))
      },
      async receive(blocks) {
        const now = await row()
        const here = await hereOf(now)
        const wanted = text(now.blocks)
        const more = blocks.filter((one) => wanted.includes(String(one.cid)) && !here.includes(String(one.cid)))
        await save(id, { ...now, here: [...now.here, ...more.map((one) => one.bytes)] })
      },
      async missing() {
        const now = await row()
        const here = await hereOf(now)
        return now.blocks.filter((one) => !here.includes(String(one)))
      },
    }
  }

  return {
    list: async () => (await threads.list([])).map(({ key: [id = ''] }) => id),
    get: async (id) => ((await threads.get(id)) ? keeper(id) : undefined),
    async open(id, kept) {
      if (!(await threads.get(id))) await save(id, { blocks: union(read(kept)), here: [], packs: union(kept.packs) })
      return keeper(id)
    },
    forget: (id) => rows.commit([threads.remove(id)]),
    async add(id, n) {
      const { blocks, here, packs } = (await threads.get(id)) ?? empty
      const { cid, bytes } = await blockOf(n)
      await save(id, { blocks: union(blocks, [cid]), here: [...here, bytes], packs })
    },
    async pack(id, pack) {
      const row = (await threads.get(id)) ?? empty
      await save(id, { ...row, packs: union(row.packs, [pack]) })
    },
    known: async (id) => text((await threads.get(id))?.blocks ?? []),
    async here(id) {
      const here = (await threads.get(id))?.here ?? []
      return here.map((one) => (decode(one, 200) as { n: number }).n).sort((a, b) => a - b)
    },
  }
}

export interface TestDevice {
  readonly device: PeerIdText
  readonly rows: Rows
  readonly keepers: TestKeepers
  readonly record: AccountRecord
  readonly slots: Slots
  /** The client it calls cafes with. */
  readonly client: SlotClient
  /** The same device started again over the same rows. */
  restart(rows?: Rows): TestDevice
}

export interface DeviceParts {
  readonly account: Account
  readonly cafes: readonly WorldCafe[]
  readonly n: number
  readonly rows?: Rows
  readonly clock?: () => number
  /** The cafes it is registered with; all without it. */
  readonly joined?: () => readonly WorldCafe[]
}

export const joinedOf = (cafes: readonly WorldCafe[]): Joined[] =>
  cafes.map(({ cafe }) => ({ cafe, name: 'A cafe', addresses: [], state: 'active', since: 1 }) as unknown as Joined)

export function createTestDevice(parts: DeviceParts): TestDevice {
  const { account, cafes, n, rows = memoryRows(), clock = () => NOW, joined = () => cafes } = parts
  const device = deviceOf(n).peer
  const keepers = createTestKeepers(rows)
  const record: AccountRecord = createRecord({ rows, device, clock })
  const client = clientOf(cafes)
  const slots = createSlots({
    ...{ rows, account: () => account, device, record, keepers, clock, snapshots: client },
    cafes: { list: async () => joinedOf(joined()), access: async () => account.address },
  })
  return {
    ...{ device, rows, keepers, record, slots, client },
    restart(again = rows) {
      slots.close()
      return createTestDevice({ ...parts, rows: again })
    },
  }
}

/** Rows whose `k`th commit, and everything after it, never answers; whether that one is carried out is given. */
export function mortal(
  rows: Rows,
  k: number,
  carriedOut: boolean,
): Rows & { readonly died: Promise<'died'>; commits: number } {
  const death = Promise.withResolvers<'died'>()
  const never = new Promise<never>(() => {})
  let dead = false
  const self = {
    commits: 0,
    died: death.promise,
    get: (key: string) => (dead ? never : rows.get(key)),
    range: (...args: Parameters<Rows['range']>) => (dead ? never : rows.range(...args)),
    keys: (...args: Parameters<Rows['keys']>) => (dead ? never : rows.keys(...args)),
    async commit(changes: Parameters<Rows['commit']>[0]) {
      if (dead) return never
      if (++self.commits !== k) return rows.commit(changes)
      dead = true
      if (carriedOut) await rows.commit(changes)
      death.resolve('died')
      return never
    },
    close() {},
  }
  return self
}
