/**
 * Our own blocks: what is to be said is put together with number, parents and key, judged like any other, and visible once
 * it is on the medium.
 */
import { prune } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { type Address, hex } from '../core/ids.ts'
import { MAX_KNOWN, MAX_MEMBERS, MAX_PARENTS } from '../core/limits.ts'
import { parse } from '../core/schema.ts'
import { admit, type Core, type Parents, standingsAt, type Tip } from './admit.ts'
import { createBlock, type SealedBlock } from './block.ts'
import { createEpochKey, type EpochKey, sealEpochKey } from './epoch-key.ts'
import { type Content, contentSchema, type Kind, MAX_CUTS, type Rekey } from './kinds.ts'
import { tailsOf } from './members.ts'
import { readAbout } from './reading.ts'
import { judge } from './rules.ts'
import { type Staged, stage } from './staged.ts'
import { currentKey, guestsOf, isStale, membersOf, remove, type Standings } from './standing.ts'
import {
  cidOf,
  fromDown,
  hashOf,
  isBlockCid,
  orderHash,
  type Place,
  type ThreadTables,
  threadTables,
} from './tables.ts'
import type { Entry, Say } from './thread.ts'
import type { Named } from './values.ts'

/** Kinds that a member may write under any key it has: they are what mends a thread whose newest key it lacks. */
const OLD_KEY: readonly Kind[] = ['join', 'leave', 'remove', 'rekey']

type Part = Content extends infer C ? (C extends Content ? Pick<C, 'type' | 'body' | 'files'> : never) : never

/** Where the next block of ours goes. */
interface Spot {
  readonly parents: Parents
  readonly before: Named
}

/** Says it, after making the key that is due, if one is. The caller sees to it that nothing else changes the thread. */
export async function speak(core: Core, say: Say): Promise<Entry> {
  const tables = threadTables(core.rows)
  const repeated = await sameAgain(core, tables, say)
  if (repeated) return repeated
  let spot = await nextSpot(core, tables)
  if (!OLD_KEY.includes(say.type) && isStale(spot.before.value) && isMember(core, spot.before.value)) {
    await write(core, spot, ...(await rekeyPart(core, spot.before.value)))
    spot = await nextSpot(core, tables)
  }
  if (say.type !== 'remove') return write(core, spot, partOf(say))
  return write(core, spot, ...(await removePart(core, tables, spot.before.value, say.body.who)))
}

/** The join by which this account begins a thread; with it, in one commit, what `seed` stages. */
export async function begin(core: Core, seed: Seed): Promise<Entry> {
  const spot = await nextSpot(core, threadTables(core.rows))
  return write(core, spot, { type: 'join', body: { grant: null }, files: [] }, seed)
}

/** The join by which this account enters a thread; undefined if it is in. */
export async function enter(core: Core): Promise<Entry | undefined> {
  const tables = threadTables(core.rows)
  const spot = await nextSpot(core, tables)
  if (spot.parents.size === 0) throw new CafeError('NOT_FOUND', { what: 'blocks' })
  if (isMember(core, spot.before.value)) return undefined
  const own = core.signer.account === core.charter.initiator
  const grant = own ? null : ((await tables.thread.get(core.id))?.grant ?? null)
  if (!grant && !own) throw new CafeError('NOT_FOUND', { what: 'grant' })
  return write(core, spot, { type: 'join', body: { grant }, files: [] })
}

/**
 * The key that is due since somebody has gone. The initiator makes it, or in its absence the first of the members; all
 * others wait until they have something to say, so that not everybody makes one.
 */
export async function mend(core: Core): Promise<Entry | undefined> {
  const tables = threadTables(core.rows)
  const spot = await nextSpot(core, tables)
  const { value } = spot.before
  if (spot.parents.size === 0 || !isStale(value)) return undefined
  const members = membersOf(value, core.charter.initiator)
  const first = members.has(core.charter.initiator) ? core.charter.initiator : [...members].sort()[0]
  if (first !== core.signer.account) return undefined
  return write(core, spot, ...(await rekeyPart(core, value)))
}

const isMember = (core: Core, standings: Standings): boolean =>
  membersOf(standings, core.charter.initiator).has(core.signer.account)

/** A like (or flag, or ignore) of ours that is there already, and to be seen. @throws NOT_FOUND if what it is about is not here. */
async function sameAgain(core: Core, tables: ThreadTables, say: Say): Promise<Entry | undefined> {
  if (!('target' in say.body)) return undefined
  const { target } = say.body
  if (!isBlockCid(target) || !(await tables.place.get(core.id, hashOf(target))))
    throw new CafeError('NOT_FOUND', { what: 'target' })
  if (say.type === 'comment') return undefined
  const said = await readAbout(core, tables, target)
  return said.find(
    ({ content, hidden }) => content.author === core.signer.account && content.type === say.type && !hidden,
  )
}

/** On all heads, or the newest of very many; the next block takes up the rest. */
async function nextSpot(core: Core, tables: ThreadTables): Promise<Spot> {
  core.tip ??= await readTip(core, tables)
  const { parents } = core.tip
  return { parents, before: await standingsAt(core, tables, parents) }
}

async function readTip({ id, signer }: Core, tables: ThreadTables): Promise<Tip> {
  const [heads, [last]] = await Promise.all([
    tables.head.list([id], { limit: MAX_PARENTS }),
    tables.link.list([id, signer.account, signer.peer], { limit: 1 }),
  ])
  const places = heads.map(async ({ key }) => {
    const hash = orderHash(key[1] as string)
    return [hash, (await tables.place.get(id, hash)) as Place] as const
  })
  const block = last?.row.blocks[0]
  return {
    parents: new Map(await Promise.all(places)),
    last: last && block && { seq: fromDown(last.key[3] as string), hash: hex(block.hash) },
  }
}

function partOf(say: Exclude<Say, { readonly type: 'remove' }>): Part {
  return { ...say, files: say.type === 'files' ? [...say.files] : [] } as Part
}

type Seed = (tables: ThreadTables) => Promise<unknown>

async function rekeyPart(core: Core, standings: Standings): Promise<readonly [Part, Seed]> {
  const { body, seed } = await makeKey(core, standings)
  return [{ type: 'rekey', body, files: [] }, seed]
}

/** A new key, sealed to each who is in; this device keeps it without opening its own letter. */
async function makeKey(core: Core, standings: Standings): Promise<{ readonly body: Rekey; readonly seed: Seed }> {
  const { signer, charter, thread, random, clock } = core
  const epoch = currentKey(standings).epoch + 1
  const key = await createEpochKey(random)
  const members = [...membersOf(standings, charter.initiator)].sort().slice(0, MAX_MEMBERS)
  const letters = members.map(async (to) => {
    return { to, sealed: await sealEpochKey(signer, key, { thread, epoch }, { to, ts: clock(), random }) }
  })
  const body = { epoch, id: new Uint8Array(key.id), keys: await Promise.all(letters) }
  return { body, seed: (tables) => core.keyring.add(tables, epoch, key) }
}

/** Puts somebody out: its last blocks and its guests as they are known here, and a key for those who stay. */
async function removePart(core: Core, tables: ThreadTables, standings: Standings, who: Address) {
  const tails = await tailsOf(core, tables, who)
  const cuts = tails.slice(0, MAX_CUTS).map(({ dev, seq, last }) => ({ dev, seq, last: cidOf(hex(last.hash)) }))
  const keep = guestsOf(standings, core.charter.initiator, who).slice(0, MAX_KNOWN)
  const { body: rekey, seed } = await makeKey(core, remove(standings, { who, cuts, keep }))
  const part: Part = { type: 'remove', body: { who, cuts, keep, rekey }, files: [] }
  return [part, seed] as const
}

/** The key to seal it under. @throws NOT_FOUND. */
async function keyFor(
  core: Core,
  tables: ThreadTables,
  standings: Standings,
  kind: Kind,
): Promise<EpochKey & { epoch: number }> {
  const current = currentKey(standings)
  const older = standings.epochs.filter((made) => made !== current).sort((a, b) => b.epoch - a.epoch)
  for (const made of OLD_KEY.includes(kind) ? [current, ...older] : [current]) {
    const key = await core.keyring.get(tables, made)
    if (key) return { ...key, epoch: made.epoch }
  }
  // The key may be in the thread, sealed to an account that this device cannot open for.
  throw new CafeError('NOT_FOUND', { what: core.account.opening ? 'epoch key' : 'sealing key' })
}

async function write(core: Core, { parents, before }: Spot, part: Part, seed?: Seed): Promise<Entry> {
  const { signer, thread, charter } = core
  const staged = stage(core.rows)
  const tables = threadTables(staged)
  await seed?.(tables)
  const key = await keyFor(core, tables, before.value, part.type)
  const content = numbered(core, part)
  const one = { content, epoch: key.epoch, key: key.id, root: parents.size === 0 }
  const verdict = judge(charter, before.value, one)
  if ('why' in verdict) throw new CafeError('FORBIDDEN', { why: verdict.why })
  const place = { thread, tag: core.tag, epoch: key.epoch, parents: [...parents.keys()].map(cidOf) }
  const block = await createBlock(place, key.key, signer, content)
  const admitted = {
    ...one,
    hash: hashOf(block.cid),
    size: block.bytes.byteLength,
    parents,
    before,
    after: verdict.after,
  }
  const at = await store(core, staged, block, () => admit(core, tables, admitted))
  // With more heads than a block can name, others are still to be taken up.
  if (parents.size < MAX_PARENTS) {
    const { seq } = content
    core.tip = { parents: new Map([[admitted.hash, at]]), last: { seq, hash: admitted.hash } }
  }
  return { cid: block.cid, parents: place.parents, depth: at.depth, epoch: key.epoch, content, hidden: null }
}

/** The block under a hold, then its rows in one commit; then it is visible. */
async function store(
  core: Core,
  staged: Staged,
  { cid, bytes }: SealedBlock,
  rows: () => Promise<Place>,
): Promise<Place> {
  const hold = core.holds.open()
  core.tip = undefined
  try {
    await hold.add([cid.multihash.bytes])
    // Its CID was made from these bytes a moment ago.
    const [place] = await Promise.all([rows(), core.blocks.put(cid, bytes)])
    await staged.flush()
    core.onChange(core.id)
    return place
  } catch (error) {
    // The block may be stored, and no row says so.
    core.onGarbage()
    throw error
  } finally {
    hold.release()
  }
}

/** With author, number and time, as receivers will read it. @throws CafeError BAD_REQUEST */
function numbered({ signer, clock, tip }: Core, part: Part): Content {
  const [seq, prev] = tip?.last ? [tip.last.seq + 1, cidOf(tip.last.hash)] : [1, null]
  const by = { author: signer.account, dev: signer.peer, seq, prev, ts: clock() }
  return parse(contentSchema, prune({ ...by, ...(signer.cert ? { cert: signer.cert } : {}), ...part }))
}
