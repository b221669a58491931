/**
 * A graph from its root, depth first, in the order of the links: each block once or each time it occurs, some read ahead,
 * with an end even for graphs made to have none (security rule G3).
 */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import { WALK_BLOCKS, WALK_DEPTH } from '../core/limits.ts'
import type { Bytes, ReadBlock } from './blocks.ts'
import type { Below, Wanted } from './scope.ts'

/** Blocks under way or waiting to be taken: hides the latency of IndexedDB and of a far cafe; 16 MiB at the very most. */
const READ_AHEAD = 8

export interface WalkOptions {
  readonly read: ReadBlock
  readonly signal: AbortSignal
  /** CIDs not to be visited again, added to on the way. Without it a block comes each time it occurs. */
  readonly seen: Set<string> | undefined
}

interface Step extends Wanted {
  readonly depth: number
  block: Promise<Bytes> | undefined
}

/**
 * The blocks from `root` on that `below` wants.
 * @throws CafeError what reading and `below` fail with; CORRUPT `{what: 'tree'}` beyond WALK_BLOCKS or WALK_DEPTH.
 */
export async function* walkDag(
  root: CID,
  below: Below,
  { read, signal, seen }: WalkOptions,
): AsyncGenerator<{ readonly cid: CID; readonly block: Bytes }, void> {
  // The top of the stack is the next block in order.
  const todo: Step[] = [{ cid: root, depth: 0, base: 0, size: undefined, block: undefined }]
  let visited = 0

  const loadAhead = (): void => {
    for (let i = todo.length - 1; i >= Math.max(0, todo.length - READ_AHEAD); i--) {
      const step = todo[i]
      if (!step || step.block || seen?.has(`${step.cid}`)) continue
      step.block = ++visited > WALK_BLOCKS ? Promise.reject(tooBig()) : read(step.cid, { signal })
      // It may fail while earlier ones are still being delivered; its own turn reports it.
      step.block.catch(() => {})
    }
  }

  for (;;) {
    loadAhead()
    const step = todo.pop()
    if (!step) return
    const { cid, depth } = step
    if (seen?.has(`${cid}`)) continue
    seen?.add(`${cid}`)
    const block = await (step.block ?? read(cid, { signal }))
    const children = below(step, block)
    if (children.length > 0 && depth >= WALK_DEPTH) throw tooBig()
    // One by one: a call has no room for ten thousand arguments on every stack.
    for (const child of children.toReversed()) todo.push({ ...child, depth: depth + 1, block: undefined })
    yield { cid, block }
  }
}

const tooBig = (): CafeError => new CafeError('CORRUPT', { what: 'tree', blocks: WALK_BLOCKS, depth: WALK_DEPTH })
