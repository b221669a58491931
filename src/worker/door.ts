/**
 * The door of the hosted cafe: whether strangers on the web may reach it by HTTP through the relay. Closed until its host
 * opens it; what the host chose is kept, and holds whenever the cafe is open.
 */
import type { Registrar } from '../cafe/cafe.ts'
import type { Door } from '../cafe/hosting.ts'
import type { Clock } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import { DOOR_DAY, DOOR_REQUESTS } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { count, v } from '../core/schema.ts'
import type { NameSource } from '../gateway/names.ts'
import type { Blocks } from '../store/blocks.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import { DOOR_PROTOCOL } from '../wire/door-protocol.ts'

const doorRow = v.strictObject({ open: v.boolean(), decrypt: v.boolean(), daily: count(Number.MAX_SAFE_INTEGER, 1) })
type DoorRow = v.InferOutput<typeof doorRow>

const CLOSED: DoorRow = { open: false, decrypt: false, daily: DOOR_DAY }

export interface DoorComponents {
  readonly rows: Rows
  readonly registrar: Registrar
  readonly blocks: Blocks
  readonly names: NameSource
  readonly clock: Clock
  readonly log: Log
  readonly peer: PeerIdText
  /** Where the app is served: the relay whose door leads here. */
  readonly origin: string
}

export async function createDoor(components: DoorComponents): Promise<Door> {
  const { rows, registrar, log, origin, peer } = components
  const doors = table(rows, 'door', doorRow)
  let row = (await doors.get('me')) ?? CLOSED
  let cafe: Parameters<Door['leadTo']>[0]
  let open = false

  const shut = async (): Promise<void> => {
    if (open) await registrar.unhandle(DOOR_PROTOCOL)
    open = false
  }

  const apply = async (): Promise<void> => {
    await shut()
    if (!cafe || !row.open) return
    // A chunk of its own, with the gateway in it: no other host's worker loads it.
    const { createDoorPart } = await import('./door-part.ts')
    const answer = createDoorPart({ ...components, cafe, decrypts: () => row.decrypt, daily: row.daily })
    await registrar.handle(DOOR_PROTOCOL, answer, { limited: false, maxStreams: DOOR_REQUESTS })
    open = true
  }

  return {
    status: () => ({ ...row, url: `${origin}/c/${peer}/` }),
    async set(input) {
      const { open = row.open, decrypt = row.decrypt, daily = row.daily } = input
      const next = { open, decrypt, daily }
      await rows.commit([doors.put(['me'], next)])
      row = next
      await apply()
    },
    async leadTo(next) {
      cafe = next
      // A door that does not open must not keep a cafe from opening.
      await apply().catch((cause) => log('error', 'the door could not be opened', { cause }))
    },
  }
}
