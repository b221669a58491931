/**
 * Random access to a UnixFS file: only the blocks a range covers are read, some under way at once, delivered in order.
 * Every part must have exactly the size its parent gave it, so a file is as long as its root says or reading it fails.
 */
import type { CID } from 'multiformats/cid'
import { CafeError } from '../core/errors.ts'
import { MAX_BLOCK, MiB, WALK_BLOCKS, WALK_DEPTH } from '../core/limits.ts'
import type { Bytes, ReadBlock, ReadOptions } from './blocks.ts'
import { decodeNode, type FileNode, RAW } from './node.ts'
import { streamOf } from './stream.ts'

/** Blocks under way or waiting to be taken: hides the latency of IndexedDB and of a far cafe. */
const READ_AHEAD = 16
/** The same in bytes: all of READ_AHEAD for our own leaves of 256 KiB. */
const BYTES_AHEAD = 4 * MiB
/**
 * More is asked for when half of it is used up, and then all at once: IndexedDB reads blocks asked for in one turn in one
 * transaction, which costs as much as one for each of them (measured).
 */
const REFILL = 0.5
/** Inner nodes kept per file: with 174 links each (Kubo's), all of a file of 1 GiB. */
const KEPT_NODES = 32

export interface FileOptions {
  readonly signal?: AbortSignal | undefined
  /** See BlockOptions: leaves need no hashing; inner nodes get it all the same. */
  readonly unchecked?: boolean | undefined
}

export interface UnixFile {
  /** Bytes in all, as the root says; the walk fails if its parts say otherwise. */
  readonly size: number
  /**
   * Bytes `start` to `end` (exclusive) in one piece; may be a view of a block, so not to be changed or transferred.
   * @throws CafeError what reading blocks fails with; CORRUPT if sizes do not agree or the tree is too big; BAD_REQUEST
   * `{what: 'range', size}` for a range that is not within the file.
   */
  read(start: number, end: number, options?: FileOptions): Promise<Bytes>
  /** The same as a stream, which errors with the same failures and reads nothing before its first pull. */
  stream(start: number, end: number, options?: FileOptions): ReadableStream<Bytes>
}

/** The file whose root node is `root`. */
export function openFile(root: FileNode, read: ReadBlock): UnixFile {
  const nodes = new Map<string, FileNode>()

  const load = async (cid: CID, options: ReadOptions): Promise<FileNode> => {
    if (cid.code === RAW) {
      const data = await read(cid, options)
      return { kind: 'file', data, children: [], size: data.byteLength }
    }
    const known = nodes.get(`${cid}`)
    if (known) return known
    const node = decodeNode(cid, await read(cid, { signal: options.signal, again: options.again }))
    if (node.kind !== 'file') throw new CafeError('CORRUPT', { what: 'tree' })
    if (node.children.length > 0) nodes.set(`${cid}`, node)
    for (const oldest of nodes.keys()) if (nodes.size > KEPT_NODES) nodes.delete(oldest)
    return node
  }

  const walkRange = (start: number, end: number, options: ReadOptions): AsyncGenerator<Bytes, void> => {
    const valid = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end
    if (!valid || end > root.size) throw new CafeError('BAD_REQUEST', { what: 'range', size: root.size })
    return walk(root, start, end, (cid) => load(cid, options))
  }

  return {
    size: root.size,
    read: async (start, end, { signal = new AbortController().signal, unchecked } = {}) =>
      gather(walkRange(start, end, { signal, unchecked, again: true }), end - start),
    stream: (start, end, { signal = new AbortController().signal, unchecked } = {}) =>
      streamOf((either) => walkRange(start, end, { signal: either, unchecked }), { signal }),
  }
}

/** A part of the file still to be visited. */
interface Step {
  readonly cid: CID | undefined
  /** Offset of its first byte in the file. */
  readonly base: number
  readonly size: number
  readonly depth: number
  node: Promise<FileNode> | undefined
}

/**
 * Bytes `start` to `end` of the tree below `root` in order. Blocks are asked for ahead whether they turn out to be leaves
 * or inner nodes, since only a raw CID tells; parts of size 0 are never visited, so every block makes progress.
 */
async function* walk(
  root: FileNode,
  start: number,
  end: number,
  load: (cid: CID) => Promise<FileNode>,
): AsyncGenerator<Bytes, void> {
  // The top of the stack is the next part in file order.
  const todo: Step[] = [{ cid: undefined, base: 0, size: root.size, depth: 0, node: Promise.resolve(root) }]
  let visited = 0

  const loadAhead = (): void => {
    const window = aheadOf(todo)
    const loading = window.filter((step) => step.node)
    // The next one may have come onto the stack just now, with its parent.
    if (window[0]?.node && loading.length > window.length * REFILL) return
    for (const step of window) {
      if (step.node || !step.cid) continue
      step.node = ++visited > WALK_BLOCKS ? Promise.reject(tooBig()) : load(step.cid)
      // It may fail while earlier ones are still being delivered; its own turn reports it.
      step.node.catch(() => {})
    }
  }

  for (;;) {
    loadAhead()
    const step = todo.pop()
    if (!step) return
    const node = await step.node
    if (!node || node.size !== step.size) throw new CafeError('CORRUPT', { what: 'sizes' })
    const from = Math.max(0, start - step.base)
    const to = Math.min(node.data.byteLength, end - step.base)
    if (node.children.length > 0) todo.push(...stepsBelow(node, step, start, end))
    if (from < to) {
      loadAhead()
      yield node.data.subarray(from, to)
    }
  }
}

/** The next parts that may be under way, the very next always. Of a part that is a tree only its root is read at once. */
function aheadOf(todo: readonly Step[]): Step[] {
  const steps: Step[] = []
  let bytes = 0
  for (let i = todo.length - 1; i >= 0 && steps.length < READ_AHEAD; i--) {
    const step = todo[i] as Step
    bytes += Math.min(step.size, MAX_BLOCK)
    if (steps.length > 0 && bytes > BYTES_AHEAD) break
    steps.push(step)
  }
  return steps
}

/** The children of a node that hold bytes of the range, last first. */
function stepsBelow(node: FileNode, parent: Step, start: number, end: number): Step[] {
  const depth = parent.depth + 1
  if (depth > WALK_DEPTH) throw tooBig()
  const steps: Step[] = []
  let base = parent.base + node.data.byteLength
  for (const { cid, size } of node.children) {
    if (base >= end) break
    if (size > 0 && base + size > start) steps.push({ cid, base, size, depth, node: undefined })
    base += size
  }
  return steps.reverse()
}

const tooBig = (): CafeError => new CafeError('CORRUPT', { what: 'tree', blocks: WALK_BLOCKS, depth: WALK_DEPTH })

async function gather(parts: AsyncGenerator<Bytes, void>, size: number): Promise<Bytes> {
  const first = await parts.next()
  if (first.done) return new Uint8Array()
  // The common case by far: a segment of our cipher is a leaf of our files.
  if (first.value.byteLength === size) return first.value
  const whole = new Uint8Array(size)
  whole.set(first.value)
  let offset = first.value.byteLength
  for await (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}
