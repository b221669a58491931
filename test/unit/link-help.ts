/** The service of sealed links without a network, and links made as an owner makes them. */

import { type Counts, createErase } from '../../src/cafe/erase.ts'
import { linkProtocol } from '../../src/cafe/link/protocol.ts'
import { createLinks } from '../../src/cafe/link/service.ts'
import { createPaces } from '../../src/cafe/pace.ts'
import type { Address, PeerIdText } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { createSerial } from '../../src/core/serial.ts'
import type { Rows } from '../../src/store/rows.ts'
import { failure } from './crypto-help.ts'
import { calling, sessionOf } from './snapshot-help.ts'

type Bytes = Uint8Array<ArrayBuffer>

export const ADA = 'P6NKHguuQnGraNM58WZTh2tPmRAnQQn1YzHQZYPmRt8WABDF' as Address
export const BOB = 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX' as Address

export const filled = (n: number, size = 16): Bytes => new Uint8Array(size).fill(n >> 8).fill(n, size / 2)

export type TestLinks = Awaited<ReturnType<typeof newLinks>>

/** Given the rows of another, it is that one after a restart. */
export async function newLinks(rows: Rows, clock: { now: number }, knows = (_: PeerIdText) => true) {
  const gone = new Set<Address>()
  const paces = createPaces({ clock: () => clock.now, knows: async () => true })
  const links = await createLinks({
    ...{ rows, serial: createSerial(), clock: () => clock.now, paces, log: silentLog },
    stands: async ({ account }) => !gone.has(account),
    knows: async (peer) => knows(peer),
  })
  const run = (op: 'put' | 'list' | 'revoke' | 'open', input: unknown, how: Parameters<typeof calling>[4]) =>
    calling(linkProtocol, links.handlers, op, input, how)
  return {
    gone,
    put: async (account: Address, wish: object): Promise<unknown> =>
      (await run('put', wish, { session: sessionOf(account) })).receipt,
    list: async (account: Address): Promise<unknown[]> =>
      (await run('list', {}, { session: sessionOf(account) })).items,
    revoke: async (account: Address, link: Bytes): Promise<unknown> =>
      (await run('revoke', { link }, { session: sessionOf(account) })).receipt,
    open: async (link: Bytes, proof: Bytes, attempt: Bytes, peer = 'reader'): Promise<unknown> =>
      (await run('open', { link, proof, attempt }, { peer: peer as PeerIdText })).receipt,
    erase: (account: Address): Promise<Counts> =>
      createErase(links.parts)(account, async (changes, counts) => {
        await rows.commit(changes)
        return counts
      }),
  }
}

/** What it failed with. */
export const codeOf = async (task: () => Promise<unknown>): Promise<string> =>
  ((await failure(task)) as { code: string }).code
