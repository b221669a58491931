/**
 * Relays that the person of this device has named, beside those of the app's host and those of invites. They stay with this
 * device: no file or move carries them.
 */
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { KiB } from '../core/limits.ts'
import { multiaddrText, parse, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import { isRelayAddress, type Relays, relayPeer } from '../net/relays.ts'
import type { Rows } from '../store/rows.ts'

/** Each is dialled for as long as the node lives, and takes from the room that invites have. */
const MOST = 4
const KEY = '/cafe/own-relays'
const row = v.pipe(v.array(v.pipe(multiaddrText, v.check(isRelayAddress))), v.maxLength(MOST))

export interface OwnRelays {
  readonly addresses: readonly string[]
  /** @throws CafeError BAD_REQUEST if this is no address of a relay, CONFLICT if it is there, QUOTA if there are many. */
  add(address: string): Promise<void>
  remove(peer: PeerIdText): Promise<void>
}

interface Components {
  readonly rows: Rows
  readonly relays: Pick<Relays, 'peers' | 'leave'>
  /** Called once a change is on the disk: the relays are to be those there are now. */
  readonly onChange: () => Promise<void>
}

export async function createOwnRelays({ rows, relays, onChange }: Components): Promise<OwnRelays> {
  const serial = createSerial()
  let addresses = readRow(await rows.get(KEY))
  const keep = async (changed: readonly string[]): Promise<void> => {
    await rows.commit([{ key: KEY, value: encode([...changed]) }])
    addresses = changed
    await onChange()
  }
  return {
    get addresses() {
      return addresses
    },
    add: (address) =>
      serial(KEY, async () => {
        if (!isRelayAddress(address)) throw new CafeError('BAD_REQUEST', { what: 'relay' })
        if (relays.peers.includes(relayPeer(address))) throw new CafeError('CONFLICT', { what: 'relay' })
        if (addresses.length >= MOST) throw new CafeError('QUOTA', { what: 'relay' })
        await keep([...addresses, address])
      }),
    remove: (peer) =>
      serial(KEY, async () => {
        await keep(addresses.filter((one) => relayPeer(one) !== peer))
        await relays.leave(peer)
      }),
  }
}

/** A row that cannot be read names no relay: the node starts all the same. */
function readRow(stored: Uint8Array | undefined): readonly string[] {
  try {
    return stored ? parse(row, decode(stored, 4 * KiB)) : []
  } catch {
    return []
  }
}
