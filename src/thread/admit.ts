/**
 * Takes one block into the rows of its thread: what both a block of our own and one from others have in common once all
 * is known of it. Nothing is visible before the caller has stored the block and flushed the rows.
 */

import type { Clock, Random } from '../core/clock.ts'
import type { Account } from '../crypto/account.ts'
import type { Signer } from '../crypto/certificate.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import type { Charter } from './charter.ts'
import type { Keyring } from './keyring.ts'
import type { Content } from './kinds.ts'
import { changesOf } from './log.ts'
import { beginning, type Standings } from './standing.ts'
import type { Place, ThreadTables } from './tables.ts'
import type { ThreadIdText } from './thread.ts'
import type { Named, Values } from './values.ts'
import type { Waiting } from './waiting.ts'

/** What is shared by all threads of an account on a device. */
export interface ThreadsComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly account: Account
  /** The account, or this device with its certificate. */
  readonly signer: Signer
  readonly clock: Clock
  readonly random: Random
  /** Something is new in a thread, or it is here or gone. */
  readonly onChange: (id: ThreadIdText) => void
  /** There are blocks now that nobody needs. */
  readonly onGarbage: () => void
}

/** One thread from within. */
export interface Core extends ThreadsComponents {
  readonly id: ThreadIdText
  readonly thread: Uint8Array<ArrayBuffer>
  readonly tag: Uint8Array<ArrayBuffer>
  readonly charter: Charter
  readonly values: Values
  readonly keyring: Keyring
  readonly waiting: Waiting
  /** Where our next block goes, while nothing else has changed the thread. */
  tip: Tip | undefined
}

/** What a block of ours has to name: its parents and the device's block before it. */
export interface Tip {
  readonly parents: Parents
  readonly last: { readonly seq: number; readonly hash: string } | undefined
}

export type Parents = ReadonlyMap<string, Place>

/** The standings that a block with these parents is judged by. */
export async function standingsAt(core: Core, tables: ThreadTables, parents: Parents): Promise<Named> {
  if (parents.size === 0) return core.values.named(beginning(core.charter.key))
  return core.values.merged(
    tables,
    [...parents.values()].map(({ standings }) => standings),
  )
}

/** The standings of all blocks together; undefined while there are none. */
export async function standingsNow(core: Core, tables: ThreadTables): Promise<Standings | undefined> {
  const tally = await tables.tally.get(core.id)
  return tally && core.values.load(tables, tally.standings)
}

export interface Admitted {
  readonly hash: string
  readonly size: number
  readonly epoch: number
  readonly key: Uint8Array
  readonly content: Content
  readonly parents: Parents
  readonly before: Named
  readonly after: Standings
}

/** Stages all rows of a valid block; gives its place. */
export async function admit(core: Core, tables: ThreadTables, block: Admitted): Promise<Place> {
  const { id, values } = core
  const { before, after } = block
  const own = after === before.value ? before : await values.named(after)
  const stored = new Set([...block.parents.values()].map(({ standings }) => standings))
  if (!stored.has(own.name)) await values.save(tables, own)
  const tally = await tables.tally.get(id)
  const all = tally ? await values.merged(tables, [tally.standings, own.name]) : own
  if (all.name !== tally?.standings) await values.save(tables, all)
  const depth = 1 + Math.max(0, ...[...block.parents.values()].map((parent) => parent.depth))
  const place: Place = { depth, ts: block.content.ts, standings: own.name }
  await core.keyring.take(tables, block.content)
  await tables.stage(await changesOf({ id, tables, now: core.clock() }, { ...block, place, all: all.name }))
  return place
}

/** Keys that others have and this device has not, as far as it can know. */
export async function lackedKeys(core: Core, tables: ThreadTables, standings: Standings) {
  const found = await Promise.all(standings.epochs.map((made) => core.keyring.get(tables, made)))
  return standings.epochs.filter((_, i) => !found[i])
}
