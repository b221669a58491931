/**
 * Takes a cafe in from its CAR, in flat memory but for some dozens of bytes a block. All of it is verified before any of it
 * counts: every section against its CID, every row against its table, every block against the pins' lists. Rows wait in a
 * scope of their own; where anything is wrong, or the stream ends early, they are cleared, and blocks that came are collected.
 * When all is here one row says so; the next start of the node makes it the cafe (`land.ts`).
 */
import type { CID } from 'multiformats/cid'
import { isBlock, verifyBlock } from '../../core/block.ts'
import type { Clock } from '../../core/clock.ts'
import { CafeError, toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { CAFE_BUDGET, MiB } from '../../core/limits.ts'
import { Secret } from '../../core/secret.ts'
import { unshared } from '../../crypto/bytes.ts'
import { piecesCipher, unlockSecrets } from '../../crypto/carry-seal.ts'
import { unpackList } from '../../store/block-list.ts'
import { type Blocks, verifiedPut } from '../../store/blocks.ts'
import type { Hold, Holds } from '../../store/holds.ts'
import type { Change, Rows } from '../../store/rows.ts'
import { clear, scopedRows } from '../../store/scope.ts'
import { hostTable } from '../host-row.ts'
import { type CarBlock, readCar } from '../pin/car.ts'
import { pinStore } from '../pin/store.ts'
import { sessionStore } from '../session/store.ts'
import type { CarryProgress } from './export.ts'
import {
  cidOfHash,
  type Description,
  descriptionBytes,
  hashText,
  MAX_PIECE,
  type Row,
  readDescription,
  readPiece,
  readSecrets,
  type Secrets,
  textHash,
} from './format.ts'
import { readIdentity } from './identity.ts'
import { ARRIVING, type Arrival, carryStates } from './state.ts'
import { carriedTables, prefixOf } from './tables.ts'

export interface ImportComponents {
  readonly rows: Rows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
  /** Does somebody answer as this cafe now? Two of one name would take each other's clients and mail. */
  readonly isRunning: (cafe: PeerIdText, options: { signal: AbortSignal }) => Promise<boolean>
}

export interface ImportOptions {
  readonly passphrase: string
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: CarryProgress) => void) | undefined
  /**
   * Digest of the move code, where the place that it comes from is there and gives it up: then it is the same cafe to the
   * last moment, and begins at that place's word. Without it this is a file, which may be old: what clients had of it since
   * then they bring again, and their sessions are made anew.
   */
  readonly code?: Uint8Array | undefined
}

export interface Imported {
  readonly cafe: PeerIdText
  readonly name: string
  readonly description: Description
  readonly root: CID
}

const bad = (at: string, cause?: unknown): CafeError => new CafeError('BAD_REQUEST', { what: 'car', at }, { cause })

/** Bytes of blocks being written at once. */
const WRITING = 16 * MiB

/**
 * Nothing may host here, nor have hosted: a cafe is never written over.
 * @throws CafeError CONFLICT {what: 'cafe', name}; {what: 'arrival', name} if another is here and waits.
 */
export async function assertFree(rows: Rows): Promise<void> {
  const waiting = await carryStates(rows).arrival()
  if (waiting) throw new CafeError('CONFLICT', { what: 'arrival', name: waiting.name })
  const { clients, tokens } = sessionStore(rows)
  const [host, ...kept] = await Promise.all([
    hostTable(rows).get('me'),
    ...[clients.list([], { limit: 1 }), tokens.list([], { limit: 1 }), pinStore(rows).pins.list([], { limit: 1 })],
  ])
  if (host || kept.some(({ length }) => length > 0))
    throw new CafeError('CONFLICT', { what: 'cafe', name: host?.name ?? '' })
}

/**
 * Reads a whole CAR. Resolves when everything is on the medium and verified.
 * @throws CafeError CONFLICT as {@link assertFree}, or {what: 'running'}; FORBIDDEN {what: 'passphrase'}; BAD_REQUEST {what:
 * 'car', at}; CORRUPT; QUOTA; ABORTED; nothing of it is left then but blocks that the next collection takes.
 */
export async function importCafe(
  components: ImportComponents,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<Imported> {
  const { rows } = components
  await assertFree(rows)
  await clear(rows, ARRIVING)
  const hold = components.holds.open()
  try {
    await noteUnlisted(rows)
    return await take(components, chunks, options, hold)
  } catch (error) {
    hold.release()
    await clear(rows, ARRIVING)
    throw toCafeError(error)
  }
}

/** If this process ends early, there are blocks that are in no list. */
async function noteUnlisted(rows: Rows): Promise<void> {
  const { room } = pinStore(rows)
  const now = (await room.get('me')) ?? { budget: CAFE_BUDGET, doomed: 0 }
  await rows.commit([room.put(['me'], { ...now, unlisted: true })])
}

async function take(
  components: ImportComponents,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
  hold: Hold,
): Promise<Imported> {
  const { rows, clock, isRunning } = components
  const { signal, code = null, passphrase } = options
  const { root, blocks } = await readCar(chunks)
  const sections = blocks[Symbol.asyncIterator]()
  const first = await sections.next()
  if (first.done || !first.value.cid.equals(root)) throw bad('description')
  await verifyBlock(root, first.value.bytes)
  const { description, lock } = readDescription(first.value.bytes)
  const { cafe } = description
  const secrets = readSecrets((await unlockSecrets(lock, passphrase, descriptionBytes(description))).reveal())
  readIdentity(secrets.identity, cafe)
  if (code === null && (await isRunning(cafe, { signal }))) throw new CafeError('CONFLICT', { what: 'running' })
  const expected = await takeRows(components, sections, { description, secrets }, options)
  await takeBlocks(components, sections, { description, expected }, options, hold)
  const { name, verifier } = secrets
  const arrival: Arrival = {
    ...{ state: code ? 'ready' : 'clearing', cafe, name, epoch: description.epoch + 1, verifier, at: clock() },
    ...{ identity: secrets.identity, code: code && unshared(code) },
  }
  signal.throwIfAborted()
  await rows.commit([carryStates(rows).putArrival(arrival)])
  return { cafe, name, description, root }
}

type Sections = AsyncIterator<CarBlock>

/** Stages all rows, and gives the blocks that their lists name, with their sizes. */
async function takeRows(
  { rows }: ImportComponents,
  sections: Sections,
  { description, secrets }: { description: Description; secrets: Secrets },
  { signal, code, onProgress }: ImportOptions,
): Promise<Map<string, number>> {
  const scope = scopedRows(rows, ARRIVING)
  const tables = new Map(carriedTables(scope).map((table) => [table.name, table]))
  const { lists } = pinStore(scope)
  const expected = new Map<string, number>()
  const cipher = await piecesCipher(new Secret(secrets.key), unshared(secrets.header))
  let bytes = 0
  let count = 0

  const stage = ([key, value]: Row): Change[] => {
    const [, name = ''] = /^\/cafe\/([a-z-]+)\/./.exec(key) ?? []
    const table = tables.get(name)
    if (!table) throw bad('table')
    const below = key.slice(prefixOf(name).length)
    table.check(below, value)
    if (name === 'held') for (const { hash, size } of unpackList(lists.read(value))) expected.set(hashText(hash), size)
    return name === 'session' && !code ? [] : [{ key, value }]
  }

  for (const [index, cid] of description.pieces.entries()) {
    signal.throwIfAborted()
    const { done, value: section } = await sections.next()
    if (done || !section.cid.equals(cid) || section.bytes.byteLength > MAX_PIECE) throw bad('piece')
    await verifyBlock(cid, section.bytes)
    const piece = readPiece(await cipher.open(index, false, section.bytes))
    await scope.commit(piece.flatMap(stage))
    count += piece.length
    bytes += section.bytes.byteLength
    onProgress?.({ phase: 'rows', bytes })
  }
  if (count !== description.rows) throw bad('rows')
  return expected
}

/** Stores all blocks that come, and proves that with them every list is complete. */
async function takeBlocks(
  { blocks }: ImportComponents,
  sections: Sections,
  { description, expected }: { description: Description; expected: Map<string, number> },
  { signal, onProgress }: ImportOptions,
  hold: Hold,
): Promise<void> {
  for (const hash of description.absent) expected.delete(hashText(hash))
  if (expected.size !== description.blocks) throw bad('blocks')
  await hold.add([...expected.keys()].map(textHash))
  const writing = new Set<Promise<void>>()
  let waiting = 0
  let bytes = 0
  let failed: { readonly cause: unknown } | undefined
  const write = (block: CarBlock): void => {
    waiting += block.bytes.byteLength
    const written = verifiedPut(blocks, block.cid, block.bytes)
      .catch((cause) => {
        failed ??= { cause }
      })
      .finally(() => {
        waiting -= block.bytes.byteLength
        writing.delete(written)
      })
    writing.add(written)
  }
  try {
    for (let next = await sections.next(); !next.done; next = await sections.next()) {
      signal.throwIfAborted()
      const { cid, bytes: block } = next.value
      const hash = hashText(cid.multihash.bytes)
      if (expected.get(hash) !== block.byteLength) throw bad('block')
      expected.delete(hash)
      write(next.value)
      while (waiting > WRITING && !failed) await Promise.race(writing)
      if (failed) throw failed.cause
      bytes += block.byteLength
      onProgress?.({ phase: 'blocks', bytes, of: description.bytes })
    }
  } finally {
    await Promise.all(writing)
  }
  if (failed) throw (failed as { readonly cause: unknown }).cause
  await assertHere(blocks, expected)
}

/** What did not come is here already, or the file is not whole. */
async function assertHere(blocks: Blocks, expected: ReadonlyMap<string, number>): Promise<void> {
  const missing: string[] = []
  for (const hash of expected.keys()) {
    const cid = cidOfHash(textHash(hash))
    const bytes = await blocks.get(cid)
    const isHere = bytes !== undefined && (await isBlock(cid, bytes))
    if (!isHere) missing.push(hash)
    // What the medium has changed would be taken for the block the next time, too.
    if (bytes && !isHere) await blocks.delete(cid)
  }
  if (missing.length > 0) throw new CafeError('BAD_REQUEST', { what: 'car', at: 'end', missing: missing.length })
}
