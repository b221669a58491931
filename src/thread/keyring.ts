/**
 * The keys a device has of a thread: those it was given with an invite or a snapshot, those it made, and those sealed to its
 * account in the thread itself.
 */
import { hex } from '../core/ids.ts'
import type { Account } from '../crypto/account.ts'
import type { Charter } from './charter.ts'
import { type EpochKey, epochKey, openEpochKey } from './epoch-key.ts'
import type { Content } from './kinds.ts'
import type { EpochMade } from './standing.ts'
import { type ThreadTables, unhex, up } from './tables.ts'
import type { HeldKey, ThreadIdText } from './thread.ts'

/** Keys one thread may be given that no block of it has named yet. */
const MAX_KEYS = 1024
/** Blocks that are searched for a letter with one key. */
const MAX_LETTERS = 16

export interface KeyringComponents {
  readonly id: ThreadIdText
  readonly charter: Charter
  readonly account: Account
  /** What a block of this thread says that is here; undefined if it cannot be read. */
  read(tables: ThreadTables, hash: string): Promise<Content | undefined>
}

export interface Keyring {
  get(tables: ThreadTables, made: Pick<EpochMade, 'epoch' | 'id'>): Promise<EpochKey | undefined>
  /** All keys of an epoch that are here. */
  of(tables: ThreadTables, epoch: number): Promise<readonly EpochKey[]>
  /** Stages a key. @returns whether it is new. */
  add(tables: ThreadTables, epoch: number, key: EpochKey): Promise<boolean>
  /** Stages the key that a valid block brings us, if it does. @returns whether it did. */
  take(tables: ThreadTables, content: Content): Promise<boolean>
  /** Looks again for a letter in the blocks that should have one. */
  search(tables: ThreadTables, made: Pick<EpochMade, 'epoch' | 'id'>): Promise<boolean>
  all(tables: ThreadTables): Promise<readonly (HeldKey & { readonly id: string })[]>
}

export function createKeyring({ id, charter, account, read }: KeyringComponents): Keyring {
  const open = new Map<string, EpochKey>()

  const keyring: Keyring = {
    async get(tables, made) {
      const name = `${made.epoch} ${hex(made.id)}`
      const known = open.get(name)
      if (known) return known
      const row = await tables.key.get(id, up(made.epoch), hex(made.id))
      if (!row) return undefined
      const key = await epochKey(new Uint8Array(row.key))
      open.set(name, key)
      return key
    },
    async of(tables, epoch) {
      const rows = await tables.key.list([id, up(epoch)], { limit: MAX_LETTERS })
      const found = rows.map(({ key }) => keyring.get(tables, { epoch, id: unhex(key[2] as string) }))
      return (await Promise.all(found)).filter((key) => key !== undefined)
    },
    async add(tables, epoch, key) {
      // The charter names the first key: any other would open nothing.
      if (epoch === 0 && hex(key.id) !== hex(charter.key)) return false
      if (await tables.key.get(id, up(epoch), hex(key.id))) return false
      if ((await tables.key.list([id], { limit: MAX_KEYS })).length >= MAX_KEYS) return false
      await tables.stage([tables.key.put([id, up(epoch), hex(key.id)], { key: key.key.reveal() })])
      return true
    },
    async take(tables, content) {
      if (content.type !== 'rekey' && content.type !== 'remove') return false
      const { epoch, id: key, keys } = content.type === 'rekey' ? content.body : content.body.rekey
      const own = keys.find(({ to }) => to === account.address)
      // What is only remembered may never have been stored.
      if (await tables.key.get(id, up(epoch), hex(key))) return true
      if (!own || !account.opening) return false
      try {
        const expected = { thread: unhex(id), epoch, from: content.author, id: key }
        return await keyring.add(tables, epoch, await openEpochKey(account, own.sealed, expected))
      } catch {
        // A letter that does not open: whoever made it wants us out. Others have the key, and can give it to us.
        return false
      }
    },
    async search(tables, made) {
      if (await keyring.get(tables, made)) return true
      const letters = await tables.letter.list([id, up(made.epoch), hex(made.id)], { limit: MAX_LETTERS })
      for (const { key } of letters) {
        const content = await read(tables, key.at(-1) as string)
        if (content && (await keyring.take(tables, content))) return true
      }
      return false
    },
    async all(tables) {
      const rows = await tables.key.list([id], { limit: MAX_KEYS })
      const held = rows.map(async ({ key, row }) => ({
        epoch: Number.parseInt(key[1] as string, 16),
        id: key[2] as string,
        key: (await epochKey(new Uint8Array(row.key))).key,
      }))
      return Promise.all(held)
    },
  }
  return keyring
}
