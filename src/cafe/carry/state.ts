/**
 * How a move to or from this device stands, on the medium: what a start must know before it does anything else. A cafe that
 * arrives is kept apart until it is here whole and may begin; one that has left is marked so, and says where it went.
 */
import { bytes, count, multiaddrText, name, peerId, v } from '../../core/schema.ts'
import type { Rows } from '../../store/rows.ts'
import { table } from '../../store/table.ts'

/** Addresses as they are kept. */
export const places = v.pipe(v.array(multiaddrText), v.maxLength(8))

const arrival = v.strictObject({
  /**
   * `ready`: here whole, and waiting for the word of the place it comes from; `clearing`: what this device knew before is
   * being removed; `landing`: its rows are being put where they belong. There is no row of one that is still coming.
   */
  state: v.picklist(['ready', 'clearing', 'landing']),
  cafe: peerId,
  name,
  /** Storage epoch from its beginning here. */
  epoch: count(),
  identity: bytes(128),
  verifier: bytes(32, 32),
  /** Digest of the move code, for the place that it comes from; null for a file. */
  code: v.nullable(bytes(32, 32)),
  at: count(),
})
export type Arrival = v.InferOutput<typeof arrival>

const departure = v.strictObject({
  /** `leaving`: this device is not that cafe any more, and its new place is still to be told; `left`: it knows. */
  state: v.picklist(['leaving', 'left']),
  cafe: peerId,
  name,
  at: count(),
  /** Where it went: the peer that took it, and its addresses. */
  to: v.strictObject({ peer: peerId, addresses: places }),
  /** What the new place has signed; what this one has signed for it. */
  receipt: bytes(1024),
  word: bytes(1024),
  /** The code, until it is told. */
  secret: v.nullable(bytes(16, 16)),
  /** This device's rows of it are gone. */
  erased: v.boolean(),
})
export type Departure = v.InferOutput<typeof departure>

const state = v.union([v.strictObject({ arrival }), v.strictObject({ departure })])

const ARRIVAL = 'arrival'
const DEPARTURE = 'departure'

export function carryStates(rows: Rows) {
  const states = table(rows, 'carry', state)
  return {
    async arrival(): Promise<Arrival | undefined> {
      const row = await states.get(ARRIVAL)
      return row && 'arrival' in row ? row.arrival : undefined
    },
    async departure(): Promise<Departure | undefined> {
      const row = await states.get(DEPARTURE)
      return row && 'departure' in row ? row.departure : undefined
    },
    putArrival: (row: Arrival) => states.put([ARRIVAL], { arrival: row }),
    endArrival: () => states.remove(ARRIVAL),
    putDeparture: (row: Departure) => states.put([DEPARTURE], { departure: row }),
    endDeparture: () => states.remove(DEPARTURE),
  }
}

/** The scope in which rows wait until all of them are here. */
export const ARRIVING = 'arriving'
