/**
 * Which files this account has already: bytes that are added again are the file they were, under the same key, and nothing
 * is encrypted or sent twice. Never across accounts, and nobody can look up a guess: a row's name is a MAC under a key of
 * the account (security.md §2.a.3). On this device only; what another device has added is not known here.
 */
import { hex } from '../core/ids.ts'
import { bytes, count, text, v } from '../core/schema.ts'
import type { Secret } from '../core/secret.ts'
import { concat } from '../crypto/bytes.ts'
import { fingerprintOf } from '../crypto/digest.ts'
import type { Change, Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'

const thumb = v.strictObject({
  cid: text(128),
  key: v.optional(bytes(32, 32)),
  size: count(),
  mime: text(128),
  width: count(0xffff, 1),
  height: count(0xffff, 1),
})

const sameRow = v.strictObject({
  /** Of the backup it is in. */
  root: text(128),
  /** Of the file itself. */
  cid: text(128),
  key: v.optional(bytes(32, 32)),
  thumb: v.optional(thumb),
  /** Of a picture. */
  width: v.optional(count()),
  height: v.optional(count()),
})
export type SameFile = v.InferOutput<typeof sameRow>

export interface SameComponents {
  readonly rows: Rows
  /** The account's key for this. */
  readonly key: () => Promise<Secret<Uint8Array<ArrayBuffer>>>
}

export interface Same {
  /** The row's name of a file. Encrypted and public ones are different files. */
  name(size: number, fingerprint: Uint8Array, isPublic: boolean): Promise<string>
  /** Reads the file only if there is one of its size. */
  find(file: Blob, isPublic: boolean, signal: AbortSignal): Promise<SameFile | undefined>
  get(name: string): Promise<SameFile | undefined>
  put(name: string, row: SameFile): Change
  /** Changes that forget the files of a backup. */
  removal(root: string, names: readonly string[]): Promise<Change[]>
}

const sizePart = (size: number): string => String(size).padStart(16, '0')

export function createSame({ rows, key }: SameComponents): Same {
  const same = table(rows, 'same', sameRow)
  let imported: Promise<CryptoKey> | undefined
  const macKey = async (): Promise<CryptoKey> =>
    crypto.subtle.importKey('raw', (await key()).reveal(), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

  const name: Same['name'] = async (size, fingerprint, isPublic) => {
    imported ??= macKey().catch((error) => {
      imported = undefined
      throw error
    })
    const mac = await crypto.subtle.sign('HMAC', await imported, concat(fingerprint, Uint8Array.of(isPublic ? 1 : 0)))
    return `${sizePart(size)}-${hex(new Uint8Array(mac))}`
  }

  return {
    name,
    async find(file, isPublic, signal) {
      const [first] = await same.list([], { after: sizePart(file.size), limit: 1 })
      if (!first?.key[0]?.startsWith(`${sizePart(file.size)}-`)) return undefined
      return same.get(await name(file.size, await fingerprintOf(file, signal), isPublic))
    },
    get: (name) => same.get(name),
    put: (name, row) => same.put([name], row),
    async removal(root, names) {
      const found = await Promise.all(names.map((name) => same.get(name)))
      return names.filter((_, i) => found[i]?.root === root).map((name) => same.remove(name))
    },
  }
}
