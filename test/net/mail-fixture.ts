/** Accounts that write to each other over real sockets, through cafes with the real inbox service. */
import { MemoryDatastore } from 'datastore-core'
import type { Address } from '../../src/core/ids.ts'
import { createWords } from '../../src/crypto/wallet.ts'
import type { Incoming } from '../../src/peer/mail/types.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { type CafeNode, createGuestNode, type GuestNode, keep, type TestClock } from './fixture.ts'

export interface Writer {
  readonly guest: GuestNode
  readonly address: Address
  /** With these the same device is started again. */
  readonly parts: GuestParts & { clock: TestClock }
  /** All posts that its handler was given, in order. */
  readonly got: Incoming[]
  /** Bodies of them. */
  said(): unknown[]
  join(...cafes: CafeNode[]): Promise<void>
  /** Is told where to find somebody, and by which door: what a link or a thread would say. */
  meet(other: Writer, ...cafes: CafeNode[]): Promise<void>
  /** Puts somebody into its address book. */
  trust(other: Writer): Promise<void>
  send(to: Writer, body: unknown, about?: string): Promise<string>
  stop(): Promise<void>
}

type GuestParts = NonNullable<Parameters<typeof createGuestNode>[0]>

/** An account's device, which takes posts and attends to its mail. */
export async function createWriter(given: GuestParts & { clock: TestClock }): Promise<Writer> {
  const parts = { rows: memoryRows(), datastore: new MemoryDatastore(), words: createWords(), ...given }
  const guest = keep(await createGuestNode(parts))
  const { peer } = guest
  const got: Incoming[] = []
  peer.mail.on('post', async (letter) => void got.push(letter))
  return {
    ...{ guest, got, parts, address: peer.account.address, stop: guest.stop },
    said: () => got.map(({ body }) => body),
    async join(...cafes) {
      guest.know(...cafes)
      for (const cafe of cafes) await peer.cafes.register(cafe.at, await cafe.token(), {})
      await peer.attend()
    },
    async meet(other, ...cafes) {
      guest.know(...cafes)
      const places = cafes.map(({ at }) => ({ cafe: at.cafe, addresses: [...at.addresses] }))
      await peer.cards.hint(other.address, places)
      await peer.cards.learnDoor(
        other.address,
        await other.guest.peer.mail.doorFor(`contact/${peer.account.address}`),
        'contact',
      )
    },
    trust: (other) => peer.record.set('contact', other.address, { added: parts.clock() }),
    send: (to, body, about) => peer.mail.send(to.address, { kind: 'post', body, about }),
  }
}
