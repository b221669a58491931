/** The packs of one device over stores that can be switched off at any commit, and cafes that confirm when they are told to. */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../../src/core/errors.ts'
import type { PeerIdText } from '../../src/core/ids.ts'
import { type Backup, backupStore } from '../../src/peer/backup-row.ts'
import { createKept } from '../../src/peer/kept.ts'
import { createOwnBlocks } from '../../src/peer/own-blocks.ts'
import { readPackRoot } from '../../src/peer/pack-root.ts'
import { createPacks, type Packs } from '../../src/peer/packs.ts'
import { createHolds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'
import { leaf, randomBytes } from '../net/blocks-fixture.ts'

export const THREAD = 'ab'.repeat(32)
export const CAFES = [
  '12D3KooWA11111111111111111111111111111111111111111111',
  '12D3KooWB11111111111111111111111111111111111111111111',
].map((cafe) => cafe.slice(0, 52) as PeerIdText)

/** Rows that stop for good after so many commits, as a device does that is switched off. */
export function mortal(rows: Rows, commits: number): Rows & { readonly dead: boolean; readonly commits: number } {
  let left = commits
  const commit: Rows['commit'] = async (changes) => {
    if (left <= 0) throw new CafeError('INTERNAL', { what: 'switched off' })
    left -= 1
    return rows.commit(changes)
  }
  return Object.create(rows, {
    commit: { value: commit },
    dead: { get: () => left <= 0 },
    commits: { get: () => commits - left },
  })
}

export interface World {
  readonly packs: Packs
  readonly backups: { all(): Promise<readonly Backup[]>; read(root: CID): Promise<CID[]> }
  /** A cafe gives its receipt for all that is queued there, or refuses it. */
  confirm(cafe: PeerIdText, state?: 'pinned' | 'failed'): Promise<void>
  /** New blocks, in the store. */
  blocks(count: number): Promise<CID[]>
  /** Blocks of all the roots that are named now. */
  named(): Promise<Set<string>>
  /** Looked through all cafes. */
  look(): void
}

export interface Parts {
  readonly rows?: Rows
  readonly stored?: ReturnType<typeof memoryBlocks>
  readonly cafes?: readonly PeerIdText[]
  readonly areNamed?: () => Promise<boolean>
  readonly onChange?: (thread: string) => void
  readonly wait?: number
}

/** Without a `wait`, only `flush` does anything. */
export function createWorld(parts: Parts = {}): World {
  const { rows = memoryRows(), stored = memoryBlocks(), cafes = CAFES, areNamed, onChange = () => {} } = parts
  const { wait = 2 ** 31 - 1 } = parts
  let time = 0
  let looked = 0
  const clock = (): number => ++time
  const holds = createHolds(stored)
  const store = backupStore(rows)
  const own = createOwnBlocks({ rows, blocks: stored, holds, store, onGarbage: () => {} })
  const backlog = { run: async () => {}, hold: () => () => {}, stop: () => {}, close: () => {} }
  const source = { open: () => ({ get: () => Promise.reject(new CafeError('NOT_FOUND')), close: () => {} }) }
  const list = async () => cafes.map((cafe) => ({ cafe })) as never
  const kept = createKept({
    same: { removal: async () => [] },
    ...{ store, own, holds, backlog, clock, source, blocks: stored, cafes: { list } },
    ...{ onChange: () => {}, onGarbage: () => {} },
  })
  const backups = {
    ...kept,
    get: (root: string) => store.backups.get(root),
    watch: () => () => {},
    lookedAt: () => looked,
  }
  const packs = createPacks({ rows, blocks: stored, holds, backups, clock, onChange, areNamed, wait })
  const all = async () => (await store.backups.list([])).map(({ row }) => row)
  const read = async (root: CID) => readPackRoot(root, (await stored.get(root)) as Uint8Array<ArrayBuffer>)
  return {
    packs,
    backups: { all, read },
    async confirm(cafe, state = 'pinned') {
      for (const { root, cafes } of await all())
        if (cafes.some((at) => at.cafe === cafe && at.state === 'queued')) await store.note(root, { cafe, state })
    },
    async blocks(count) {
      const made = await Promise.all(Array.from({ length: count }, () => leaf(randomBytes(16))))
      for (const { cid, bytes } of made) await stored.put(cid, bytes)
      return made.map(({ cid }) => cid)
    },
    async named() {
      const members = await Promise.all((await packs.of(THREAD)).map(read))
      return new Set(members.flat().map(String))
    },
    look: () => {
      looked = clock()
    },
  }
}
