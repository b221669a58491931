/**
 * What can be told of a block without its thread: size, hash, tag and form, in that order; and an order in which no block
 * comes before one that it builds on.
 */
import { isCafeError } from '../core/errors.ts'
import { sameBytes } from '../core/ids.ts'
import { MAX_THREAD_BLOCK } from '../core/limits.ts'
import { unshared } from '../crypto/bytes.ts'
import { blockCid, type Node, readNode, type SealedBlock } from './block.ts'
import { hashOf, isBlockCid } from './tables.ts'

/** A block whose form is right. */
export interface Candidate {
  readonly hash: string
  readonly block: SealedBlock
  readonly node: Node
}

/** `final`: the hash is right, so no other bytes of this name can be better. */
export interface Malformed {
  readonly why: string
  readonly final: boolean
}

export async function formOf({ cid, bytes }: SealedBlock, tag: Uint8Array): Promise<Candidate | Malformed> {
  if (!isBlockCid(cid)) return { why: 'cid', final: false }
  if (bytes.byteLength > MAX_THREAD_BLOCK) return { why: 'size', final: false }
  if (!(await blockCid(bytes)).equals(cid)) return { why: 'hash', final: false }
  try {
    const node = readNode(bytes)
    if (!sameBytes(node.t, tag)) return { why: 'tag', final: true }
    if (!node.p.every(isBlockCid)) return { why: 'parents', final: true }
    return { hash: hashOf(cid), block: { cid, bytes: unshared(bytes) }, node }
  } catch (error) {
    return { why: whyOf(error), final: true }
  }
}

/** Why a block is refused. @throws whatever is not the block's fault. */
export function whyOf(error: unknown): string {
  if (isCafeError(error) && ['BAD_REQUEST', 'FORBIDDEN', 'SEALED'].includes(error.code))
    return String(error.data.what ?? error.code).slice(0, 64)
  throw error
}

/** Those of the blocks that others of them name come first. */
export function* parentsFirst(candidates: ReadonlyMap<string, Candidate>): Generator<Candidate> {
  const begun = new Set<string>()
  for (const start of candidates.values()) {
    const stack = [{ candidate: start, entered: false }]
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { candidate, entered } = top
      if (entered) yield candidate
      else if (!begun.has(candidate.hash)) {
        begun.add(candidate.hash)
        stack.push({ candidate, entered: true })
        for (const parent of candidate.node.p.map(hashOf)) {
          const known = candidates.get(parent)
          if (known) stack.push({ candidate: known, entered: false })
        }
      }
    }
  }
}

export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
