/**
 * Brings the cafes of this device and those of the account's record in line: what this device has joined is told the others,
 * what another has joined is joined here too, and what another has left is left.
 */
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { Joined } from './cafe-row.ts'
import type { Cafes } from './cafes.ts'
import { type AccountRecord, type RecordEntry, recordAddresses } from './record.ts'

export interface AgreeComponents {
  readonly cafes: Pick<Cafes, 'list' | 'register' | 'deregister'>
  readonly record: AccountRecord
}

/** Once. What a cafe does not answer or refuses is tried again the next time; rejects only if aborted or the disk fails. */
export async function agreeOnCafes({ cafes, record }: AgreeComponents, signal: AbortSignal): Promise<void> {
  const rows = await cafes.list()
  const active = rows.filter(({ state }) => state === 'active')
  const said = new Map((await record.entries('cafe')).map((entry) => [entry.id, entry]))
  for (const row of active) {
    const entry = said.get(row.cafe)
    if (!wasLeft(row, entry)) await tell(record, row)
    // The only one is kept in any case: what is there would be nowhere else.
    else if (active.length > 1) await cafes.deregister(row.cafe, { signal, force: true })
  }
  for (const { id, value } of said.values()) {
    if (!value || rows.some(({ cafe }) => cafe === id)) continue
    const at = { ...value, cafe: id as PeerIdText }
    await cafes.register(at, undefined, { signal, quietly: true }).catch(() => signal.throwIfAborted())
  }
}

/** Left by another device since this one has joined. */
const wasLeft = ({ since }: Joined, entry: RecordEntry<'cafe'> | undefined): boolean =>
  entry?.value === null && entry.ts >= since

async function tell(record: AccountRecord, { cafe, name, addresses }: Joined): Promise<void> {
  const known = (await record.get('cafe', cafe))?.addresses
  // Another device may know more ways to it: nobody takes them away by knowing fewer.
  const all = recordAddresses([...new Set([...addresses, ...(known ?? [])])])
  const same = known && known.length === all.length && all.every((one) => known.includes(one))
  await record.set('cafe', cafe, { name, addresses: same ? known : all }).catch((error) => {
    // More cafes than a manifest names: they work, and recovery finds them through the others.
    if (toCafeError(error).code !== 'QUOTA') throw error
  })
}
