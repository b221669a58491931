/**
 * Structured data in a block (dag-cbor, dag-json) and the way through it: maps by key, lists by index, links to other
 * blocks. Plain json and cbor are data too, but opaque: they have no links, so nothing leads through them.
 */
import { CID } from 'multiformats/cid'
import { decode } from '../core/codec.ts'
import { CafeError } from '../core/errors.ts'
import { decodeJson } from '../core/json.ts'
import { MAX_BLOCK, WALK_DEPTH, WALK_LINKS } from '../core/limits.ts'
import type { Bytes } from './blocks.ts'
import type { DagFormat } from './format.ts'

/** The encoding that a codec stands for, by multicodec. */
const FORMATS: ReadonlyMap<number, DagFormat> = new Map([
  [0x0129, 'dag-json'],
  [0x71, 'dag-cbor'],
  [0x0200, 'json'],
  [0x51, 'cbor'],
])

/** How a block of structured data is encoded, or undefined for files and what else there is. */
export const dataFormatOf = (cid: CID): DagFormat | undefined => FORMATS.get(cid.code)

/**
 * The value in a block of dag-cbor or dag-json.
 * @throws CafeError CORRUPT if it is not that.
 */
export function decodeData(format: 'dag-cbor' | 'dag-json', block: Bytes): unknown {
  try {
    return format === 'dag-cbor' ? decode(block, MAX_BLOCK) : decodeJson(block, MAX_BLOCK)
  } catch (cause) {
    throw new CafeError('CORRUPT', { what: 'data' }, { cause })
  }
}

/** The next block on a path, and the names that are left. */
export interface Hop {
  readonly cid: CID
  readonly rest: readonly string[]
}

/**
 * Where `names` lead out of a value, or undefined if they end inside it.
 * @throws CafeError NOT_FOUND `{what: 'path'}` for a name that is not there.
 */
export function hopFrom(value: unknown, names: readonly string[]): Hop | undefined {
  let at = value
  for (const [i, name] of names.entries()) {
    at = childOf(at, name)
    if (at === undefined) throw new CafeError('NOT_FOUND', { what: 'path' })
    const cid = CID.asCID(at)
    if (cid) return { cid, rest: names.slice(i + 1) }
  }
  return undefined
}

function childOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d{0,8})$/.test(name) ? value[Number(name)] : undefined
  if (!isMap(value)) return undefined
  return Object.hasOwn(value, name) ? value[name] : undefined
}

/** A map, or a list as a map of its indices. */
const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !(value instanceof Uint8Array)

/**
 * All links in a value, in its order.
 * @throws CafeError CORRUPT if there are more than WALK_LINKS.
 */
export function linksIn(value: unknown): CID[] {
  const links: CID[] = []
  // Last in first out, so children wait in reverse.
  const todo: unknown[] = [value]
  while (todo.length > 0) {
    const next = todo.pop()
    const cid = CID.asCID(next)
    if (cid) links.push(cid)
    else if (Array.isArray(next)) stack(todo, next)
    else if (isMap(next)) stack(todo, Object.values(next))
    if (links.length > WALK_LINKS) throw new CafeError('CORRUPT', { what: 'tree', depth: WALK_DEPTH })
  }
  return links
}

/** One by one: as arguments of one call, a million items would not fit the stack. */
function stack(todo: unknown[], items: readonly unknown[]): void {
  for (let i = items.length - 1; i >= 0; i--) todo.push(items[i])
}
