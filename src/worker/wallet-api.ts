/** The part of the page's API that is about the accounts of this device and how they are kept. Types only. */
import type { Address } from '../core/ids.ts'
import type { Call } from '../rpc/port.ts'
import type { AccountInfo, AccountStatus, KeepInput, NewAccount } from './account-api.ts'

type None = Record<never, never>
type WordCount = 12 | 15 | 18 | 21 | 24

/** Proof that it is the person who asks: the passphrase of the account in use, if it has one. */
export interface ProofInput {
  readonly proof?: string | undefined
}

export type WalletApi = {
  'account.create': Call<KeepInput & { words?: WordCount | undefined }, NewAccount>
  'account.restore': Call<
    KeepInput & { words: string; passphrase?: string | undefined; index?: number | undefined },
    AccountStatus
  >
  'account.status': Call<None, AccountStatus | null>
  'account.list': Call<None, readonly AccountInfo[]>
  'account.unlock': Call<{ lock: string }, AccountStatus>
  'account.lock': Call<None, AccountStatus>
  'account.setLock': Call<ProofInput & { lock?: string | undefined }, AccountStatus>
  'account.use': Call<{ address: Address }, AccountStatus>
  'account.forget': Call<ProofInput & { address: Address }, None>
}

/** The same as functions, in `cafe.account`. */
export interface WalletConsole {
  /**
   * Makes an account and gives its words, once. Without `lock` it stays unlocked on this device. Beside another account it
   * takes `add: true`.
   */
  create(input?: KeepInput & { words?: WordCount }): Promise<NewAccount>
  /** `passphrase`: the one that belongs to the words, if they have one; `index`: which account of the words, from 0. */
  restore(words: string, options?: KeepInput & { passphrase?: string; index?: number }): Promise<AccountStatus>
  /** The account in use; null if there is none. */
  status(): Promise<AccountStatus | null>
  list(): Promise<readonly AccountInfo[]>
  unlock(lock: string): Promise<AccountStatus>
  /** Until it is unlocked again, nothing that is the account's can be done; the cafe stays open. */
  lock(): Promise<AccountStatus>
  /** Gives the account in use another passphrase; without `lock` it stays unlocked from now on. */
  setLock(input: ProofInput & { lock?: string }): Promise<AccountStatus>
  use(address: string): Promise<AccountStatus>
  /** Removes an account from this device. With its words it can be brought back, and what is at its cafes with it. */
  forget(address: string, options?: ProofInput): Promise<void>
}
