/**
 * Files that another device of this account keeps at its cafes: found there, opened by their labels and listed here. What
 * another device has removed disappears here too; what was added here never does, whatever a cafe says.
 */
import type { PinClient, PinnedRoot } from '../cafe/pin/client.ts'
import { toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import type { BackupStore } from './backup-row.ts'
import { authorized, type Cafes } from './cafes.ts'
import type { OwnBlocks } from './own-blocks.ts'
import type { Labels } from './pin-label.ts'

export interface AdoptComponents {
  readonly store: BackupStore
  readonly own: OwnBlocks
  readonly cafes: Cafes
  readonly client: PinClient
  readonly labels: Labels
  readonly onChange: () => void
}

/** Looks through all cafes of the account; those that are not reached are passed over, and the answer is false then. */
export async function adoptAll(components: AdoptComponents, signal: AbortSignal): Promise<boolean> {
  const joined = await components.cafes.list()
  const looked = await Promise.all(
    joined.map(({ cafe }) =>
      adoptFrom(components, cafe, signal).then(
        () => true,
        (error) => {
          const { code } = toCafeError(error)
          if (code === 'INTERNAL') throw error
          // One that does not admit us any more has nothing of ours.
          return code === 'UNAUTHORIZED'
        },
      ),
    ),
  )
  return looked.every(Boolean)
}

async function adoptFrom(components: AdoptComponents, cafe: PeerIdText, signal: AbortSignal): Promise<void> {
  const { store, cafes, client, onChange } = components
  const pins = await authorized(cafes, cafe, signal, (auth) => Array.fromAsync(client.list(cafe, { auth, signal })))
  const there = new Set<string>()
  let changed = false
  for (const pin of pins) {
    there.add(pin.root.toString())
    if (await adopt(components, cafe, pin)) changed = true
  }
  for (const { row } of await store.backups.list([])) {
    const gone =
      row.adopted && !there.has(row.root) && row.cafes.some((at) => at.cafe === cafe && at.state === 'pinned')
    if (!gone) continue
    changed = true
    await store.change(row.root, (now) => {
      const left = now.cafes.filter((at) => at.cafe !== cafe)
      return left.length > 0 ? { ...now, cafes: left } : undefined
    })
  }
  if (changed) onChange()
}

/** Lists one pin of a cafe; gives whether that changed anything. */
async function adopt(
  { store, own, labels }: AdoptComponents,
  cafe: PeerIdText,
  { root: cid, sealed, state }: PinnedRoot,
): Promise<boolean> {
  const root = cid.toString()
  const known = await store.backups.get(root)
  const at = known?.cafes.find((one) => one.cafe === cafe)
  if (at?.state === 'pinned' && state === 'degraded') {
    // The cafe has found the damage itself.
    await store.note(root, { cafe, state: 'degraded', reason: 'CORRUPT' })
    return true
  }
  if (at || (known && !known.adopted) || !sealed) return false
  // Removed here, and the cafe has not been told yet.
  if (await store.unpins.get(cafe, root)) return false
  if (known) {
    await store.change(root, (row) => ({ ...row, cafes: [...row.cafes, { cafe, state: 'pinned' }] }))
    return true
  }
  try {
    const label = await labels.open(cid, sealed)
    await store.adopt({ root, ...label, cafes: [{ cafe, state: 'pinned' }], adopted: true }, own.none(root))
    return true
  } catch (error) {
    // Of a newer kind than we know, or not ours: nothing that could be shown.
    if (toCafeError(error).code === 'SEALED') return false
    throw error
  }
}
