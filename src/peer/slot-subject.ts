/**
 * What is kept in slots: each thread's snapshot, and the manifest. Both are sealed, opened and merged; how, is said here, and
 * nothing else needs to know.
 */
import { CafeError } from '../core/errors.ts'
import { hex, type PeerIdText } from '../core/ids.ts'
import type { Account } from '../crypto/account.ts'
import { ONLY_SLOT } from '../crypto/slot-seal.ts'
import type { Keepers } from './keeper.ts'
import { type ManifestContent, manifestHash, openManifest, sealManifest } from './manifest.ts'
import type { AccountRecord } from './record.ts'
import { manifestReceipt } from './slot-proof.ts'
import { MANIFEST, type SlotStore } from './slot-row.ts'
import { openSnapshot, sealSnapshot, sortedPacks, stateHash, threadSlot } from './snapshot.ts'

/** What there is to seal now. */
export interface Content {
  /** Equal for equal content. */
  readonly plain: Uint8Array<ArrayBuffer>
  /** @throws CafeError QUOTA or BAD_REQUEST if it does not fit a slot. */
  seal(version: { readonly seq: number; readonly ts: number }): Promise<Uint8Array<ArrayBuffer>>
}

/** What was in a body. */
export interface Opened {
  readonly key: string
  readonly seq: number
  readonly ts: number
  readonly plain: Uint8Array<ArrayBuffer>
  /** Takes in what it says. */
  merge(): Promise<void>
}

export interface SubjectsComponents {
  readonly account: () => Account
  readonly device: PeerIdText
  readonly record: AccountRecord
  readonly keepers: Keepers
  readonly store: SlotStore
}

export interface Subjects {
  slotOf(key: string): Promise<Uint8Array<ArrayBuffer>>
  /** By slot in hex: every thread that is or was, and the manifest. */
  index(): Promise<ReadonlyMap<string, string>>
  /** Was this thread left? Then its slots are to be emptied. */
  isGone(key: string): Promise<boolean>
  /** Undefined if there is no such thread here. */
  content(key: string): Promise<Content | undefined>
  /** @throws CafeError CORRUPT if it was not sealed by us for this slot; UNSUPPORTED. */
  open(slot: Uint8Array, body: Uint8Array): Promise<Opened>
}

export function createSubjects({ account, device, record, keepers, store }: SubjectsComponents): Subjects {
  const slots = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  const slotOf = (key: string): Promise<Uint8Array<ArrayBuffer>> => {
    if (key === MANIFEST) return Promise.resolve(new Uint8Array(ONLY_SLOT))
    const known = slots.get(key) ?? threadSlot(account(), key)
    slots.set(key, known)
    return known
  }

  const said = async (): Promise<ManifestContent> => ({
    entries: await record.all(),
    versions: await store.versions(),
  })

  const manifest = async (): Promise<Content> => {
    const content = await said()
    return {
      plain: await manifestHash(content),
      async seal({ seq, ts }) {
        const receipts = new Map<PeerIdText, Uint8Array>()
        for (const { id } of await record.entries('cafe')) {
          const envelope = await store.receipt(id as PeerIdText, MANIFEST)
          if (envelope) receipts.set(id as PeerIdText, envelope)
        }
        const { address } = account()
        return sealManifest(account(), { ...content, address, seq, ts, dev: device, receipts })
      },
    }
  }

  const snapshot = async (thread: string): Promise<Content | undefined> => {
    const keeper = await keepers.get(thread)
    if (!keeper) return undefined
    const { state, packs } = await keeper.state()
    const kept = { state, packs: sortedPacks(packs) }
    return {
      plain: await stateHash(kept),
      seal: ({ seq, ts }) => sealSnapshot(account(), { ...kept, thread, seq, ts, device }),
    }
  }

  const openThread = async (slot: Uint8Array, body: Uint8Array): Promise<Opened> => {
    const opened = await openSnapshot(account(), slot, body)
    const { thread: key, seq, ts, state, packs } = opened
    return {
      ...{ key, seq, ts, plain: await stateHash(opened) },
      async merge() {
        if ((await record.entry('thread', key))?.value === null) throw new CafeError('NOT_FOUND', { what: 'thread' })
        const keeper = (await keepers.get(key)) ?? (await keepers.open(key, { state, packs }))
        await keeper.merge({ state, packs })
      },
    }
  }

  /** What cafes have signed to other devices: theirs may be gone, and ours may not reach that cafe before it forgets. */
  const keepReceipts = async (told: ReadonlyMap<PeerIdText, Uint8Array>): Promise<void> => {
    const seqOf = async (cafe: PeerIdText, envelope: Uint8Array | undefined): Promise<number> =>
      (envelope && (await manifestReceipt(account(), cafe, envelope))?.seq) || 0
    for (const [cafe, envelope] of told) {
      const known = await store.receipt(cafe, MANIFEST)
      if ((await seqOf(cafe, envelope)) > (await seqOf(cafe, known))) await store.keepReceipt(cafe, MANIFEST, envelope)
    }
  }

  const openOnly = async (body: Uint8Array): Promise<Opened> => {
    const opened = await openManifest(account(), body)
    return {
      ...{ key: MANIFEST, seq: opened.seq, ts: opened.ts, plain: await manifestHash(opened) },
      async merge() {
        await record.merge(opened.entries)
        await store.learn(opened.versions)
        await keepReceipts(opened.receipts)
      },
    }
  }

  return {
    slotOf,
    async index() {
      const threads = (await record.entries('thread')).map(({ id }) => id)
      const keys = new Set([MANIFEST, ...threads, ...(await keepers.list())])
      return new Map(await Promise.all([...keys].map(async (key) => [hex(await slotOf(key)), key] as const)))
    },
    isGone: async (key) => key !== MANIFEST && (await record.entry('thread', key))?.value === null,
    content: (key) => (key === MANIFEST ? manifest() : snapshot(key)),
    open: (slot, body) => (hex(slot) === hex(ONLY_SLOT) ? openOnly(body) : openThread(slot, body)),
  }
}
