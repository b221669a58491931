/** The answers to {@link NamesApi} and {@link ResolveApi}. */
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import { parseKeyName } from '../core/key-name.ts'
import { bytes, text, v } from '../core/schema.ts'
import { accountKey } from '../crypto/envelope.ts'
import { MAX_RECORD } from '../net/ipns.ts'
import type { Names } from '../net/names.ts'
import type { Accounts } from '../peer/accounts.ts'
import type { Handlers } from '../rpc/port.ts'
import type { NamesApi, ResolveApi } from './names-api.ts'

/** Longest path a name may stand for. */
const MAX_PATH = 1024
const named = v.strictObject({ name: text(128) })

export function namesHandlers(names: Names, accounts: Pick<Accounts, 'peer'>): Handlers<NamesApi> {
  return {
    'names.add': {
      input: v.strictObject({ name: text(128), record: bytes(MAX_RECORD) }),
      run: ({ name, record }) => names.add(name, record),
    },
    'names.publish': {
      input: v.strictObject({ path: text(MAX_PATH) }),
      // The account's key, not the device's: the name is the same on every device, and outlives each of them.
      run: ({ path }) => names.publish(accountKey(accounts.peer().account), checkPath(path)),
    },
    'names.get': { input: named, run: async ({ name }) => (await names.get(name)) ?? null },
    'names.list': { input: v.strictObject({}), run: () => names.list() },
    'names.remove': { input: named, run: ({ name }) => names.remove(name).then(() => ({})) },
  }
}

export const resolveHandlers = (names: Names): Handlers<ResolveApi> => ({
  'name.resolve': { input: named, run: ({ name }) => names.resolve(name) },
})

/** @throws CafeError BAD_REQUEST for what is no path of content or of a name. */
function checkPath(path: string): string {
  const [empty, namespace, root = ''] = path.split('/')
  if (empty !== '') throw new CafeError('BAD_REQUEST', { what: 'path' })
  if (namespace === 'ipfs') parseCid(root)
  else if (namespace === 'ipns') parseKeyName(root)
  else throw new CafeError('BAD_REQUEST', { what: 'path' })
  return path
}
