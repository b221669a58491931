/** Histories of what clients do at a cafe, carried out on the engine beside a naive model of what must be there then. */
import fc from 'fast-check'
import type { Pinning } from '../../src/cafe/pin/pinning.ts'
import { isCafeError } from '../../src/core/errors.ts'
import { LEASE_TTL } from '../../src/core/limits.ts'
import { createWorld, type Dag, ownerAt, rootOf, sizeOf, type Trouble, type World } from './pin-world.ts'

export type Op =
  | {
      readonly kind: 'pin'
      readonly owner: number
      readonly dag: number
      readonly name: number
      /** Blocks it sends before it ends otherwise. */
      readonly sends: number
      readonly end: 'complete' | 'interrupt' | 'refuse'
    }
  | { readonly kind: 'unpin'; readonly owner: number; readonly dag: number }
  | { readonly kind: 'erase'; readonly owner: number }
  | { readonly kind: 'collect'; readonly whole: boolean }
  | { readonly kind: 'wait'; readonly hours: number }

export interface History {
  readonly seed: number
  readonly quota: number
  /** What is done at once, one after the other. */
  readonly rounds: ReadonlyArray<readonly Op[]>
  readonly trouble: Trouble | undefined
}

const owner = fc.oneof(fc.nat(2), fc.nat(19))
const dag = fc.nat(7)
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pin' as const),
      owner,
      dag,
      name: fc.nat(1),
      sends: fc.nat(6),
      end: fc.constantFrom('complete', 'complete', 'complete', 'interrupt', 'refuse'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('unpin' as const), owner, dag }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), owner }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('collect' as const), whole: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 30 }) }) },
)
export const trouble: fc.Arbitrary<Trouble> = fc.record({
  at: fc.integer({ min: 1, max: 60 }),
  how: fc.constantFrom('kill', 'kill', 'kill', 'fail'),
  carriedOut: fc.boolean(),
})
export const history: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(),
  quota: fc.constantFrom(150, 100_000),
  rounds: fc.array(fc.array(op, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
  trouble: fc.option(trouble, { nil: undefined }),
})

/** What must be so, by what was acknowledged. */
interface Model {
  /** By owner: places of the DAGs that are pinned. */
  readonly pins: Map<number, Set<number>>
  /** By owner and name of an interrupted upload: keys it was told are here, until when they must be. */
  readonly told: Map<string, { readonly keys: Set<string>; until: number }>
}

const fail = (why: string): never => {
  throw new Error(why)
}

/** Carries a history out and compares. @throws Error naming what is wrong. */
export async function runHistory({ seed, quota, rounds, trouble }: History, dags: readonly Dag[]): Promise<void> {
  let world = await createWorld(seed, trouble)
  const model: Model = { pins: new Map(), told: new Map() }
  for (const round of rounds) {
    const flying = new Map<number, Op>()
    const alive = await Promise.race([runRound(world, model, round, flying, quota, dags), world.died])
    if (alive === 'died') {
      world = await world.restart()
      for (const [owner, op] of flying) await adopt(world, model, owner, op, dags)
    }
    await world.inPeace(() => check(world, model, dags))
  }
  await world.inPeace(() => nothingStays(world, model, dags))
}

/** Operations of one owner one after the other, owners side by side. */
async function runRound(
  world: World,
  model: Model,
  round: readonly Op[],
  flying: Map<number, Op>,
  quota: number,
  dags: readonly Dag[],
): Promise<void> {
  const lanes = new Map<number, Op[]>()
  for (const op of round) {
    const lane = 'owner' in op ? op.owner : -1
    lanes.set(lane, [...(lanes.get(lane) ?? []), op])
  }
  await Promise.all(
    [...lanes].map(async ([lane, ops]) => {
      for (const op of ops) {
        flying.set(lane, op)
        await run(world, model, op, quota, dags)
        flying.delete(lane)
      }
    }),
  )
}

async function run(world: World, model: Model, op: Op, quota: number, dags: readonly Dag[]): Promise<void> {
  if (op.kind === 'wait') return world.advance(op.hours * 3_600_000)
  try {
    if (op.kind === 'collect') await world.collect(op.whole)
    else if (op.kind === 'pin') await pin(world, model, op, quota, dags)
    else {
      const { account } = ownerAt(op.owner)
      const pins = model.pins.get(op.owner)
      if (op.kind === 'unpin') {
        const dag = dags[op.dag] as Dag
        const { bytes } = await world.keep.unpin(account, rootOf(dag))
        const expected = pins?.has(op.dag) ? sizeOf(dag) : 0
        if (bytes !== expected) fail(`unpinning released ${bytes} instead of ${expected}`)
        pins?.delete(op.dag)
      } else {
        await world.keep.erase(account, (changes) => world.commit(changes))
        model.pins.delete(op.owner)
        forget(model, op.owner)
      }
    }
  } catch (error) {
    // The disk would not: it was refused, so nothing has changed.
    if (!isCafeError(error) || (error.data.disk !== true && error.data.injected !== true)) throw error
  }
}

const forget = (model: Model, owner: number): void => {
  for (const key of model.told.keys()) if (key.startsWith(`${owner}/`)) model.told.delete(key)
}

async function pin(
  world: World,
  model: Model,
  op: Op & { kind: 'pin' },
  quota: number,
  dags: readonly Dag[],
): Promise<void> {
  const dag = dags[op.dag] as Dag
  const owner = { ...ownerAt(op.owner), quota }
  const name = `${op.owner}/${op.name}/${op.dag}`
  // Where room is short, it may have given way to another upload.
  if (quota < 1000) forget(model, op.owner)
  let pinning: Pinning
  try {
    pinning = await world.keep.begin(owner, { bytes: sizeOf(dag), name: name.slice(name.indexOf('/')) })
  } catch (error) {
    const room = isCafeError(error) && error.code === 'QUOTA' && error.data.limit === 'client'
    const used = [...(model.pins.get(op.owner) ?? [])].reduce((sum, i) => sum + sizeOf(dags[i] as Dag), 0)
    if (room && used + sizeOf(dag) <= quota) fail('refused though there was room')
    if (room) return
    throw error
  }
  const before = model.told.get(name)
  model.told.delete(name)
  try {
    const keys = await send(pinning, dag, op, before && before.until > world.clock() ? before.keys : new Set())
    if (op.end === 'complete') {
      await pinning.complete(rootOf(dag), {
        signal: new AbortController().signal,
        stands: async () => true,
      })
      model.pins.set(op.owner, (model.pins.get(op.owner) ?? new Set()).add(op.dag))
    } else {
      const until = world.clock() + LEASE_TTL
      await pinning.interrupted()
      model.told.set(name, { keys, until })
    }
  } catch (error) {
    await pinning.refused(error)
    if (isCafeError(error) && error.code === 'CORRUPT' && op.end === 'refuse') return
    throw error
  }
}

/** Offers and sends; gives the keys the cafe has said it has. */
async function send(
  { upload }: Pinning,
  dag: Dag,
  op: Op & { kind: 'pin' },
  told: ReadonlySet<string>,
): Promise<Set<string>> {
  const keys = new Set<string>()
  const want = new Set(await upload.offer(dag.map(({ cid, bytes }) => ({ cid, size: bytes.byteLength }))))
  let sent = 0
  for (const [i, { key, bytes }] of dag.entries()) {
    if (want.has(i) && told.has(key)) fail('asked again for a block it had confirmed')
    if (want.has(i)) {
      if (op.end !== 'complete' && sent++ >= op.sends) {
        if (op.end === 'interrupt') continue
        upload.block(i, new Uint8Array(bytes.byteLength).fill(255), async () => {})
        await upload.settled()
        continue
      }
      upload.block(i, bytes, async () => {})
      if (i % 2 > 0) await upload.settled()
    }
    keys.add(key)
  }
  await upload.settled()
  return keys
}

/** What was under way when it died may be done or not; whichever, wholly. */
async function adopt(world: World, model: Model, owner: number, op: Op, dags: readonly Dag[]): Promise<void> {
  if (op.kind === 'wait' || op.kind === 'collect') return
  forget(model, owner)
  const found = await pinnedBy(world, owner, dags)
  const before = model.pins.get(owner) ?? new Set()
  const changed = [...found.symmetricDifference(before)]
  const whole = op.kind === 'erase' ? changed.length === before.size : changed.every((dag) => dag === op.dag)
  if (changed.length > 0 && !whole) fail(`${op.kind} was half done: ${changed}`)
  model.pins.set(owner, found)
}

async function pinnedBy(world: World, owner: number, dags: readonly Dag[]): Promise<Set<number>> {
  const rows = await world.keep.list(ownerAt(owner).account)
  const roots = rows.map(({ root }) => dags.findIndex((dag) => rootOf(dag).equals(root)))
  return new Set(roots)
}

async function check(world: World, model: Model, dags: readonly Dag[]): Promise<void> {
  const keys = new Set(await world.keys())
  let total = 0
  for (const [owner, pins] of model.pins) {
    const found = await pinnedBy(world, owner, dags)
    if (found.symmetricDifference(pins).size > 0) fail(`pins of ${owner} are ${[...found]} instead of ${[...pins]}`)
    const bytes = [...pins].reduce((sum, i) => sum + sizeOf(dags[i] as Dag), 0)
    const usage = await world.keep.usage(ownerAt(owner).account)
    if (usage.roots !== pins.size || usage.bytes !== bytes) fail(`${owner} pays ${usage.bytes} instead of ${bytes}`)
    total += bytes
    for (const i of pins)
      for (const { key } of dags[i] as Dag) if (!keys.has(key)) fail(`a block of a pin of ${owner} is missing`)
  }
  if (world.keep.status().pinned !== total) fail(`the cafe counts ${world.keep.status().pinned} instead of ${total}`)
  const { leased, collectable } = world.keep.status()
  const stored = await world.bytes()
  if (stored > total + leased + collectable) fail(`${stored} bytes are stored, ${total + leased + collectable} counted`)
  for (const { keys: told, until } of model.told.values())
    if (until > world.clock())
      for (const key of told) if (!keys.has(key)) fail('a block of an interrupted upload is missing')
  if (world.holds.size > 0) fail('something is still held')
}

/** After the last unpin, the end of all leases and a collection there is nothing. */
async function nothingStays(world: World, model: Model, dags: readonly Dag[]): Promise<void> {
  for (const [owner, pins] of model.pins)
    for (const i of pins) await world.keep.unpin(ownerAt(owner).account, rootOf(dags[i] as Dag))
  world.advance(LEASE_TTL + 1)
  await world.collect(false)
  const keys = await world.keys()
  if (keys.length > 0) fail(`${keys.length} blocks are left`)
  for (const table of ['pin', 'lease', 'held']) {
    const rows = await world.rows(`/cafe/${table}/`)
    if (rows.length > 0) fail(`left: ${rows}`)
  }
  const { pinned, leased, collectable } = world.keep.status()
  if (pinned + leased + collectable !== 0) fail(`still counted: ${pinned} ${leased} ${collectable}`)
}
