/** The straight way: parcels from this device to those of the recipient, while they are connected. */
import type { Clock } from '../../core/clock.ts'
import type { Address, PeerIdText } from '../../core/ids.ts'
import type { CardBook } from '../cards.ts'
import type { Courier } from './courier.ts'
import type { Lane } from './lane.ts'
import { pause } from './limited.ts'
import type { Outbox } from './outbox.ts'

export interface StraightComponents {
  readonly outbox: Outbox
  readonly cards: Pick<CardBook, 'devicesOf'>
  readonly courier: Pick<Courier, 'toDevice'>
  /** This device. */
  readonly self: PeerIdText
  /** Devices that have written for somebody, beside those of the card. */
  readonly heardOf: (to: Address) => readonly PeerIdText[]
  /** Peers with an open connection. */
  readonly online: () => readonly PeerIdText[]
  /** Makes known what there is to dial a device. */
  readonly dial: (peer: PeerIdText) => void
  /** Runs so many at once. */
  readonly bringing: <T>(task: () => Promise<T>) => Promise<T>
  /** Waited for at the end. */
  readonly keep: (task: Promise<unknown>) => void
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface Straight {
  /** Goes to devices that are connected; dials some if none is, once in a while. */
  go(lane: Lane): Promise<void>
  /** Devices of a recipient: those of its card, or if that is not known, those that have written. */
  devicesOf(to: Address): Promise<readonly PeerIdText[]>
  /** Is one of its devices connected? */
  isHere(to: Address): Promise<boolean>
}

/** A device that is not connected is dialled, for so long, and no more often than that. */
const DIAL_TIME = 4000
const DIAL_AGAIN = 5 * 60_000
const DIALLED = 2

export function createStraight(components: StraightComponents): Straight {
  const { outbox, cards, courier, self, heardOf, online, dial, bringing, keep, clock, signal } = components

  /** Tells one device all it does not have yet, oldest first. */
  const giveAll = async (lane: Lane, device: PeerIdText): Promise<void> => {
    const { to } = lane
    for (const [p, parcel] of [...outbox.parcels(to)]) {
      if (parcel.at.some(({ at }) => at === device) || !outbox.parcels(to).has(p)) continue
      const sealed = await outbox.sealed(to, p)
      if (!sealed) continue
      await bringing(() => courier.toDevice(device, sealed, signal))
      await outbox.placed(to, p, { at: device, direct: true, epoch: 0, until: 0, time: clock() })
      await outbox.taken(to, p)
      lane.why = undefined
    }
  }

  const devicesOf = async (to: Address): Promise<readonly PeerIdText[]> => {
    const named = await cards.devicesOf(to)
    const all = named.length > 0 ? named : heardOf(to)
    return all.filter((peer) => peer !== self)
  }

  const knownOf = async (to: Address): Promise<Set<PeerIdText>> =>
    new Set([...(await devicesOf(to)), ...heardOf(to)].filter((peer) => peer !== self))

  const go = async (lane: Lane): Promise<void> => {
    const known = await knownOf(lane.to)
    const here = online().filter((peer) => known.has(peer))
    const tries: Array<Promise<void>> = here.map((device) => giveAll(lane, device))
    if (here.length === 0 && performance.now() - lane.dialled > DIAL_AGAIN) {
      lane.dialled = performance.now()
      for (const device of [...known].slice(0, DIALLED)) {
        dial(device)
        tries.push(giveAll(lane, device))
      }
      // Whoever can be reached is quickly; the others get it from their cafes meanwhile.
      const tried = Promise.allSettled(tries)
      keep(tried)
      await Promise.race([tried, pause(DIAL_TIME, signal)])
      return
    }
    await Promise.allSettled(tries)
  }

  return {
    ...{ go, devicesOf },
    async isHere(to) {
      const known = await knownOf(to)
      return online().some((peer) => known.has(peer))
    },
  }
}
