/**
 * Whom searches have found since the start, and where: in memory only, so that looking for people leaves nothing behind on
 * the disk. What a person then keeps is taken from here.
 */
import type { LiveCard } from '../cafe/contact/card.ts'
import type { Address, PeerIdText } from '../core/ids.ts'

/** A cafe that gave somebody's card: one of the account's, maybe after asking the cafe `by`. */
export interface SeenAt {
  readonly cafe: PeerIdText
  readonly by: PeerIdText | null
  /** When the cafe that has it took it, by that cafe's clock. */
  readonly time: number
}

export interface Sighting {
  readonly envelope: Uint8Array
  /** What is in it. */
  readonly card: LiveCard
  readonly places: readonly SeenAt[]
}

export interface Sightings {
  /** A genuine card was given. The newest stays. */
  note(card: LiveCard, envelope: Uint8Array, place: SeenAt): void
  get(address: Address): Sighting | undefined
}

/** People remembered: ten full searches. They take 16 KiB each at most. */
const MAX_SEEN = 500
/** Cafes named of one. */
export const MAX_PLACES = 8

export function createSightings(): Sightings {
  const seen = new Map<Address, Sighting>()
  return {
    note(card, envelope, place) {
      const { address } = card
      const before = seen.get(address)
      const newest = before && before.card.seq >= card.seq ? before : { card, envelope: envelope.slice() }
      seen.delete(address)
      seen.set(address, { ...newest, places: withPlace(before?.places ?? [], place) })
      const first = seen.keys().next().value
      if (seen.size > MAX_SEEN && first !== undefined) seen.delete(first)
    },
    get: (address) => seen.get(address),
  }
}

/** The newest first; each cafe once. */
export function withPlace(places: readonly SeenAt[], place: SeenAt): readonly SeenAt[] {
  const others = places.filter(({ cafe, by }) => cafe !== place.cafe || by !== place.by)
  return [place, ...others].slice(0, MAX_PLACES)
}
