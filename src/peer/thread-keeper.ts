/**
 * Threads as backups know them. The state is what opens a thread elsewhere: charter, keys, heads and name. Heads that another
 * device has kept and whose blocks are not here yet are kept beside our own until they are, so that no snapshot forgets them.
 */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { hex } from '../core/ids.ts'
import { bytes, cid, count, name, parse, v } from '../core/schema.ts'
import { Secret } from '../core/secret.ts'
import { createSerial } from '../core/serial.ts'
import { LARGEST_BUCKET } from '../crypto/padding.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import type { SealedBlock } from '../thread/block.ts'
import { charterSchema, threadId } from '../thread/charter.ts'
import type { Thread, ThreadIdText, ThreadState, Threads } from '../thread/thread.ts'
import type { Keeper, Keepers, KeptState } from './keeper.ts'
import type { Packs } from './packs.ts'
import { compareBytes } from './record.ts'

export interface ThreadKeepersComponents {
  readonly rows: Rows
  readonly threads: Pick<Threads, 'list' | 'get' | 'open' | 'forget'>
  /** Takes blocks, where more is to be done with them than the thread does. */
  readonly take?: (thread: ThreadIdText, blocks: readonly SealedBlock[]) => Promise<unknown>
  /** Another device has kept heads that are not here: to be fetched, when it suits. */
  readonly onDistant?: (thread: ThreadIdText, heads: readonly CID[]) => void
  /** What the cafes keep of the threads; none without it. */
  readonly packs?: Pick<Packs, 'of' | 'adopt' | 'drop'>
}

const DAG_CBOR = 0x71
/** Heads at once: devices that wrote while they were apart, and then some. */
const MAX_HEADS = 1024

const stateSchema = v.strictObject({
  v: v.literal(1),
  charter: charterSchema,
  keys: v.array(v.strictObject({ epoch: count(), key: bytes(32, 32) })),
  heads: v.pipe(v.array(cid), v.maxLength(MAX_HEADS)),
  name,
})

const headsRow = v.strictObject({ heads: v.pipe(v.array(cid), v.maxLength(MAX_HEADS)) })

export function createThreadKeepers({ rows, threads, take, packs, onDistant }: ThreadKeepersComponents): Keepers {
  /** Heads that are not here yet. */
  const distant = table(rows, 'slot-heads', headsRow)
  const serial = createSerial()

  const keeperOf = (thread: Thread): Keeper => {
    const { id } = thread
    const far = async (): Promise<CID[]> => {
      const heads = (await distant.get(id))?.heads ?? []
      const here = await thread.has(heads)
      return heads.filter((_, i) => !here[i])
    }
    return {
      async state() {
        const [state, heads, roots] = [await thread.state(), await far(), (await packs?.of(id)) ?? []]
        return { state: encodeState(state, heads), packs: roots }
      },
      merge: (kept) =>
        serial(id, async () => {
          const known = decodeState(kept.state)
          await thread.learn(known)
          const heads = uniqueCids([...(await far()), ...known.heads]).slice(0, MAX_HEADS)
          const here = await thread.has(heads)
          const away = heads.filter((_, i) => !here[i])
          await rows.commit([distant.put([id], { heads: away })])
          await packs?.adopt(id, kept.packs)
          if (away.length > 0) onDistant?.(id, away)
        }),
      has: (cids) => thread.has(cids.map(asBlock)),
      async receive(blocks) {
        const sealed = blocks.map(({ cid, bytes }) => ({ cid: asBlock(cid), bytes }))
        await (take ? take(id, sealed) : thread.receive(sealed))
      },
      async missing() {
        const { missing, waiting } = await thread.receive([])
        const waits = new Set(waiting.map(String))
        const heads = (await far()).filter((head) => !waits.has(String(head)))
        return uniqueCids([...heads, ...missing])
      },
    }
  }

  return {
    list: async () => (await threads.list()).map(({ id }) => id),
    async get(id) {
      const thread = await threads.get(id as ThreadIdText)
      return thread && keeperOf(thread)
    },
    async open(id, kept) {
      const here = await threads.get(id as ThreadIdText)
      if (here) return keeperOf(here)
      const state = decodeState(kept.state)
      if (hex(await threadId(state.charter)) !== id) throw new CafeError('CORRUPT', { what: 'snapshot' })
      return keeperOf(await threads.open(state))
    },
    async forget(id) {
      await packs?.drop(id)
      await threads.forget(id as ThreadIdText)
      await rows.commit([distant.remove(id)])
    },
  }
}

/** Packs name blocks as raw bytes; threads as what they are. */
const asBlock = (cid: CID): CID => (cid.code === raw.code ? CID.createV1(DAG_CBOR, cid.multihash) : cid)

const uniqueCids = (cids: readonly CID[]): CID[] => {
  const byText = new Map(cids.map((cid) => [cid.toString(), cid]))
  return [...byText.keys()].sort().map((text) => byText.get(text) as CID)
}

function encodeState({ charter, keys, heads, name }: ThreadState, distant: readonly CID[]): Uint8Array {
  const sorted = keys
    .map(({ epoch, key }) => ({ epoch, key: key.reveal() }))
    .sort((a, b) => a.epoch - b.epoch || compareBytes(a.key, b.key))
  return encode({ v: 1, charter, keys: sorted, heads: uniqueCids([...heads, ...distant]), name })
}

/** @throws CafeError CORRUPT `{what: 'snapshot'}`. */
function decodeState(state: KeptState['state']): ThreadState {
  try {
    const { charter, keys, heads, name } = parse(stateSchema, decode(state, LARGEST_BUCKET))
    return { charter, heads, name, keys: keys.map(({ epoch, key }) => ({ epoch, key: new Secret(key) })) }
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'snapshot' }, { cause })
  }
}
