/**
 * The account's cafes, the same on all its devices: what the person joins or leaves on this one is said in the record; what
 * was joined on another is joined here too, with the account's signature alone; what was left there is left here.
 */
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { createSerial } from '../core/serial.ts'
import type { CafeAddress, Cafes } from './cafes.ts'
import { type AccountRecord, recordAddresses } from './record.ts'

export interface RecordCafesComponents {
  readonly cafes: Pick<Cafes, 'list' | 'register' | 'deregister'>
  readonly record: AccountRecord
}

export interface RecordCafes {
  /** The person has joined it; nothing is said while its host has not admitted us. */
  joined(cafe: PeerIdText): Promise<void>
  /** The person has left it. */
  left(cafe: PeerIdText): Promise<void>
  /** Says what nobody has said anything about: cafes from before there was a record. */
  say(): Promise<void>
  /** Joins and leaves as the record says. Cafes that are not reached are tried again by the next call. */
  follow(options: { signal: AbortSignal }): Promise<void>
}

export function createRecordCafes({ cafes, record }: RecordCafesComponents): RecordCafes {
  const serial = createSerial()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => serial('cafes', task)

  const active = async () => (await cafes.list()).filter(({ state }) => state === 'active')
  const say = ({ cafe, name, addresses }: Required<CafeAddress>): Promise<void> =>
    record.set('cafe', cafe, { name, addresses: recordAddresses(addresses) })

  const join = async (to: CafeAddress, signal: AbortSignal): Promise<void> => {
    // It may not be reached, or want an invite of this device too: it is asked again.
    await cafes.register(to, undefined, { signal }).catch((error) => {
      if (toCafeError(error).code === 'INTERNAL') throw error
    })
  }

  return {
    joined: (cafe) =>
      inTurn(async () => {
        const row = (await active()).find((row) => row.cafe === cafe)
        if (row) await say(row)
      }),
    left: (cafe) =>
      inTurn(async () => {
        if (await record.entry('cafe', cafe)) await record.remove('cafe', cafe)
      }),
    say: () =>
      inTurn(async () => {
        for (const row of await active()) if (!(await record.entry('cafe', row.cafe))) await say(row)
      }),
    follow: ({ signal }) =>
      inTurn(async () => {
        const here = new Map((await cafes.list()).map((row) => [row.cafe, row]))
        await Promise.all(
          (await record.entries('cafe')).map(async ({ id, value }) => {
            const cafe = id as PeerIdText
            if (value && !here.has(cafe)) await join({ cafe, name: value.name, addresses: value.addresses }, signal)
            if (!value && here.has(cafe)) await cafes.deregister(cafe, { signal, force: true })
          }),
        )
      }),
  }
}
