/**
 * What a cafe is told about a pin in a form that only its account can read: name, key and size. Any device with the words
 * can list and open the files from that, and a cafe cannot tell one name from another, nor put it on another pin.
 */
import type { CID } from 'multiformats/cid'
import { decode, encode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { MAX_SEALED } from '../core/limits.ts'
import { bytes, count, parse, text, v } from '../core/schema.ts'
import type { Account } from '../crypto/account.ts'
import { concat, utf8 } from '../crypto/bytes.ts'
import { openRecord, sealRecord } from '../crypto/self-seal.ts'
import type { Backup } from './backup-row.ts'

const label = v.strictObject({ v: v.literal(1), name: text(512), key: bytes(32, 32), size: count(), since: count() })

export type Label = Pick<Backup, 'name' | 'key' | 'size' | 'since'>

export interface Labels {
  seal(root: CID, label: Label): Promise<Uint8Array<ArrayBuffer>>
  /** @throws CafeError SEALED if it is not this account's, not about this root, or of a newer kind. */
  open(root: CID, sealed: Uint8Array): Promise<Label>
}

/** Most names fit the first; the longest there are fit the second. */
const SIZES = [256, MAX_SEALED] as const

export function createLabels(account: () => Account): Labels {
  /** Bound to account and root. */
  const aad = (root: CID): Uint8Array =>
    concat(utf8('textile-cafe/pin/1'), Uint8Array.of(0), account().publicKey, root.multihash.bytes)
  return {
    async seal(root, { name, key, size, since }) {
      const record = encode({ v: 1, name, key, size, since })
      return sealRecord(await account().derive('pin'), record, { aad: aad(root), sizes: SIZES })
    },
    async open(root, sealed) {
      const record = await openRecord(await account().derive('pin'), sealed, { aad: aad(root) })
      try {
        const { name, key, size, since } = parse(label, decode(record, MAX_SEALED))
        return { name, key, size, since }
      } catch (cause) {
        throw new CafeError('SEALED', {}, { cause })
      }
    },
  }
}
