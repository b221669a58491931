/** The answers to {@link WalletApi}: the accounts of this device and how they are kept. */
import { CafeError } from '../core/errors.ts'
import { address, count, text, v } from '../core/schema.ts'
import type { Accounts } from '../peer/accounts.ts'
import type { Handlers } from '../rpc/port.ts'
import type { AccountStatus } from './account-api.ts'
import type { WalletApi } from './wallet-api.ts'

const none = v.strictObject({})
const wordCount = v.picklist([12, 15, 18, 21, 24])
const passphrase = text(2048)
export const proofInput = { proof: v.optional(passphrase) }
export const keepInput = { lock: v.optional(passphrase), add: v.optional(v.boolean()), ...proofInput }

/** The account in use. @throws CafeError NOT_FOUND {what: 'account'}. */
export async function statusOf(accounts: Accounts): Promise<AccountStatus> {
  const state = await accounts.status()
  if (!state) throw new CafeError('NOT_FOUND', { what: 'account' })
  const { address, index, lock, locked, seed } = state
  return { address, index, lock, locked, seed }
}

export function walletHandlers(accounts: Accounts): Handlers<WalletApi> {
  const status = (): Promise<AccountStatus> => statusOf(accounts)
  const after = (done: Promise<unknown>): Promise<AccountStatus> => done.then(status)

  return {
    'account.create': {
      input: v.strictObject({ words: v.optional(wordCount), ...keepInput }),
      run: ({ words = 12, ...options }) => accounts.create({ words, ...options }),
    },
    'account.restore': {
      input: v.strictObject({
        ...{ words: text(1024), passphrase: v.optional(text(1024)), index: v.optional(count(0x7fff_ffff)) },
        ...keepInput,
      }),
      run: ({ passphrase = '', index = 0, ...input }) => after(accounts.restore({ ...input, passphrase, index })),
    },
    'account.status': { input: none, run: async () => (accounts.any() ? status() : null) },
    'account.list': { input: none, run: () => accounts.list() },
    'account.unlock': {
      input: v.strictObject({ lock: passphrase }),
      run: ({ lock }) => after(accounts.unlock(lock)),
    },
    'account.lock': { input: none, run: () => after(accounts.lock()) },
    'account.setLock': {
      input: v.strictObject({ lock: keepInput.lock, ...proofInput }),
      run: ({ lock, proof }) => after(accounts.setLock(lock, proof)),
    },
    'account.use': { input: v.strictObject({ address }), run: (input) => after(accounts.use(input.address)) },
    'account.forget': {
      input: v.strictObject({ address, ...proofInput }),
      run: (input) => accounts.forget(input.address, input.proof).then(() => ({})),
    },
  }
}
