/** Sealed-looking bodies, and what clients do with them, for the tests of small records. */
import { systemRandom } from '../../src/core/clock.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import { type CafeNode, createGuestNode, type GuestNode, keep } from './fixture.ts'

/** A body of a size that sealed things have. */
export function body(size = 256): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  // As much as the platform gives at once.
  for (let at = 0; at < size; at += 65_536) bytes.set(systemRandom(Math.min(65_536, size - at)), at)
  return bytes
}

/** The id of a slot or a drop. */
export const newId = (): Uint8Array<ArrayBuffer> => systemRandom(16)

export const auth = async (guest: GuestNode, cafe: CafeNode): Promise<{ auth: string }> => ({
  auth: await guest.access(cafe),
})

/** Two devices of one account, both clients of the cafe: the first by a token, the second by the account alone. */
export async function twoDevices(cafe: CafeNode): Promise<[GuestNode, GuestNode]> {
  const words = createWords()
  const device = async (token?: string): Promise<GuestNode> => {
    const guest = keep(await createGuestNode({ clock: cafe.clock, words }))
    guest.know(cafe)
    await guest.peer.cafes.register(cafe.at, token, {})
    return guest
  }
  return [await device(await cafe.token()), await device()]
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
