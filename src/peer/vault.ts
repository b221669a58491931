/**
 * The accounts of this device and their seeds at rest. Each is under a passphrase of its own, and its keys are in memory
 * only while it is unlocked; or, where the person chose to stay unlocked, its seed is under a key of this profile, beside
 * keys that script can use and not read. The latter is no protection against who can read this profile's files or run
 * script on this origin: it spares the passphrase, and says so where it is chosen (security.md L1, L2).
 *
 * All is one value of the key store, so that each change is whole or did not happen.
 */
import type { Clock, Random } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import type { Address } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import { createSerial } from '../core/serial.ts'
import { type Account, type AccountKeys, accountFromKeys, openAccount } from '../crypto/account.ts'
import { createProfileKey, keepSeed, lockSeed, readSeed, unlockSeed } from '../crypto/vault-seal.ts'
import { createGuesses } from './guesses.ts'

/** Where what only structured clone can hold is kept on this device: non-extractable keys. */
export interface KeyStore {
  get<T>(name: string): Promise<T | undefined>
  put(name: string, value: unknown): Promise<void>
  delete(name: string): Promise<void>
}

/** An account of this device, as anybody at the device may see it. */
export interface VaultAccount {
  readonly address: Address
  /** Its number below its words; null where it is not known (an installation from before there were numbers). */
  readonly index: number | null
  /** It has a passphrase. */
  readonly lock: boolean
  /** Its seed is here; else what needs it asks for the words once more. */
  readonly seed: boolean
  /** Its rows are in a scope of this name; null for the first account of a device, whose rows are in none. */
  readonly scope: string | null
  readonly since: number
  /** It is being forgotten: its rows are removed, then it is. */
  readonly ending: boolean
}

export interface Vault {
  list(): Promise<readonly VaultAccount[]>
  /** The account in use. */
  current(): Promise<VaultAccount | undefined>
  /**
   * Keeps a seed, under `lock` or else under the profile's key. An account that is here already is kept anew.
   * @throws CafeError BAD_REQUEST {what: 'passphrase'}.
   */
  keep(seed: Secret<Uint8Array>, options: { index: number; lock?: string | undefined }): Promise<Account>
  /** The account, if it needs no passphrase. */
  open(address: Address): Promise<Account | undefined>
  /** @throws CafeError FORBIDDEN {what: 'passphrase'}; BUSY {after} after too many wrong ones. */
  unlock(address: Address, lock: string): Promise<Account>
  /** Returns if `lock` is the passphrase, or there is none. @throws as `unlock`. */
  prove(address: Address, lock: string | undefined): Promise<void>
  /** @throws as `unlock`; NOT_FOUND {what: 'seed'} where the words have to be entered once more. */
  seed(address: Address, lock: string | undefined): Promise<{ seed: Secret<Uint8Array>; index: number }>
  /** Makes it the account in use. @throws CafeError NOT_FOUND {what: 'account'}. */
  use(address: Address): Promise<void>
  /** Marks it as ending: nothing shows it any more. If it was in use, another is, or none. */
  end(address: Address): Promise<void>
  /** Removes it for good. */
  remove(address: Address): Promise<void>
}

interface Locked {
  readonly how: 'locked'
  readonly seed: Uint8Array
}
interface Open {
  readonly how: 'open'
  readonly keys: AccountKeys
  readonly seed?: { readonly key: CryptoKey; readonly kept: Uint8Array } | undefined
}
interface Entry extends Pick<VaultAccount, 'address' | 'index' | 'scope' | 'since' | 'ending'> {
  readonly rest: Locked | Open
}
interface Stored {
  readonly v: 1
  readonly current: Address | null
  readonly accounts: readonly Entry[]
}

const WALLET = 'wallet'
/** Where earlier versions kept the keys of the one account of a device, without its seed. */
const ONLY_KEYS = 'account'

export interface VaultComponents {
  readonly keys: KeyStore
  readonly clock: Clock
  readonly random: Random
  /** log2 of scrypt's N; what is right for people without it. */
  readonly cost?: number | undefined
}

export function createVault({ keys, clock, random, cost }: VaultComponents): Vault {
  // One at a time: each guess takes 128 MiB, and changes follow each other.
  const serial = createSerial()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => serial('vault', task)
  const guesses = createGuesses(clock)

  const read = async (): Promise<Stored> => {
    const stored = await keys.get<Stored>(WALLET)
    if (stored) {
      if (stored.v !== 1) throw new CafeError('UNSUPPORTED', { what: 'wallet' })
      return stored
    }
    const old = await keys.get<AccountKeys>(ONLY_KEYS)
    if (!old) return { v: 1, current: null, accounts: [] }
    const { address } = old
    const entry: Entry = {
      address,
      index: null,
      scope: null,
      since: 0,
      ending: false,
      rest: { how: 'open', keys: old },
    }
    return { v: 1, current: address, accounts: [entry] }
  }

  const write = async (next: Stored): Promise<void> => {
    await keys.put(WALLET, next)
    // Now it is in the wallet, and there maybe under a passphrase.
    await keys.delete(ONLY_KEYS)
  }

  const find = async (address: Address): Promise<Entry> => {
    const entry = (await read()).accounts.find((one) => one.address === address && !one.ending)
    if (!entry) throw new CafeError('NOT_FOUND', { what: 'account' })
    return entry
  }

  /** What the passphrase gives. */
  const guess = async (entry: Entry, sealed: Uint8Array, lock: string | undefined): Promise<Secret<Uint8Array>> => {
    // Not even a guess.
    if (lock === undefined) throw new CafeError('FORBIDDEN', { what: 'passphrase' })
    return guesses.attempt(entry.address, () => unlockSeed(sealed, lock, ownerOf(entry)))
  }

  const reveal = async (entry: Entry, lock: string | undefined): Promise<Secret<Uint8Array>> => {
    const { rest } = entry
    if (rest.how === 'locked') return guess(entry, rest.seed, lock)
    if (!rest.seed) throw new CafeError('NOT_FOUND', { what: 'seed' })
    return readSeed(rest.seed.kept, rest.seed.key, ownerOf(entry))
  }

  const rest = async (
    seed: Secret<Uint8Array>,
    { address, keys }: Account,
    index: number,
    lock: string | undefined,
  ): Promise<Locked | Open> => {
    const owner = { address, index }
    if (lock !== undefined) return { how: 'locked', seed: await lockSeed(seed, lock, owner, { random, cost }) }
    const key = await createProfileKey()
    return { how: 'open', keys, seed: { key, kept: await keepSeed(seed, key, owner, random) } }
  }

  return {
    list: async () => (await read()).accounts.map(asAccount),
    async current() {
      const { current, accounts } = await read()
      const entry = accounts.find(({ address }) => address === current)
      return entry && asAccount(entry)
    },
    keep: (seed, { index, lock }) =>
      inTurn(async () => {
        const account = await openAccount(seed)
        const { address } = account
        const stored = await read()
        const before = stored.accounts.find((one) => one.address === address)
        const others = stored.accounts.filter((one) => one.address !== address)
        const scope = before ? before.scope : others.some((one) => one.scope === null) ? address : null
        const entry: Entry = {
          ...{ address, index, scope, since: before?.since || clock(), ending: false },
          rest: await rest(seed, account, index, lock),
        }
        await write({ ...stored, current: stored.current ?? address, accounts: [...others, entry] })
        guesses.forget(address)
        return account
      }),
    async open(address) {
      const { rest } = await find(address)
      return rest.how === 'open' ? accountFromKeys(rest.keys) : undefined
    },
    unlock: (address, lock) =>
      inTurn(async () => {
        const entry = await find(address)
        if (entry.rest.how === 'open') return accountFromKeys(entry.rest.keys)
        const account = await openAccount(await guess(entry, entry.rest.seed, lock))
        if (account.address !== address) throw new CafeError('CORRUPT', { what: 'seed' })
        return account
      }),
    prove: (address, lock) =>
      inTurn(async () => {
        const entry = await find(address)
        if (entry.rest.how === 'locked') await guess(entry, entry.rest.seed, lock)
      }),
    seed: (address, lock) =>
      inTurn(async () => {
        const entry = await find(address)
        return { seed: await reveal(entry, lock), index: ownerOf(entry).index }
      }),
    use: (address) =>
      inTurn(async () => {
        await find(address)
        await write({ ...(await read()), current: address })
      }),
    end: (address) =>
      inTurn(async () => {
        const { accounts, current } = await read()
        const left = accounts.find((one) => one.address !== address && !one.ending)
        await write({
          v: 1,
          current: current === address ? (left?.address ?? null) : current,
          // From here on nothing opens it, whatever becomes of its rows.
          accounts: accounts.map((one) => (one.address === address ? { ...one, ending: true, rest: GONE } : one)),
        })
      }),
    remove: (address) =>
      inTurn(async () => {
        const stored = await read()
        await write({ ...stored, accounts: stored.accounts.filter((one) => one.address !== address) })
      }),
  }
}

/** What is left of a seed that was forgotten. */
const GONE: Locked = { how: 'locked', seed: new Uint8Array() }

const ownerOf = ({ address, index }: Entry) => ({ address, index: index ?? 0 })

const asAccount = ({ address, index, scope, since, ending, rest }: Entry): VaultAccount => ({
  ...{ address, index, scope, since, ending },
  lock: rest.how === 'locked',
  seed: rest.how === 'locked' || rest.seed !== undefined,
})
