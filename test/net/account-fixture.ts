/** Devices of an account with all that keeps it safe, over real sockets. */
import { createWords } from '../../src/crypto/wallet.ts'
import { type AccountDevice, type AccountParts, composeAccount } from '../fixtures/account.ts'
import { type CafeNode, createGuestNode, type GuestNode, keep } from './fixture.ts'

export interface AccountGuest extends AccountDevice {
  readonly guest: GuestNode
  /** Registers with a token, as a person does. */
  join(...cafes: CafeNode[]): Promise<void>
  stop(): Promise<void>
}

type GuestParts = NonNullable<Parameters<typeof createGuestNode>[0]> & Pick<AccountParts, 'publish'>

export async function createAccountDevice({ publish, ...parts }: GuestParts): Promise<AccountGuest> {
  const guest = keep(await createGuestNode({ words: createWords(), ...parts }))
  const device = composeAccount({ ...guest, account: guest.account(), ...(publish ? { publish } : {}) })
  return {
    ...{ ...device, guest },
    async join(...cafes) {
      guest.know(...cafes)
      for (const cafe of cafes) await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
      await device.safe.cafesChanged()
    },
    async stop() {
      device.close()
      await guest.stop()
    },
  }
}
