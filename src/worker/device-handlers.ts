/** The answers to {@link DeviceApi}: the devices of the account, and giving it to another. */
import { MAX_INVITE } from '../core/limits.ts'
import { peerId, text, v } from '../core/schema.ts'
import type { Accounts } from '../peer/accounts.ts'
import type { Handlers } from '../rpc/port.ts'
import type { DeviceApi } from './device-api.ts'
import type { Linking } from './linking.ts'
import { keepInput, proofInput, statusOf } from './wallet-handlers.ts'

const none = v.strictObject({})

export function deviceHandlers(accounts: Accounts, linking: Linking): Handlers<DeviceApi> {
  return {
    'devices.list': {
      input: none,
      async run() {
        if (!accounts.any()) return []
        const devices = await accounts.peer().devices.list()
        return devices.map(({ peer, name, since, cert, revoked, here }) => ({
          ...{ peerId: peer, name, since, until: cert?.notAfter ?? null, revoked, here },
        }))
      },
    },
    'devices.revoke': {
      input: v.strictObject({ peerId, ...proofInput }),
      async run(input, { signal }) {
        const { devices } = accounts.peer()
        await accounts.prove(input.proof)
        return devices.revoke(input.peerId, { signal })
      },
    },
    'devices.offer': {
      input: none,
      run: (_input, { signal, progress }) => linking.offer({ signal, onProgress: progress }),
    },
    'devices.match': {
      input: v.strictObject({ same: v.boolean() }),
      run({ same }) {
        linking.match(same)
        return {}
      },
    },
    'devices.keep': {
      input: v.strictObject(keepInput),
      run: (input) => linking.keep(input).then(() => statusOf(accounts)),
    },
    'devices.follow': {
      input: v.strictObject({ link: text(MAX_INVITE) }),
      run: ({ link }, { signal }) => linking.follow(link, { signal }),
    },
    'devices.give': {
      input: v.strictObject(proofInput),
      run: ({ proof }, { signal }) => linking.give(proof, { signal }).then(() => ({})),
    },
    'devices.cancel': { input: none, run: () => linking.cancel().then(() => ({})) },
  }
}
