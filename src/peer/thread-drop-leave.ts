/** Leaves at the account's cafes where this device is in a thread, beside what other devices of the account have left. */

import type { CID } from 'multiformats/cid'
import type { SnapshotClient } from '../cafe/snapshot/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import { encode } from '../core/codec.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { type Address, type PeerIdText, sameBytes, unhex } from '../core/ids.ts'
import { DROP_TTL } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { bytes, count, v } from '../core/schema.ts'
import { sha256 } from '../crypto/bytes.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import {
  DROP_BLOCKS,
  type DropPlace,
  dropId,
  knockNames,
  MAX_DROP_BLOCKS,
  MAX_PACKS,
  openDrop,
  sealDrop,
  sealWhere,
} from '../thread/drop.ts'
import { MAX_HEADS } from '../thread/sync-protocol.ts'
import type { Thread, ThreadIdText } from '../thread/thread.ts'
import type { CallOptions } from '../wire/call.ts'
import type { Cafes } from './cafes.ts'
import type { Origin } from './thread-invites.ts'
import type { CafePlace } from './thread-targets.ts'

export interface LeavingComponents {
  readonly rows: Rows
  readonly blocks: Pick<Blocks, 'get'>
  readonly peer: PeerIdText
  readonly self: () => Address | undefined
  readonly client: Pick<SnapshotClient, 'leave' | 'look'>
  readonly access: Cafes['access']
  /** Where this device can be dialled. */
  readonly addresses: () => readonly string[]
  /** By whose word this account has come to a thread, while the members may not have heard of it. */
  readonly invited: (id: ThreadIdText) => Promise<Pick<Origin, 'grant' | 'cafes'> | undefined>
  /** Roots of the packs that hold the thread's blocks at the account's cafes. */
  readonly packs: (id: ThreadIdText) => Promise<readonly CID[]>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface DropLeaving {
  /** Leaves it at each cafe where something else is. @returns whether some cafe was not told. */
  leave(thread: Thread, cafes: readonly CafePlace[], signal: AbortSignal): Promise<boolean>
  /** This device is in the thread no more: what it left stays until it expires, so that the others hear of it. */
  forget(id: ThreadIdText): Promise<void>
}

/** Milliseconds after which the same is left again, so that it does not expire. */
const AGAIN = DROP_TTL / 3
/** Newest blocks among which own ones are looked for. */
const LOOK_BACK = 64
const TIME = 20_000

const leftRow = v.strictObject({ hash: bytes(32, 32), at: count() })

export function createDropLeaving(components: LeavingComponents): DropLeaving {
  const { rows, self, client, access, clock, log } = components
  const left = table(rows, 'thread-left', leftRow)

  const leaveAt = async (thread: Thread, who: Address, cafe: PeerIdText, mine: DropPlace): Promise<void> => {
    const id = unhex(thread.id)
    const drop = await dropId(id, who)
    const signal = AbortSignal.timeout(TIME)
    const others: DropPlace[] = []
    for await (const { body } of client.look(cafe, [drop], { signal })) {
      // What does not open was left by nobody of this account: it is replaced.
      const known = await openDrop(id, who, body).catch(() => [])
      others.push(...known.filter(({ dev, ts }) => dev !== mine.dev && ts > clock() - DROP_TTL))
    }
    const body = await sealDrop(id, who, [mine, ...others], components.random)
    const auth = await access(cafe, { signal })
    // First, since the drop is of use only to who knows of us: cut off in between, this is done again from the beginning.
    await knock(thread, cafe, mine, { auth, signal })
    await client.leave(cafe, { drop, body }, { auth, signal })
  }

  /** Where the inviter will look: others do not know yet whose drop to look for. */
  const knock = async (thread: Thread, cafe: PeerIdText, mine: DropPlace, options: CallOptions): Promise<void> => {
    const from = await components.invited(thread.id)
    if (!from?.cafes.some((place) => place.cafe === cafe)) return
    const id = unhex(thread.id)
    for (const name of knockNames(from.grant)) {
      const body = await sealDrop(id, name, [mine], components.random)
      try {
        await client.leave(cafe, { drop: await dropId(id, name), body }, options)
        return
      } catch (error) {
        // Another guest of the same invite was first.
        if (toCafeError(error).code !== 'CONFLICT') throw error
      }
    }
  }

  return {
    async leave(thread, cafes, signal) {
      const who = self()
      if (!who || (await thread.heads()).length === 0) return false
      const { mine, hash } = await placeOf(components, thread)
      let failed = false
      for (const { cafe } of cafes) {
        if (signal.aborted) throw new CafeError('ABORTED')
        const before = await left.get(thread.id, cafe)
        if (before && sameBytes(before.hash, hash) && clock() - before.at < AGAIN) continue
        try {
          await leaveAt(thread, who, cafe, mine)
          await rows.commit([left.put([thread.id, cafe], { hash, at: clock() })])
        } catch (error) {
          failed = true
          log('debug', 'drop not left', { cafe, why: toCafeError(error).code })
        }
      }
      return failed
    },
    async forget(id) {
      const known = await left.list([id])
      await rows.commit(known.map(({ key }) => left.remove(...key)))
    },
  }
}

/** Where this device is, and a fingerprint of it. */
async function placeOf(
  components: LeavingComponents,
  thread: Thread,
): Promise<{ mine: DropPlace; hash: Uint8Array<ArrayBuffer> }> {
  const { peer, clock, random, addresses, packs } = components
  const [heads, state, roots] = await Promise.all([thread.heads(), thread.state(), packs(thread.id)])
  const where = [...addresses()]
  const told = {
    heads: heads.slice(0, MAX_HEADS).toSorted((a, b) => (a.toString() < b.toString() ? -1 : 1)),
    packs: roots.slice(0, MAX_PACKS),
  }
  const blocks = await ownBlocks(components, thread)
  const mine = { dev: peer, ts: clock(), ...told, blocks, where: await sealWhere(state.keys, where, random) }
  return { mine, hash: await sha256(encode({ ...told, where, keys: state.keys.length })) }
}

/** The newest blocks of this device that go along. */
async function ownBlocks({ blocks, peer }: LeavingComponents, thread: Thread): Promise<Uint8Array<ArrayBuffer>[]> {
  const { entries } = await thread.page({ limit: LOOK_BACK })
  const own: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for (const { cid } of entries.filter(({ content }) => content.dev === peer)) {
    const found = await blocks.get(cid)
    size += found?.byteLength ?? 0
    if (!found || size > DROP_BLOCKS || own.length === MAX_DROP_BLOCKS) break
    own.push(found)
  }
  // Parents first, as everywhere.
  return own.reverse()
}
