/**
 * What a start does before it opens anything: ends what a move has begun. Each step is written down before the next, so it
 * may be killed at any of them and goes on there; until the last one this device is not that cafe, and from the last one on
 * it is nothing else. Nobody else may write to the rows meanwhile.
 */
import type { Clock } from '../../core/clock.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { CAFE_BUDGET } from '../../core/limits.ts'
import { importVerifier } from '../../crypto/jwt.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { clear } from '../../store/scope.ts'
import type { Table } from '../../store/table.ts'
import { type HostRow, hostTable } from '../host-row.ts'
import { pinStore } from '../pin/store.ts'
import { leaveKey } from '../session/former-keys.ts'
import { sessionStore } from '../session/store.ts'
import { freshIdentity, type Identity, peerOf, readIdentity } from './identity.ts'
import { ARRIVING, type Arrival, carryStates, type Departure } from './state.ts'
import { cafePrefixes } from './tables.ts'

export interface LandComponents {
  readonly rows: Rows
  readonly identity: Identity
  readonly clock: Clock
  /** The change that makes the storage epoch at least this. */
  readonly epochAt: (epoch: number) => Promise<Change>
  /** This device's node becomes another peer: what was promised to the one before is void, such as sessions at other cafes. */
  readonly onNewPeer: () => Promise<void>
}

/** Rows moved or removed in one commit. */
const AT_ONCE = 100

/**
 * @returns the cafe that this device has become by it, if any.
 *
 * @example
 * ```ts
 * await settle({ rows, identity: datastoreIdentity(datastore), clock, epochAt, onNewPeer })
 * const node = await createNode({ datastore, … }) // as the peer that it is now
 * ```
 */
export async function settle(components: LandComponents): Promise<{ readonly cafe: PeerIdText } | undefined> {
  const states = carryStates(components.rows)
  const departure = await states.departure()
  if (departure && !departure.erased) await leave(components, departure)
  const arrival = await states.arrival()
  if (!arrival) await clear(components.rows, ARRIVING)
  if (!arrival || arrival.state === 'ready') return undefined
  await land(components, arrival)
  return { cafe: arrival.cafe }
}

async function land(components: LandComponents, arrival: Arrival): Promise<void> {
  const { rows, identity, clock, epochAt, onNewPeer } = components
  const states = carryStates(rows)
  if (arrival.state === 'clearing') {
    await erase(rows)
    await rows.commit([states.putArrival({ ...arrival, state: 'landing' })])
  }
  await bring(rows)
  const { cafe, name, epoch, verifier } = arrival
  const former = await leaveKey(sessionStore(rows), await importVerifier(verifier), clock())
  const hosts: Table<HostRow> = hostTable(rows)
  const host = hosts.put(['me'], { name, open: true, since: clock() })
  await onNewPeer()
  await rows.commit([former, host, await epochAt(epoch)])
  await identity.write(readIdentity(arrival.identity, cafe))
  // One that had left from here and comes back is nowhere else.
  const back = (await states.departure())?.cafe === cafe
  await rows.commit([states.endArrival(), ...(back ? [states.endDeparture()] : [])])
}

/** Puts staged rows where they belong. */
async function bring(rows: Rows): Promise<void> {
  const scope = `/scope/${ARRIVING}`
  for (;;) {
    const staged = await rows.range(`${scope}/`, { limit: AT_ONCE })
    if (staged.length === 0) return
    await rows.commit(staged.flatMap(([key, value]) => [{ key: key.slice(scope.length + 1), value }, { key }]))
  }
}

/** This device is not that cafe any more: it becomes another peer at once, and loses the rows once the new place has them. */
async function leave({ rows, identity, onNewPeer }: LandComponents, departure: Departure): Promise<void> {
  const states = carryStates(rows)
  const key = await identity.read()
  if (key && peerOf(key) === departure.cafe) {
    await onNewPeer()
    await identity.write(await freshIdentity())
  }
  if (departure.state !== 'left') return
  await erase(rows)
  await rows.commit([states.putDeparture({ ...departure, erased: true }), unlisted(rows)])
}

async function erase(rows: Rows): Promise<void> {
  for (const prefix of cafePrefixes(rows)) {
    for (;;) {
      const keys = await rows.keys(prefix, { limit: AT_ONCE })
      if (keys.length === 0) break
      await rows.commit(keys.map((key) => ({ key })))
    }
  }
}

/** The blocks of its pins are in no list any more. */
const unlisted = (rows: Rows): Change =>
  pinStore(rows).room.put(['me'], { budget: CAFE_BUDGET, doomed: 0, unlisted: true })
