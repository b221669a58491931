/** Where other people's devices were last reached, on disk, so that they are found again after a start. */
import type { Clock } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_ADDRESSES } from '../core/limits.ts'
import { count, multiaddrText, v } from '../core/schema.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'

const deviceRow = v.strictObject({
  addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)),
  seen: count(),
})

export interface DeviceBook {
  /** The device itself has said where it is. */
  note(peer: PeerIdText, addresses: readonly string[]): Promise<void>
  /** Somebody else has said so: used where the device itself has said nothing. */
  hint(peer: PeerIdText, addresses: readonly string[]): void
  /** Makes known what there is to dial it. */
  dial(peer: PeerIdText): void
}

export interface BookComponents {
  readonly rows: Rows
  readonly clock: Clock
  readonly know: (peer: PeerIdText, addresses: readonly string[]) => void
  /** Where a peer may be found through the relays of this device. */
  readonly relayed: (peer: PeerIdText) => readonly string[]
}

/** Devices remembered; those not seen for longest are forgotten. */
const MAX_DEVICES = 512
/** Milliseconds before what has not changed is written again. */
const REWRITE = 3_600_000

export async function createDeviceBook({ rows, clock, know, relayed }: BookComponents): Promise<DeviceBook> {
  const devices = table(rows, 'thread-device', deviceRow)
  const known = new Map<PeerIdText, v.InferOutput<typeof deviceRow>>()
  const hints = new Map<PeerIdText, readonly string[]>()
  for (const { key, row } of await devices.list([])) known.set(key[0] as PeerIdText, row)

  return {
    async note(peer, addresses) {
      const before = known.get(peer)
      const row = { addresses: [...addresses].slice(0, MAX_ADDRESSES), seen: clock() }
      know(peer, row.addresses)
      const same = before && before.addresses.join() === row.addresses.join()
      if (same && row.seen - before.seen < REWRITE) return
      known.set(peer, row)
      const oldest = known.size > MAX_DEVICES ? [...known].sort(([, a], [, b]) => a.seen - b.seen)[0] : undefined
      if (oldest) known.delete(oldest[0])
      await rows.commit([devices.put([peer], row), ...(oldest ? [devices.remove(oldest[0])] : [])])
    },
    hint(peer, addresses) {
      hints.delete(peer)
      hints.set(peer, addresses.slice(0, MAX_ADDRESSES))
      const first = hints.keys().next().value
      if (hints.size > MAX_DEVICES && first !== undefined) hints.delete(first)
    },
    dial(peer) {
      const own = known.get(peer)?.addresses ?? []
      // The newest knowledge last, so that it is tried first.
      know(peer, relayed(peer))
      know(peer, hints.get(peer) ?? [])
      know(peer, own)
    },
  }
}
