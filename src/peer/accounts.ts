/**
 * Which account of this device is in use, and whether it is open. While it is, there is a {@link Peer} for it; locking,
 * switching and forgetting close that one, and whatever of it still runs ends in its own rows. The blocks of all accounts
 * are spared by collections, open or not.
 */
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import { createSerial } from '../core/serial.ts'
import { type Account, openAccount } from '../crypto/account.ts'
import type { WordCount } from '../crypto/wallet.ts'
import type { Blocks } from '../store/blocks.ts'
import type { RootSource } from '../store/collect.ts'
import type { Holds } from '../store/holds.ts'
import type { Rows } from '../store/rows.ts'
import { scopedRows } from '../store/scope.ts'
import { dormantRoots } from './dormant.ts'
import type { Peer } from './peer.ts'
import { profileName } from './profile-name.ts'
import { clearAccount } from './tables.ts'
import { createVault, type KeyStore, type VaultAccount } from './vault.ts'

export interface AccountsComponents {
  /** Of the whole device. */
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly keys: KeyStore
  readonly clock: Clock
  readonly random: Random
  /** See {@link createVault}. */
  readonly cost?: number | undefined
  /** Makes the peer of an account that was opened; `rows` are that account's own. */
  readonly open: (account: Account, rows: Rows) => Promise<Peer>
  /** Another account is in use, or the one in use was opened or locked. */
  readonly onChange?: () => void
  readonly onGarbage?: () => void
  /** Something that goes on by itself has failed. */
  readonly onFailure?: (what: string, cause: unknown) => void
}

/** How it stands with an account of this device. */
export interface AccountState extends Pick<VaultAccount, 'address' | 'index' | 'lock' | 'seed' | 'since'> {
  readonly current: boolean
  /** What it is called in its profile, if that is known here. */
  readonly name: string | undefined
  /** It is in use, and waits for its passphrase. */
  readonly locked: boolean
}

/** How an account is kept on this device. */
export interface KeepOptions {
  /** The passphrase it needs from now on. Without one it stays unlocked: whoever has this device has the account. */
  readonly lock?: string | undefined
  /** There may be other accounts here already; this one is then in use. */
  readonly add?: boolean | undefined
  /** For `add`: the passphrase of the account in use, if it has one. */
  readonly proof?: string | undefined
}

export interface Accounts {
  status(): Promise<AccountState | null>
  /** All accounts of this device, oldest first. */
  list(): Promise<readonly AccountState[]>
  /** @throws CafeError NOT_FOUND {what: 'account'} if there is none; SEALED {what: 'account'} while it is locked. */
  peer(): Peer
  /** The same, or undefined. */
  current(): Peer | undefined
  /** Is there an account at all? */
  any(): boolean
  /**
   * Makes an account and gives its words, which are kept nowhere.
   * @throws CafeError CONFLICT {what: 'account'} if there is one and it is not `add`; FORBIDDEN {what: 'passphrase'}.
   */
  create(options: KeepOptions & { words: WordCount }): Promise<{ address: Address; words: string }>
  /** @throws CafeError BAD_REQUEST {what: 'words'} if they are not a phrase; else as `create`, but for an account that is here. */
  restore(options: KeepOptions & { words: string; passphrase?: string; index?: number }): Promise<Address>
  /** Keeps the account of a seed that came from another device. Errors as `create`. */
  keep(seed: Secret<Uint8Array>, index: number, options: KeepOptions): Promise<Address>
  /** @throws CafeError FORBIDDEN {what: 'passphrase'}; BUSY {after}. */
  unlock(lock: string): Promise<void>
  /** @throws CafeError NOT_FOUND {what: 'passphrase'} if it has none. */
  lock(): Promise<void>
  /** Gives the account in use another passphrase, or none. @throws CafeError NOT_FOUND {what: 'seed'}; FORBIDDEN. */
  setLock(lock: string | undefined, proof: string | undefined): Promise<void>
  /** Puts another account in use. It may be locked then. */
  use(address: Address): Promise<void>
  /** Removes an account and all its rows from this device; what is at cafes stays there. */
  forget(address: Address, proof: string | undefined): Promise<void>
  /** Returns if `proof` is the passphrase of the account in use, or it has none. @throws CafeError FORBIDDEN; BUSY. */
  prove(proof: string | undefined): Promise<void>
  /** The seed of the account in use, for another device. @throws CafeError as `prove`; NOT_FOUND {what: 'seed'}. */
  seed(proof: string | undefined): Promise<{ seed: Secret<Uint8Array>; index: number }>
  /** From now on whatever account is in use is looked after. */
  attend(): void
  wake(): void
  readonly roots: RootSource
  close(): Promise<void>
}

/** Milliseconds to look through the lists of all cafes once an account is open. */
const ADOPT_TIME = 5 * 60_000

/** Words and their list, which few starts need. */
const wallet = () => import('../crypto/wallet.ts')

export async function createAccounts(components: AccountsComponents): Promise<Accounts> {
  const { rows, blocks, holds, keys, clock, random, cost } = components
  const { onChange = () => {}, onGarbage = () => {}, onFailure = () => {} } = components
  const vault = createVault({ keys, clock, random, cost })
  const serial = createSerial()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => serial('accounts', task)
  let used: VaultAccount | undefined
  let open: Peer | undefined
  let attends = false
  /** An account was forgotten: its blocks are in no list. */
  let unlisted = false

  const rowsOf = (scope: string | null): Rows => (scope === null ? rows : scopedRows(rows, scope))

  const attend = (peer: Peer): void => {
    // Not waited for: cafes may be far away.
    peer.attend().catch((cause) => onFailure('cafes are not looked after', cause))
    // What other devices of the account keep: a cafe that is not reached now is asked at the next start.
    const signal = AbortSignal.timeout(ADOPT_TIME)
    peer.backups.adopt({ signal }).catch((cause) => onFailure('pins not listed', cause))
  }

  const shut = async (): Promise<void> => {
    const peer = open
    open = undefined
    await peer?.close()
  }

  /** The account in use as the vault has it now; opened with `account`, or by itself where it needs no passphrase. */
  const start = async (account?: Account): Promise<void> => {
    await shut()
    used = await vault.current()
    const opened = account ?? (used && (await vault.open(used.address)))
    if (used && opened) {
      open = await components.open(opened, rowsOf(used.scope))
      if (attends) attend(open)
    }
    onChange()
  }

  /** Removes what is left of accounts that were forgotten. */
  const sweep = async (): Promise<void> => {
    for (const { address, scope, ending } of await vault.list()) {
      if (!ending) continue
      await clearAccount(rows, scope)
      await vault.remove(address)
      unlisted = true
      onGarbage()
    }
  }

  const inUse = (): VaultAccount => {
    if (!used) throw new CafeError('NOT_FOUND', { what: 'account' })
    return used
  }

  /** May an account be kept here that is not yet? */
  const mayAdd = async ({ add = false, proof }: KeepOptions): Promise<void> => {
    if (!used) return
    if (!add) throw new CafeError('CONFLICT', { what: 'account' })
    await vault.prove(used.address, proof)
  }

  const put = async (seed: Secret<Uint8Array>, index: number, lock: string | undefined): Promise<Address> => {
    const account = await vault.keep(seed, { index, lock })
    await vault.use(account.address)
    await start(account)
    return account.address
  }

  const keep = async (seed: Secret<Uint8Array>, index: number, options: KeepOptions): Promise<Address> => {
    const { address } = await openAccount(seed)
    // Whoever has the seed may do as they like with what is its own.
    const isHere = (await vault.list()).some((one) => one.address === address && !one.ending)
    if (!isHere) await mayAdd(options)
    return put(seed, index, options.lock)
  }

  const stateOf = async (one: VaultAccount): Promise<AccountState> => {
    const { address, index, lock, seed, since } = one
    const current = address === used?.address
    const name = await profileName(rowsOf(one.scope))
    return { address, index, lock, seed, since, name, current, locked: current && open === undefined }
  }

  await sweep()
  await start()

  return {
    status: async () => (used ? stateOf(used) : null),
    async list() {
      const all = (await vault.list()).filter(({ ending }) => !ending)
      return Promise.all(all.sort((a, b) => a.since - b.since).map(stateOf))
    },
    peer() {
      inUse()
      if (!open) throw new CafeError('SEALED', { what: 'account' })
      return open
    },
    current: () => open,
    any: () => used !== undefined,
    create: ({ words: count, ...options }) =>
      inTurn(async () => {
        await mayAdd(options)
        const { accountSeed, createWords } = await wallet()
        const words = createWords(count, random)
        const account = await vault.keep(accountSeed(words), { index: 0, lock: options.lock })
        await vault.use(account.address)
        // From here on the words must be told, whatever happens: nobody could say them again.
        await start(account).catch((cause) => onFailure('a new account was not opened', cause))
        return { address: account.address, words }
      }),
    restore: ({ words, passphrase = '', index = 0, ...options }) =>
      inTurn(async () => keep((await wallet()).accountSeed(words, passphrase, index), index, options)),
    keep: (seed, index, options) => inTurn(() => keep(seed, index, options)),
    unlock: (lock) =>
      inTurn(async () => {
        const account = await vault.unlock(inUse().address, lock)
        if (!open) await start(account)
      }),
    lock: () =>
      inTurn(async () => {
        if (!inUse().lock) throw new CafeError('NOT_FOUND', { what: 'passphrase' })
        await start()
      }),
    setLock: (lock, proof) =>
      inTurn(async () => {
        const { seed, index } = await vault.seed(inUse().address, proof)
        await start(await vault.keep(seed, { index, lock }))
      }),
    use: (address) =>
      inTurn(async () => {
        if (used?.address === address) return
        await vault.use(address)
        await start()
      }),
    forget: (address, proof) =>
      inTurn(async () => {
        await vault.prove(address, proof)
        if (used?.address === address) await shut()
        await vault.end(address)
        await sweep()
        if (used?.address === address) await start()
        else onChange()
      }),
    prove: async (proof) => vault.prove(inUse().address, proof),
    seed: async (proof) => vault.seed(inUse().address, proof),
    attend() {
      attends = true
      if (open) attend(open)
    },
    wake: () => open?.wake(),
    close: shut,
    roots: rootsOf(),
  }

  /** The lists of all accounts, whichever is open when a collection looks. */
  function rootsOf(): RootSource {
    const sources = async (): Promise<readonly RootSource[]> => {
      const peer = open
      const address = peer?.account.address
      const others = (await vault.list()).filter((one) => one.address !== address)
      const asleep = others.flatMap(({ scope }) => dormantRoots({ rows: rowsOf(scope), blocks, holds }))
      return [...(peer?.roots ?? []), ...asleep]
    }
    return {
      name: 'accounts',
      async *lists(signal) {
        for (const source of await sources()) yield* source.lists(signal)
      },
      get unlisted() {
        return unlisted || (open?.roots.some((source) => source.unlisted) ?? false)
      },
      async collected(result) {
        if (result.whole) unlisted = false
        for (const source of open?.roots ?? []) await source.collected?.(result)
      },
    }
  }
}
