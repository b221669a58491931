/**
 * The threads of an account with all that keeps them beyond this device: their blocks in packs at the cafes, their state in
 * the account's slots; and from there back, on another device or in a drill.
 */
import type { Registrar } from '../cafe/cafe.ts'
import { contactClient } from '../cafe/contact/client.ts'
import type { BlockSource } from '../cafe/pin/fetch.ts'
import { snapshotClient } from '../cafe/snapshot/client.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Account } from '../crypto/account.ts'
import { accountSigner } from '../crypto/certificate.ts'
import type { Prekey } from '../crypto/seal.ts'
import type { Blocks } from '../store/blocks.ts'
import { createHolds, type Holds } from '../store/holds.ts'
import { memoryBlocks } from '../store/memory.ts'
import type { Rows } from '../store/rows.ts'
import type { ThreadIdText, Threads } from '../thread/thread.ts'
import { createThreads } from '../thread/threads.ts'
import type { Connector } from '../wire/call.ts'
import type { Backups } from './backup.ts'
import type { CafeAddress, Cafes } from './cafes.ts'
import { createOwnCard, type OwnCard } from './card.ts'
import { createChore } from './chore.ts'
import type { Devices } from './devices.ts'
import type { Cargo } from './move.ts'
import { filesCargo, keptFiles } from './move-files.ts'
import { createPacks, type Packs } from './packs.ts'
import type { AccountRecord, RecordEntry } from './record.ts'
import { createSafekeeping, type Safekeeping } from './safekeeping.ts'
import type { SafetyComponents } from './safety.ts'
import { createThreadKeepers } from './thread-keeper.ts'
import { createPeerThreads, type PeerThreads } from './threads.ts'

/** How this device reaches others, for what goes from device to device. */
export interface Reach {
  /** Answers protocols of this account. */
  readonly registrar: Registrar
  /** Origin of the app, for links. */
  readonly origin: string
  /** Peers with an open connection. */
  online(): readonly PeerIdText[]
  /** Where this device can be dialled. */
  addresses(): readonly string[]
  /** Where a peer may be found through the relays of this device. */
  relayed(peer: PeerIdText): readonly string[]
  /** Cafes that a relay of this device knows of. */
  directory(options: { signal: AbortSignal }): Promise<readonly CafeAddress[]>
}

export interface KeptThreadsComponents {
  readonly account: Account
  readonly peer: PeerIdText
  readonly connector: Connector & { know(peer: PeerIdText, addresses: readonly string[]): void }
  readonly reach: Reach
  readonly record: AccountRecord
  readonly cafes: Cafes
  readonly devices: Devices
  readonly backups: Backups
  /** What else a move takes along. */
  readonly cargo?: readonly Cargo[]
  /** What the card says that others are to seal to. */
  readonly prekey?: () => Promise<Prekey | undefined>
  readonly source: BlockSource
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** It stands differently with what is kept. */
  readonly onChange: () => void
  readonly onGarbage: () => void
}

export interface KeptThreads {
  readonly threads: PeerThreads
  readonly card: OwnCard
  readonly packs: Packs
  readonly safekeeping: Safekeeping
  /** What else {@link createSafety} has to look at. */
  readonly safety: Pick<SafetyComponents, 'waiting' | 'signed'>
  /** The record has changed, here or (`merged`) on another device. */
  recordChanged(changed: readonly RecordEntry[], merged: boolean): void
  /** A cafe has lost something of what it had: it is looked through, and gets again what it lacks. */
  lost(cafe: PeerIdText): Promise<void>
  /** The list of cafes has changed. */
  cafesChanged(): Promise<void>
  /** From now on all of it goes on by itself. */
  attend(): Promise<void>
  wake(): void
  close(): Promise<void>
}

const ME = 'me'
/** Milliseconds for bringing what another device has kept of a thread. */
const FOLLOW_TIME = 5 * 60_000

export async function createKeptThreads(components: KeptThreadsComponents): Promise<KeptThreads> {
  const { account, peer, connector, reach, record, cafes, devices, backups, rows } = components
  const signer = accountSigner(account, peer)

  const packs = createPacks({
    ...components,
    onChange(thread) {
      safekeeping.slots.changed(thread)
      threads.packed(thread as ThreadIdText)
    },
    areNamed: (thread, roots) => safekeeping.slots.areNamed(thread, roots),
  })
  /** Has the cafes let go of the files of a thread. */
  const releaseFolders = async (id: string): Promise<void> => {
    const kept = (await backups.all()).filter(({ name, kind }) => kind === 'folder' && name === id)
    for (const { root } of kept) await backups.release(root)
  }
  const threads = await createPeerThreads({
    ...components,
    ...reach,
    signer,
    async profile() {
      const { name = '', avatar = null } = (await record.get('profile', ME)) ?? {}
      return { name: name || null, avatar }
    },
    async siblings() {
      const others = (await devices.list()).filter(({ here, revoked }) => !here && revoked === null)
      return others.map((device) => device.peer)
    },
    packs: (id) => packs.of(id),
    onChange: (id) => safekeeping.slots.changed(id),
    onBlocks: (id, cids) => packs.add(id, cids),
    wasLeft: async (id) => (await record.entry('thread', id))?.value === null,
    async onLeft(id) {
      await record.remove('thread', id)
      await packs.drop(id)
      await releaseFolders(id)
    },
  })
  const keepers = createThreadKeepers({ rows, threads: threads.store, packs })
  const card = createOwnCard({ ...components, client: contactClient({ connector }) })

  /** Threads of which other devices have kept more than is here. */
  const behind = new Set<string>()
  let recovering = false
  const following = createChore(async (signal) => {
    // A recovery brings them itself, newest first.
    if (recovering) return
    for (const thread of [...behind]) {
      await follow(thread, AbortSignal.any([signal, AbortSignal.timeout(FOLLOW_TIME)]))
      behind.delete(thread)
    }
  })
  const follow = async (thread: string, signal: AbortSignal): Promise<void> => {
    const heads = (await (await keepers.get(thread))?.missing()) ?? []
    if (heads.length === 0) return
    const active = (await cafes.list()).filter(({ state }) => state === 'active')
    const origins = active.flatMap(({ cafe, addresses }) => [cafe, ...addresses])
    const id = thread as ThreadIdText
    await threads.fetch(id, { heads, packs: await packs.of(id), origins }, { signal })
  }
  const followed = <T>(thread: string, merged: Promise<T>): Promise<T> =>
    merged.finally(() => {
      behind.add(thread)
      following.due()
    })

  /** Threads whose blocks go nowhere: they are looked at and thrown away. */
  const trialThreads = (rows: Rows): Threads => {
    const blocks = memoryBlocks()
    const apart = { rows, blocks, holds: createHolds(blocks), onChange: () => {}, onGarbage: () => {} }
    return createThreads({ ...components, ...apart, signer })
  }
  const publishing = createChore((signal) => card.publish({ signal }))
  const announcing = createChore(() => threads.announce())
  const safekeeping = createSafekeeping({
    ...components,
    device: peer,
    snapshots: snapshotClient({ connector }),
    keepers: {
      ...keepers,
      open: (thread, kept) => followed(thread, keepers.open(thread, kept)),
      async get(thread) {
        const keeper = await keepers.get(thread)
        return keeper && { ...keeper, merge: (kept) => followed(thread, keeper.merge(kept)) }
      },
      forget: async (thread) => {
        await keepers.forget(thread)
        await releaseFolders(thread)
      },
    },
    trial: (rows) => createThreadKeepers({ rows, threads: trialThreads(rows) }),
    files: () => keptFiles(backups),
    cargo: [filesCargo(backups), ...(components.cargo ?? [])],
    publish: (options) => card.publish(options),
    directory: reach.directory,
  })

  return {
    threads,
    card,
    packs,
    safety: {
      async waiting(thread) {
        const ids = thread === undefined ? await keepers.list() : [thread]
        const counts = await Promise.all(ids.map(async (id) => (await packs.waiting(id)).length))
        return counts.reduce((sum, one) => sum + one, 0)
      },
      async signed(thread) {
        const { slots, cafes, safe } = await safekeeping.slots.status()
        if (thread !== undefined) return slots.find(({ key }) => key === thread)?.at ?? []
        return safe > 0 ? cafes.filter(({ waiting }) => waiting === 0).map(({ cafe }) => cafe) : []
      },
    },
    safekeeping: {
      ...safekeeping,
      recover: {
        ...safekeeping.recover,
        async run(options) {
          recovering = true
          try {
            return await safekeeping.recover.run(options)
          } finally {
            recovering = false
            following.due()
          }
        },
      },
    },
    recordChanged(changed, merged) {
      safekeeping.recordChanged(changed, merged)
      if (changed.some(({ kind }) => kind !== 'thread')) publishing.due()
      if (changed.some(({ kind }) => kind === 'profile')) announcing.due()
    },
    async lost(cafe) {
      await safekeeping.slots.erased(cafe)
      await card.forget(cafe)
      publishing.due()
    },
    async cafesChanged() {
      await safekeeping.cafesChanged()
      publishing.due()
      announcing.due()
    },
    async attend() {
      await Promise.all([safekeeping.open(), threads.attend()])
      publishing.due()
      announcing.due()
    },
    wake() {
      threads.wake()
      safekeeping.slots.wake()
      for (const chore of [publishing, announcing, following]) void chore.run()
    },
    async close() {
      for (const chore of [publishing, announcing, following]) chore.close()
      packs.close()
      safekeeping.close()
      await threads.close()
    },
  }
}
