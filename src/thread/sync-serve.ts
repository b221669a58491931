/**
 * The answering half of `/cafe/thread/1.0.0`. Strangers learn nothing and cost little: before anything is read for them
 * they must prove a thread, and that is paced. Members are paced too, and who sends what the rules refuse is shut out for
 * a while, whatever it calls itself a member of.
 */
import type { CID } from 'multiformats/cid'
import type { Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import { WINDOW } from '../core/limits.ts'
import { delay } from '../core/pause.ts'
import { createSeats } from '../core/seats.ts'
import { unshared } from '../crypto/bytes.ts'
import type { Context, ServiceHandlers } from '../wire/serve.ts'
import { blockCid, type SealedBlock } from './block.ts'
import type { Links } from './sync-links.ts'
import type { Prover } from './sync-proof.ts'
import {
  FRAME_BLOCKS,
  MAX_ASKS,
  MAX_FRAME_BLOCKS,
  MAX_HEADS,
  NONCE,
  RUN_BLOCKS,
  RUN_BYTES,
  type threadProtocol,
} from './sync-protocol.ts'
import type { SyncRates } from './sync-rates.ts'
import type { Thread, ThreadIdText } from './thread.ts'

/** The threads of this device, as far as others may be told of them. */
export interface SyncThreads {
  /** Those to say hello about, the most recent first, with what proves them. */
  provers(): Promise<ReadonlyMap<ThreadIdText, Prover>>
  get(id: ThreadIdText): Promise<Thread | undefined>
  /** False for a device of somebody who was put out, or has left. */
  allows(id: ThreadIdText, peer: PeerIdText): Promise<boolean>
  /** Checks and keeps blocks that a peer has sent. `refused`: how many were none of the thread's. */
  take(id: ThreadIdText, blocks: readonly SealedBlock[]): Promise<Taken>
}

export interface Taken {
  readonly applied: number
  readonly refused: number
}

/** What the two halves tell to whoever decides when to sync. */
export interface SyncNews {
  /** A peer and we have a link, for these threads, and it can be dialled there. */
  met(peer: PeerIdText, threads: readonly ThreadIdText[], addresses: readonly string[]): void
  /** A peer has said where it is in a thread. */
  told(peer: PeerIdText, id: ThreadIdText, heads: readonly CID[]): void
}

export interface SyncComponents {
  readonly self: PeerIdText
  readonly threads: SyncThreads
  readonly links: Links
  readonly news: SyncNews
  /** Where this device can be dialled: told to those who have proved a thread. */
  readonly addresses: () => readonly string[]
  readonly random: Random
}

export interface ServeComponents extends SyncComponents {
  readonly rates: SyncRates
  /** @throws CafeError BAD_REQUEST if it does not open. */
  readonly onInvite: (sealed: Uint8Array, from: PeerIdText) => Promise<void>
  /** The thread's keys for the account of this device, if that is in. */
  readonly onKeys: (thread: Thread, peer: PeerIdText) => Promise<Uint8Array<ArrayBuffer> | null>
}

type Handlers = ServiceHandlers<typeof threadProtocol, undefined>
type In<Op extends keyof Handlers> = Parameters<Handlers[Op]>[1]

export function threadService(components: ServeComponents): Handlers {
  const { links, rates, threads, onInvite, onKeys } = components
  /** One run for a thread and a peer at a time. */
  const runs = createSeats(1)

  const linked = async (peer: PeerIdText, tag: Uint8Array): Promise<{ id: ThreadIdText; thread: Thread }> => {
    const id = links.threadOf(peer, tag)
    const thread = id && (await threads.allows(id, peer)) ? await threads.get(id) : undefined
    if (!id || !thread) throw new CafeError('UNAUTHORIZED')
    return { id, thread }
  }

  return {
    async hello({ nonce }, context) {
      rates.hello(context.peer)
      await welcome(components, nonce, context)
      return {}
    },

    async sync({ tag, heads }, context) {
      const { peer } = context
      const { id, thread } = await linked(peer, tag)
      rates.sync(peer)
      const free = runs.take(`${peer} ${id}`)
      try {
        components.links.tell(peer, id, heads)
        const base = await commonBase(thread, heads, context)
        const more = await sendSince(thread, base, context, rates)
        components.news.told(peer, id, heads)
        return { heads: (await thread.heads()).slice(0, MAX_HEADS), more }
      } finally {
        free()
      }
    },

    async push({ tag, heads, blocks }, { peer }) {
      const { id, thread } = await linked(peer, tag)
      rates.push(peer, blocks.length)
      if (blocks.length > 0) {
        const { refused } = await threads.take(id, await asBlocks(blocks))
        if (refused > 0 && rates.fault(peer, refused)) links.drop(peer)
      }
      links.tell(peer, id, heads)
      components.news.told(peer, id, heads)
      return { heads: (await thread.heads()).slice(0, MAX_HEADS) }
    },

    async keys({ tag }, { peer }) {
      const { thread } = await linked(peer, tag)
      rates.sync(peer)
      return { sealed: await onKeys(thread, peer) }
    },

    async invite({ sealed }, { peer }) {
      rates.invite(peer)
      await onInvite(sealed, peer)
      return {}
    },
  }
}

/** Blocks from outside under the CIDs that they really have. */
export const asBlocks = (blocks: readonly Uint8Array[]): Promise<SealedBlock[]> =>
  Promise.all(blocks.map(async (bytes) => ({ cid: await blockCid(bytes), bytes: unshared(bytes) })))

/** The host's half of a `hello`. */
async function welcome(components: SyncComponents, callerNonce: Uint8Array, context: In<'hello'>): Promise<void> {
  const { self, threads, links, news, addresses, random } = components
  const { peer, upload, send } = context
  const hostNonce = random(NONCE)
  await send({ nonce: hostNonce })
  const first = await upload()
  if (!('tags' in first)) throw new CafeError('BAD_REQUEST', { at: 'tags' })

  const meeting = { caller: peer, host: self, callerNonce, hostNonce }
  const provers = await threads.provers()
  // All of them, whatever was asked: how long it takes says nothing about which are shared.
  const mine = new Map<string, ThreadIdText>()
  for (const [id, prove] of provers) mine.set(hex(await prove('caller', meeting)), id)

  const shared = new Map<number, ThreadIdText>()
  for (const [at, tag] of first.tags.entries()) {
    const id = mine.get(hex(tag))
    const thread = id && (await threads.allows(id, peer)) ? await threads.get(id) : undefined
    const proof = id && (await provers.get(id)?.('host', meeting))
    if (!id || !thread || !proof) continue
    shared.set(at, id)
    links.meet(peer, [{ tag, id }])
    await send({ at, proof, heads: (await thread.heads()).slice(0, MAX_HEADS) })
  }
  await send({ addresses: shared.size > 0 ? [...addresses()] : [] })

  for (let left = shared.size; ; left--) {
    const up = await upload()
    if ('addresses' in up) return news.met(peer, [...shared.values()], shared.size > 0 ? up.addresses : [])
    const id = 'at' in up ? shared.get(up.at) : undefined
    if (!('at' in up) || !id || left === 0) throw new CafeError('BAD_REQUEST', { at: 'heads' })
    links.tell(peer, id, up.heads)
    news.told(peer, id, up.heads)
  }
}

/** Blocks that both have: the caller's heads where they are known here, else what it answers when it is asked. */
async function commonBase(
  thread: Thread,
  heads: readonly CID[],
  { upload, send }: In<'sync'>,
): Promise<readonly CID[]> {
  const known = async (cids: readonly CID[]): Promise<CID[]> => {
    const here = await thread.has(cids)
    return cids.filter((_, i) => here[i])
  }
  const base = await known(heads)
  if (base.length === heads.length) return base
  for (let asked = 0; asked < MAX_ASKS; asked++) {
    await send({ ask: true })
    const answer = await upload()
    if (!('haves' in answer)) throw new CafeError('BAD_REQUEST', { at: 'haves' })
    const found = await known(answer.haves)
    base.push(...found)
    if (found.length > 0 || answer.haves.length === 0) break
  }
  return base
}

/** Sends all that the base does not reach, within the caller's credit. @returns whether the run ended before that. */
async function sendSince(
  thread: Thread,
  base: readonly CID[],
  { peer, upload, send, signal }: Pick<Context<unknown, unknown, unknown>, 'peer' | 'signal'> & In<'sync'>,
  rates: SyncRates,
): Promise<boolean> {
  let frame: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  let open = WINDOW
  let blocks = 0
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (frame.length === 0) return
    while (open < size) {
      const up = await upload()
      if (!('credit' in up)) throw new CafeError('BAD_REQUEST', { at: 'credit' })
      open = Math.min(WINDOW, open + up.credit)
    }
    for (let wait = rates.bytes(peer, size); wait > 0; wait = rates.bytes(peer, size)) await delay(wait, signal)
    await send({ blocks: frame })
    open -= size
    frame = []
    size = 0
  }
  for await (const block of thread.since(base)) {
    signal.throwIfAborted()
    if (blocks === RUN_BLOCKS || bytes >= RUN_BYTES) {
      await flush()
      return true
    }
    if (size + block.bytes.byteLength > FRAME_BLOCKS || frame.length === MAX_FRAME_BLOCKS) await flush()
    frame.push(block.bytes)
    size += block.bytes.byteLength
    blocks++
    bytes += block.bytes.byteLength
  }
  await flush()
  return false
}
