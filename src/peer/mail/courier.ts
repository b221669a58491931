/** Brings one parcel to one place: to a device that is connected, or to a cafe, by the best door there is. */
import type { InboxClient } from '../../cafe/inbox/client.ts'
import type { Door, MailReceipt } from '../../cafe/inbox/protocol.ts'
import type { Clock } from '../../core/clock.ts'
import { CafeError, isCafeError } from '../../core/errors.ts'
import { type Address, hex, type PeerIdText } from '../../core/ids.ts'
import { MAX_MAIL_TTL, MIN_MAIL_TTL } from '../../core/limits.ts'
import { sha256 } from '../../crypto/bytes.ts'
import { solveWork } from '../../crypto/work.ts'
import type { Connector } from '../../wire/call.ts'
import type { CardBook } from '../cards.ts'
import { give } from './direct.ts'

export interface CourierComponents {
  readonly connector: Connector
  readonly client: Pick<InboxClient, 'deliver' | 'terms'>
  readonly cards: Pick<CardBook, 'door'>
  readonly clock: Clock
}

export interface Courier {
  /** @throws CafeError as `give`. */
  toDevice(device: PeerIdText, sealed: Uint8Array, signal: AbortSignal): Promise<void>
  /**
   * @throws CafeError as `deliver`; FORBIDDEN `{what: 'size', limit}` where only the stranger's door is open and the parcel is
   * too large for it; FORBIDDEN `{what: 'door'}` where none is.
   */
  toCafe(cafe: PeerIdText, parcel: OutgoingParcel, signal: AbortSignal): Promise<MailReceipt>
  /** The recipient has written: what was refused may be let in now. */
  forgive(to: Address): void
}

export interface OutgoingParcel {
  readonly to: Address
  readonly sealed: Uint8Array
  readonly ends: number
}

/** Milliseconds for a device to answer, and a cafe. */
const DEVICE_TIME = 8000
const CAFE_TIME = 30_000
/** A key that a cafe has refused is not tried there for so long: the recipient may just be about to tell its cafes. */
const REFUSED = 60_000
const MAX_REFUSED = 1000

export function createCourier({ connector, client, cards, clock }: CourierComponents): Courier {
  /** When a cafe has refused a key, on the clock of `performance.now()`. */
  const refused = new Map<string, number>()
  /** Work is done once for a parcel, cafe and hour. */
  const done = new Map<string, Uint8Array>()

  const remember = (name: string): void => {
    refused.set(name, performance.now())
    const first = refused.keys().next().value
    if (refused.size > MAX_REFUSED && first !== undefined) refused.delete(first)
  }

  const strangersDoor = async (
    cafe: PeerIdText,
    { to, sealed }: OutgoingParcel,
    signal: AbortSignal,
  ): Promise<Door> => {
    const { strangers, bits, maxSize, hour } = await client.terms(cafe, to, { signal })
    if (!strangers) throw new CafeError('FORBIDDEN', { what: 'door' })
    if (sealed.byteLength > maxSize) throw new CafeError('FORBIDDEN', { what: 'size', limit: maxSize })
    const id = await sha256(sealed)
    const name = `${cafe} ${hex(id)} ${hour}`
    const nonce = done.get(name) ?? (await solveWork({ cafe, to, id, hour }, bits, { signal }))
    done.set(name, nonce)
    const first = done.keys().next().value
    if (done.size > MAX_REFUSED && first !== undefined) done.delete(first)
    return { hour, nonce }
  }

  return {
    toDevice: (device, sealed, signal) =>
      give(connector, device, sealed, { signal: AbortSignal.any([signal, AbortSignal.timeout(DEVICE_TIME)]) }),
    async toCafe(cafe, parcel, signal) {
      const { to, sealed, ends } = parcel
      const ttl = Math.min(MAX_MAIL_TTL, Math.max(MIN_MAIL_TTL, ends - clock()))
      const within = AbortSignal.any([signal, AbortSignal.timeout(CAFE_TIME)])
      const bring = async (door: Door, signal: AbortSignal): Promise<MailReceipt> =>
        (await client.deliver(cafe, { to, body: sealed, ttl, door }, { signal })).receipt
      const known = await cards.door(to)
      const name = `${to} ${cafe} ${known && hex(known.key)}`
      if (known && performance.now() - (refused.get(name) ?? Number.NEGATIVE_INFINITY) > REFUSED) {
        try {
          return await bring({ key: known.key }, within)
        } catch (thrown) {
          if (!isCafeError(thrown) || thrown.code !== 'FORBIDDEN') throw thrown
          remember(name)
        }
      }
      // The work takes as long as it takes.
      return bring(await strangersDoor(cafe, parcel, signal), signal)
    },
    forgive(to) {
      for (const name of refused.keys()) if (name.startsWith(`${to} `)) refused.delete(name)
    },
  }
}
