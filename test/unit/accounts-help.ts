/** The accounts of a device without a network: the vault and the rows are real, the peers only say whose they are. */
import { systemRandom } from '../../src/core/clock.ts'
import { type Accounts, type AccountsComponents, createAccounts } from '../../src/peer/accounts.ts'
import { dormantRoots } from '../../src/peer/dormant.ts'
import type { Peer } from '../../src/peer/peer.ts'
import type { KeyStore } from '../../src/peer/vault.ts'
import { createHolds, type Holds } from '../../src/store/holds.ts'
import { memoryBlocks, memoryRows } from '../../src/store/memory.ts'
import type { Rows } from '../../src/store/rows.ts'

/** Keeps what structured clone keeps, as IndexedDB does. */
export function memoryKeys(): KeyStore & { readonly stored: Map<string, unknown> } {
  const stored = new Map<string, unknown>()
  return {
    stored,
    get: async <T>(name: string) => structuredClone(stored.get(name)) as T | undefined,
    put: async (name, value) => void stored.set(name, structuredClone(value)),
    delete: async (name) => void stored.delete(name),
  }
}

/** log2 of scrypt's N: a guess takes a few milliseconds. */
export const CHEAP = 12

export interface TestDevice {
  readonly keys: ReturnType<typeof memoryKeys>
  readonly rows: Rows
  readonly blocks: ReturnType<typeof memoryBlocks>
  readonly holds: Holds
  clock: { now: number }
  /** What happened to peers: `open` and `close` with the address. */
  readonly log: string[]
  /** The rows each open peer was given, by address. */
  readonly given: Map<string, Rows>
  /** Starts the worker, as often as one likes. */
  start(parts?: Partial<Pick<AccountsComponents, 'open'>>): Promise<Accounts>
}

export function newDevice(): TestDevice {
  const blocks = memoryBlocks()
  const [keys, rows, holds] = [memoryKeys(), memoryRows(), createHolds(blocks)]
  const clock = { now: Date.UTC(2030, 0, 1) }
  const log: string[] = []
  const given = new Map<string, Rows>()
  return {
    ...{ keys, rows, blocks, holds, clock, log, given },
    start: (parts = {}) =>
      createAccounts({
        ...{ keys, rows, blocks, holds, clock: () => clock.now, random: systemRandom, cost: CHEAP },
        async open(account, rows) {
          log.push(`open ${account.address}`)
          given.set(account.address, rows)
          const peer: Pick<Peer, 'account' | 'roots' | 'close'> = {
            account,
            roots: dormantRoots({ rows, blocks, holds }),
            close: async () => void log.push(`close ${account.address}`),
          }
          return peer as Peer
        },
        ...parts,
      }),
  }
}
