/**
 * What a cafe is told about a pin in a form that only its account can read: kind, name, key and size. Any device with the words
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
import { type Backup, KINDS, kindOf } from './backup-row.ts'

const common = { name: text(512), size: count(), since: count() }
/** Encrypted files are written as ever, so that devices with an older version still list them; they pass over the second. */
const label = v.variant('v', [
  v.strictObject({ v: v.literal(1), key: bytes(32, 32), ...common }),
  v.strictObject({ v: v.literal(2), kind: v.picklist(KINDS), key: v.optional(bytes(32, 32)), ...common }),
])

export type Label = Pick<Backup, 'kind' | 'name' | 'key' | 'size' | 'since'>

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
    async seal(root, { kind, name, key, size, since }) {
      const about = { name, key, size, since }
      const isOld = kindOf({ kind }) === 'file' && key !== undefined
      const record = encode(isOld ? { v: 1, ...about } : { v: 2, kind: kindOf({ kind }), ...about })
      return sealRecord(await account().derive('pin'), record, { aad: aad(root), sizes: SIZES })
    },
    async open(root, sealed) {
      const record = await openRecord(await account().derive('pin'), sealed, { aad: aad(root) })
      try {
        const { v: _, ...said } = parse(label, decode(record, MAX_SEALED))
        return said
      } catch (cause) {
        throw new CafeError('SEALED', {}, { cause })
      }
    },
  }
}
