/** A small UnixFS directory: all of its entries in one node. */
import * as dagPb from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { sha256 } from '../crypto/bytes.ts'

const SHA_256 = 0x12

/** A file or directory. */
export interface Part {
  readonly cid: CID
  /** Bytes of all blocks below. */
  readonly bytes: number
}

/** The node of a directory, and the directory as a part of another. */
export async function directoryOf(
  entries: Readonly<Record<string, Part>>,
): Promise<{ readonly part: Part; readonly block: Uint8Array<ArrayBuffer> }> {
  const Links = Object.entries(entries).map(([Name, { cid, bytes }]) => ({ Name, Hash: cid, Tsize: bytes }))
  const node = dagPb.prepare({ Data: new UnixFS({ type: 'directory' }).marshal(), Links })
  const block = new Uint8Array(dagPb.encode(node))
  const cid = CID.createV1(dagPb.code, Digest.create(SHA_256, await sha256(block)))
  const below = Object.values(entries).reduce((sum, { bytes }) => sum + bytes, 0)
  return { part: { cid, bytes: below + block.byteLength }, block }
}
