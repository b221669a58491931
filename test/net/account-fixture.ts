/** Devices of an account with all that keeps it safe, over real sockets. */
import { createWords } from '../../src/crypto/wallet.ts'
import { type AccountDevice, accountDevice } from '../fixtures/account.ts'
import { type CafeNode, createGuestNode, type GuestNode, keep } from './fixture.ts'

export interface AccountGuest extends AccountDevice {
  readonly guest: GuestNode
  /** Registers with a token, as a person does. */
  join(...cafes: CafeNode[]): Promise<void>
  stop(): Promise<void>
}

type GuestParts = NonNullable<Parameters<typeof createGuestNode>[0]>

export async function createAccountDevice(parts: GuestParts): Promise<AccountGuest> {
  const guest = keep(await createGuestNode({ words: createWords(), ...parts }))
  const device = accountDevice(guest.peer)
  return {
    ...{ ...device, guest },
    async join(...cafes) {
      guest.know(...cafes)
      for (const cafe of cafes) await guest.peer.cafes.register(cafe.at, await cafe.token(), {})
      await device.safe.cafesChanged()
    },
    stop: guest.stop,
  }
}
