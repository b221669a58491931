/** Devices of an account with all that keeps it safe, over real sockets: threads, packs, slots, recovery, drills, moving. */
import { systemRandom } from '../../src/core/clock.ts'
import { accountSigner } from '../../src/crypto/certificate.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { blockSource } from '../../src/net/origins.ts'
import type { Keepers } from '../../src/peer/keeper.ts'
import type { MoveComponents } from '../../src/peer/move.ts'
import { filesCargo, keptFiles } from '../../src/peer/move-files.ts'
import { createPacks, type Packs } from '../../src/peer/packs.ts'
import { createRecord } from '../../src/peer/record.ts'
import { createSafekeeping, type Safekeeping } from '../../src/peer/safekeeping.ts'
import { createThreadKeepers } from '../../src/peer/thread-keeper.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import type { Thread, Threads } from '../../src/thread/thread.ts'
import { createThreads } from '../../src/thread/threads.ts'
import { type CafeNode, createGuestNode, type GuestNode, keep } from './fixture.ts'

export interface AccountDevice {
  readonly guest: GuestNode
  readonly threads: Threads
  readonly packs: Packs
  readonly keepers: Keepers
  readonly safe: Safekeeping
  /** Registers with a token, as a person does. */
  join(...cafes: CafeNode[]): Promise<void>
  /** A new thread with some texts in it, all of it packed. */
  create(name: string, texts: number): Promise<Thread>
  say(thread: Thread, ...texts: string[]): Promise<void>
  /** What a thread says, oldest first. */
  texts(id: string): Promise<string[]>
  stop(): Promise<void>
}

export interface AccountParts extends NonNullable<Parameters<typeof createGuestNode>[0]> {
  readonly publish?: MoveComponents['publish']
}

export async function createAccountDevice({
  publish = async () => {},
  ...parts
}: AccountParts): Promise<AccountDevice> {
  const guest = keep(await createGuestNode({ words: createWords(), ...parts }))
  const { rows, blocks, holds, clock, peer, node } = guest
  const account = guest.account()
  const signer = accountSigner(account, node.peer)
  const shared = { account, signer, clock, random: systemRandom, onGarbage: () => {} }
  const record = createRecord({ rows, device: node.peer, clock, onChange: (...news) => safe.recordChanged(...news) })
  const threads = createThreads({ ...shared, rows, blocks, holds, onChange: (id) => safe.slots.changed(id) })
  const packs: Packs = createPacks({
    ...{ rows, blocks, holds, backups: peer.backups, clock, wait: 20 },
    onChange: (id) => safe.slots.changed(id),
    areNamed: (id, roots) => safe.slots.areNamed(id, roots),
  })
  const keepers = createThreadKeepers({ rows, threads, packs })
  const trial = (scoped: Rows): Keepers => {
    const apart = memoryBlocks()
    const over = { ...shared, rows: scoped, blocks: apart, holds: createHolds(apart), onChange: () => {} }
    return createThreadKeepers({ rows: scoped, threads: createThreads(over) })
  }
  const safe: Safekeeping = createSafekeeping({
    ...{ rows, account, device: node.peer, record, cafes: peer.cafes, snapshots: guest.snapshots, keepers, trial },
    ...{ source: blockSource(node.connector), clock, random: systemRandom, publish },
    ...{ files: () => keptFiles(peer.backups), cargo: [filesCargo(peer.backups)] },
  })
  const pack = async (thread: Thread): Promise<void> => {
    const all = await Array.fromAsync(thread.since([]))
    await packs.add(
      thread.id,
      all.map(({ cid }) => cid),
    )
    await packs.flush(thread.id)
  }
  const say: AccountDevice['say'] = async (thread, ...texts) => {
    for (const text of texts) await thread.append({ type: 'text', body: { text } })
    await pack(thread)
  }
  return {
    ...{ guest, threads, packs, keepers, safe, say },
    async join(...cafes) {
      guest.know(...cafes)
      for (const cafe of cafes) await peer.cafes.register(cafe.at, await cafe.token(), {})
      await safe.cafesChanged()
    },
    async create(name, texts) {
      const thread = await threads.create({ name, type: 'open', sharing: 'shared' })
      await say(thread, ...Array.from({ length: texts }, (_, i) => `${name} ${i}`))
      return thread
    },
    async texts(id) {
      const thread = await threads.get(id as Thread['id'])
      const { entries = [] } = (await thread?.page({ limit: 1000 })) ?? {}
      return entries.flatMap(({ content }) => (content.type === 'text' ? [content.body.text] : [])).reverse()
    },
    async stop() {
      safe.close()
      packs.close()
      await guest.stop()
    },
  }
}
