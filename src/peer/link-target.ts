/** The keyed address that a sealed link is made of: read, checked, and parted into what is shown to all and what is sealed. */
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { parse, peerId, v } from '../core/schema.ts'
import { parseFileKey } from '../crypto/file-key.ts'
import { fileName } from './backup-row.ts'
import { MAX_LINK_PATH } from './link-row.ts'

export interface LinkTarget {
  /** What everybody sees: path and query. */
  readonly path: string
  readonly key: string
  readonly name: string | null
  readonly from: readonly PeerIdText[]
}

/**
 * @throws CafeError BAD_REQUEST `{what: 'link'}` for no address of content, `{what: 'key'}` for one without a key: whoever has it
 * reads it anyway, so there is nothing to be sealed.
 */
export async function readTarget(text: string, isFile: (root: string) => Promise<boolean>): Promise<LinkTarget> {
  const url = URL.parse(text, 'https://cafe.invalid/')
  const [, namespace, root = '', ...rest] = url?.pathname.split('/') ?? []
  if (!url || namespace !== 'ipfs' || url.pathname.length > MAX_LINK_PATH)
    throw new CafeError('BAD_REQUEST', { what: 'link' })
  parseCid(root)
  const said = new URLSearchParams(url.hash.slice(1))
  const key = said.get('key') ?? url.searchParams.get('key')
  if (key === null) throw new CafeError('BAD_REQUEST', { what: 'key' })
  parseFileKey(key)
  const last = rest.at(-1) || undefined
  const name = url.searchParams.get('filename') ?? (last === undefined ? undefined : decodeURIComponent(last))
  // After a file of ours there is only what it is called, which nobody on the way need know.
  const path = rest.length === 1 && (await isFile(root)) ? `/ipfs/${root}` : url.pathname
  const from = said.getAll('from').flatMap((one) => (v.is(peerId, one) ? [parse(peerId, one)] : []))
  return { path, key, name: name === undefined ? null : parse(fileName, name), from }
}
