/**
 * A device for the pin engine that can be killed: stores whose writes come one after the other and late, as those of
 * IndexedDB do, and which stop for good, or refuse, at a call of the test's choice.
 */
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { createKeep, type Keep } from '../../src/cafe/pin/keep.ts'
import type { Owner } from '../../src/cafe/pin/pinning.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { type Blocks, blockKey } from '../../src/store/blocks.ts'
import { type Collected, collect } from '../../src/store/collect.ts'
import { createHolds, type Holds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'

export interface Block {
  readonly cid: CID
  readonly key: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A root and every block below it, the root last. */
export type Dag = readonly Block[]

/** Small numbers from a seed (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

async function blockOf(codec: number, bytes: Uint8Array<ArrayBuffer>): Promise<Block> {
  const cid = CID.createV1(codec, await sha256.digest(bytes))
  return { cid, key: blockKey(cid), bytes }
}

/** DAGs over shared leaves and shared inner nodes. */
export async function sharedDags(): Promise<Dag[]> {
  const leaf = (i: number) => blockOf(0x55, new Uint8Array(10 + i).fill(i))
  const leaves = await Promise.all(Array.from({ length: 9 }, (_, i) => leaf(i)))
  const over = async (...below: Dag[]): Promise<Dag> => {
    const roots = below.map((dag) => (dag.at(-1) as Block).cid)
    const root = await blockOf(dagCbor.code, dagCbor.encode(roots) as Uint8Array<ArrayBuffer>)
    const unique = new Map([...below.flat(), root].map((block) => [block.key, block]))
    return [...unique.values()]
  }
  const [a, b, c, d, e, f, g, h, i] = leaves.map((one): Dag => [one]) as [Dag, Dag, Dag, Dag, Dag, Dag, Dag, Dag, Dag]
  const [ab, bc, def] = [await over(a, b), await over(b, c), await over(d, e, f)]
  const top = await over(ab, bc, def)
  return [a, ab, bc, def, top, await over(ab, g), await over(def, ab, h), await over(g, h, i)]
}

export const sizeOf = (dag: Dag): number => dag.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)

/**
 * What a store call may come to. `kill`: it and all later ones never answer; whether it is carried out is chance. `fail`:
 * a write finds the disk full, a read fails.
 */
export type Trouble = { readonly at: number; readonly how: 'kill' | 'fail'; readonly carriedOut: boolean }

const owners: readonly Owner[] = [...'ABCDEFGHJKLMNPQRSTUV'].map((letter) => ({
  account: `P${letter.repeat(47)}` as Address,
  peer: `12D3KooW${letter.repeat(44)}` as PeerIdText,
  quota: 600,
}))

export const ownerAt = (i: number): Owner => owners[i] as Owner
export const rootOf = (dag: Dag): CID => (dag.at(-1) as Block).cid

export interface World {
  readonly keep: Keep
  readonly holds: Holds
  /** Store calls so far in this life. */
  readonly calls: number
  /** Resolves when this life has been ended by its trouble. */
  readonly died: Promise<'died'>
  clock(): number
  advance(ms: number): void
  collect(whole: boolean): Promise<Collected>
  commit: Rows['commit']
  /** Kills it, if it is not dead, and starts it again over what was written. */
  restart(trouble?: Trouble): Promise<World>
  /** No trouble while this runs. */
  inPeace(run: () => Promise<void>): Promise<void>
  /** What is on the medium. */
  keys(): Promise<string[]>
  bytes(): Promise<number>
  rows(prefix: string): Promise<string[]>
}

interface Medium {
  readonly rows: Rows
  readonly blocks: Blocks
  now: number
}

/** A new device. */
export const createWorld = (seed: number, trouble?: Trouble): Promise<World> =>
  live({ rows: memoryRows(), blocks: memoryBlocks(), now: 1_000_000_000_000 }, seed, trouble)

async function live(medium: Medium, seed: number, trouble?: Trouble): Promise<World> {
  const random = randomFrom(seed)
  const death = Promise.withResolvers<'died'>()
  let calls = 0
  let dead = false
  let armed = false
  let writes = Promise.resolve()
  const forever = new Promise<never>(() => {})

  const late = async (): Promise<void> => {
    for (let turns = random(4); turns > 0; turns--) await undefined
  }
  /** Counts a call, and lets trouble have it. */
  const call = async <T>(run: () => Promise<T>, failure: () => CafeError): Promise<T> => {
    if (dead) return forever
    if (armed) calls++
    if (!armed || trouble?.at !== calls) return run()
    if (trouble.how === 'fail') throw failure()
    dead = true
    if (trouble.carriedOut) await run()
    death.resolve('died')
    return forever
  }
  const read = async <T>(run: () => Promise<T>): Promise<T> => {
    const result = await call(run, () => new CafeError('INTERNAL', { injected: true }))
    await late()
    return dead ? forever : result
  }
  const write = <T>(run: () => Promise<T>): Promise<T> => {
    const done = writes.then(late).then(() => call(run, () => new CafeError('QUOTA', { disk: true })))
    writes = done.then(
      () => {},
      () => {},
    )
    return done
  }
  const rows: Rows = {
    get: (key) => read(() => medium.rows.get(key)),
    range: (prefix, options) => read(() => medium.rows.range(prefix, options)),
    keys: (prefix, options) => read(() => medium.rows.keys(prefix, options)),
    commit: (changes) => write(() => medium.rows.commit(changes)),
    close() {},
  }
  const blocks: Blocks = {
    has: (cid) => read(() => medium.blocks.has(cid)),
    get: (cid) => read(() => medium.blocks.get(cid)),
    sizes: (keys) => read(() => medium.blocks.sizes(keys)),
    put: (cid, bytes) => write(() => medium.blocks.put(cid, bytes)),
    delete: (cid) => write(() => medium.blocks.delete(cid)),
    remove: (keys) => write(() => medium.blocks.remove(keys)),
    keys: () => medium.blocks.keys(),
    close() {},
  }
  const holds = createHolds(blocks)
  const clock = (): number => medium.now
  const bytes = (n: number) => Uint8Array.from({ length: n }, () => random(256))
  const keep = await createKeep({ rows, blocks, holds, clock, random: bytes })
  armed = true
  const { signal } = new AbortController()
  return {
    keep,
    holds,
    get calls() {
      return calls
    },
    died: death.promise,
    clock,
    advance(ms) {
      medium.now += ms
    },
    commit: rows.commit,
    collect: (whole) => collect({ blocks, holds, sources: [keep.roots] }, { signal, whole }),
    restart(next) {
      dead = true
      return live(medium, seed + calls + 1, next)
    },
    async inPeace(run) {
      armed = false
      await run()
      armed = true
    },
    keys: () => Array.fromAsync(medium.blocks.keys()),
    async bytes() {
      const sizes = await medium.blocks.sizes(await Array.fromAsync(medium.blocks.keys()))
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
    },
    rows: async (prefix) => (await medium.rows.range(prefix)).map(([key]) => key),
  }
}
