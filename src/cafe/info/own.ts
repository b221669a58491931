/** What this cafe says about itself: signed anew when something of it has changed, and before it ends. */
import type { PrivateKey } from '@libp2p/interface'
import type { Clock } from '../../core/clock.ts'
import { encode } from '../../core/codec.ts'
import { hex, type PeerIdText } from '../../core/ids.ts'
import { INFO_TTL, MAX_ADDRESSES, MAX_INFO } from '../../core/limits.ts'
import { bytes, count, text, v } from '../../core/schema.ts'
import { createSerial } from '../../core/serial.ts'
import { sha256 } from '../../crypto/bytes.ts'
import { sealRecord } from '../../crypto/envelope.ts'
import type { Rows } from '../../store/rows.ts'
import { type Table, table } from '../../store/table.ts'
import { dialable } from './dialable.ts'
import { cafeInfoRecord } from './protocol.ts'

/** `what`: hash of all it says but number and time. */
const ownRow = v.strictObject({ what: text(64), seq: count(), ts: count(), envelope: bytes(MAX_INFO) })

const ME = 'me'
/** Bytes of a record that are left for its addresses: beside them are a name, two keys and a signature. */
const FOR_ADDRESSES = MAX_INFO - 640

type OwnRow = v.InferOutput<typeof ownRow>
export const ownInfoTable = (rows: Rows): Table<OwnRow> => table(rows, 'own-info', ownRow)

export interface OwnInfoComponents {
  readonly rows: Rows
  readonly peer: PeerIdText
  readonly peerKey: PrivateKey
  readonly epoch: number
  readonly name: () => string
  readonly addresses: () => readonly string[]
  readonly clock: Clock
}

/** Gives the record as it is now. */
export function createOwnInfo(components: OwnInfoComponents): () => Promise<Uint8Array<ArrayBuffer>> {
  const { rows, peer, peerKey, epoch, name, addresses, clock } = components
  const own: Table<OwnRow> = ownInfoTable(rows)
  const serial = createSerial()
  return () =>
    serial(ME, async () => {
      const says = { cafe: peer, name: name(), epoch, addresses: fitting(peer, addresses()) }
      const what = hex(await sha256(encode(says)))
      const [last, ts] = [await own.get(ME), clock()]
      if (last?.what === what && ts - last.ts < INFO_TTL / 3 && last.ts <= ts) return last.envelope
      const seq = Math.max((last?.seq ?? 0) + 1, ts)
      const envelope = await sealRecord(cafeInfoRecord, peerKey, { ...says, v: 1, seq, ts, ttl: INFO_TTL })
      await rows.commit([own.put([ME], { what, seq, ts, envelope })])
      return envelope
    })
}

/** As many of its addresses as a record has room for, the first ones first. */
function fitting(peer: PeerIdText, addresses: readonly string[]): readonly string[] {
  let left = FOR_ADDRESSES
  return dialable(peer, addresses, addresses)
    .slice(0, MAX_ADDRESSES)
    .filter((address) => {
      left -= address.length + 3
      return left >= 0
    })
}
