/** Where a block leads, for those who follow a website's content without reading it. */
import type { CID } from 'multiformats/cid'
import type { Bytes } from './blocks.ts'
import { DAG_PB, decodeNode } from './node.ts'

/** What a block of a website leads to: parts of files and entries of folders. Other data is of no use to it. */
export function linksOf(cid: CID, bytes: Bytes): CID[] {
  if (cid.code !== DAG_PB) return []
  try {
    const node = decodeNode(cid, bytes)
    if (node.kind === 'file') return node.children.map((child) => child.cid)
    return node.kind === 'symlink' ? [] : node.links.map((link) => link.cid)
  } catch {
    // Not UnixFS: then it leads nowhere, and whoever asked finds out when reading it.
    return []
  }
}
