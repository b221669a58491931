/**
 * The whole of a cafe as one file, made while the cafe goes on: of one moment (`store/still.ts`), in flat memory but for
 * some dozens of bytes a block, as fast as it is read and no faster. Rows are read twice: once for what the description
 * says of them, and once to be sent. Blocks are proved as they are read; what is on the medium and is not the block any more
 * is thrown away, and the next attempt goes without it.
 */
import type { PrivateKey } from '@libp2p/interface'
import { verifyBlock } from '../../core/block.ts'
import type { Clock, Random } from '../../core/clock.ts'
import { encode } from '../../core/codec.ts'
import { CafeError, isCafeError, toCafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { MiB } from '../../core/limits.ts'
import { Secret } from '../../core/secret.ts'
import { lockSecrets, PIECES_KEY, piecesCipher, piecesHeader } from '../../crypto/carry-seal.ts'
import { exportVerifier, type JwtVerifier } from '../../crypto/jwt.ts'
import type { SegmentCipher } from '../../crypto/segments.ts'
import { type Blocks, hashKey } from '../../store/blocks.ts'
import type { Hold, Holds } from '../../store/holds.ts'
import type { Still, StillRows } from '../../store/still.ts'
import {
  carHeader,
  carSection,
  cidOfHash,
  type Description,
  descriptionBytes,
  descriptionSection,
  hashText,
  MAX_ABSENT,
  MAX_PIECES,
  pieceSection,
  type Secrets,
  type Section,
  textHash,
} from './format.ts'
import { identityBytes } from './identity.ts'
import { type CarriedRows, carriedRows } from './rows.ts'

export interface ExportComponents {
  readonly rows: StillRows
  readonly blocks: Blocks
  readonly holds: Holds
  readonly clock: Clock
  readonly random: Random
  readonly cafe: PeerIdText
  readonly identity: PrivateKey
  readonly epoch: number
  readonly name: string
  readonly jwtKey: JwtVerifier
}

export interface CarryProgress {
  readonly phase: 'rows' | 'blocks'
  /** Bytes so far, and in all; in all is unknown while rows are looked at. */
  readonly bytes: number
  readonly of?: number | undefined
}

export interface ExportOptions {
  readonly passphrase: string
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: CarryProgress) => void) | undefined
  /** log2 of the work a guess costs; less only for a passphrase that is random. */
  readonly cost?: number | undefined
  /** Which of these blocks the other side has: they are left out. Asked for some hundred at a time. */
  readonly has?: ((hashes: readonly Uint8Array[]) => Promise<readonly boolean[]>) | undefined
}

export interface Exported {
  readonly description: Description
  /** CID of the description: it names everything else. */
  readonly root: Section['cid']
  /** The CAR, once. Whoever does not read it to its end must return the generator, or call `close`. */
  chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>>
  /** The same as a stream that reads only what is asked for. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>
  close(): void
}

/** Blocks looked for at once. */
const LOOK_UP = 256
/** Bytes of blocks read at once: two such windows are in memory. */
const WINDOW = 4 * MiB

/**
 * Looks at everything and describes it; nothing is sent yet.
 * @throws CafeError BAD_REQUEST {what: 'passphrase', min}; QUOTA {pieces} for a cafe larger than a file may be; CORRUPT
 * {what: 'blocks', missing} for one that has lost too much of what it has signed for; BUSY {why: 'writes'}; ABORTED.
 */
export async function exportCafe(components: ExportComponents, options: ExportOptions): Promise<Exported> {
  const view = await components.rows.still()
  const hold = components.holds.open()
  const close = (): void => {
    view.close()
    hold.release()
  }
  try {
    return await describe(components, options, { view, hold, close })
  } catch (error) {
    close()
    throw toCafeError(error)
  }
}

interface Opened {
  readonly view: Still
  readonly hold: Hold
  close(): void
}

async function describe(
  components: ExportComponents,
  options: ExportOptions,
  { view, hold, close }: Opened,
): Promise<Exported> {
  const { random, clock, cafe, epoch, name, identity, jwtKey } = components
  const { signal } = options
  const carried = carriedRows(view)
  const key = random(PIECES_KEY)
  const header = piecesHeader(random)
  const cipher = await piecesCipher(new Secret(key), header)
  const pieces: Section['cid'][] = []
  let rows = 0
  for await (const { section, count } of sealedPieces(carried, cipher)) {
    signal.throwIfAborted()
    if (pieces.push(section.cid) > MAX_PIECES) throw new CafeError('QUOTA', { pieces: MAX_PIECES })
    rows += count
    options.onProgress?.({ phase: 'rows', bytes: rows })
  }
  const { blocks, absent } = await listBlocks(components, carried, hold, signal)
  const bytes = sumOf(blocks)
  const description: Description = {
    ...{ kind: 'popup-cafe', v: 1, cafe, epoch, time: clock(), rows, blocks: blocks.size, bytes, pieces, absent },
  }
  const verifier = await exportVerifier(jwtKey)
  const secrets: Secrets = { v: 1, identity: identityBytes(identity), name, key, header, verifier }
  const plain = new Secret(encode(secrets))
  const { passphrase, cost } = options
  const lock = await lockSecrets(plain, passphrase, descriptionBytes(description), { random, cost })
  const root = await descriptionSection(description, lock)

  async function* chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      yield* joined(carHeader(root.cid))
      yield* joined(carSection(root))
      for await (const { section } of sealedPieces(carried, cipher)) {
        signal.throwIfAborted()
        yield* joined(carSection(section))
      }
      yield* blockChunks(components, blocks, options)
    } catch (error) {
      throw toCafeError(error)
    } finally {
      close()
    }
  }
  return { description, root: root.cid, chunks, stream: () => streamOf(chunks()), close }
}

/** A prefix and a CID go with the bytes they are about only where those are few: copies of blocks cost more than calls. */
function* joined([prefix, ...parts]: readonly Uint8Array[]): Generator<Uint8Array<ArrayBuffer>> {
  const bytes = parts.pop()
  const head = new Uint8Array((prefix?.byteLength ?? 0) + (parts[0]?.byteLength ?? 0))
  if (prefix) head.set(prefix)
  if (parts[0]) head.set(parts[0], prefix?.byteLength)
  yield head
  if (bytes) yield bytes as Uint8Array<ArrayBuffer>
}

async function* sealedPieces(
  carried: CarriedRows,
  cipher: SegmentCipher,
): AsyncGenerator<{ readonly section: Section; readonly count: number }> {
  let index = 0
  for await (const rows of carried.pieces()) {
    const sealed = await cipher.seal(index++, false, encode(rows))
    yield { section: await pieceSection(sealed), count: rows.length }
  }
}

/** Every block below the pins, held from now on, with its size; and those that are not here. */
async function listBlocks({ blocks }: ExportComponents, carried: CarriedRows, hold: Hold, signal: AbortSignal) {
  const found = new Map<string, number>()
  const absent: Uint8Array<ArrayBuffer>[] = []
  for await (const list of carried.lists()) {
    signal.throwIfAborted()
    const fresh = list.filter(({ hash }) => !found.has(hashText(hash)))
    await hold.add(fresh.map(({ hash }) => hash))
    for (const { hash, size } of fresh) found.set(hashText(hash), size)
  }
  for (const hashes of groups([...found.keys()], LOOK_UP)) {
    signal.throwIfAborted()
    const here = await Promise.all(hashes.map((hash) => blocks.has(cidOfHash(textHash(hash)))))
    for (const [i, hash] of hashes.entries()) {
      if (here[i]) continue
      found.delete(hash)
      absent.push(textHash(hash))
    }
  }
  if (absent.length > MAX_ABSENT) throw new CafeError('CORRUPT', { what: 'blocks', missing: absent.length })
  return { blocks: found, absent }
}

function sumOf(sizes: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const size of sizes.values()) sum += size
  return sum
}

function* groups<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}

async function* blockChunks(
  { blocks }: ExportComponents,
  listed: ReadonlyMap<string, number>,
  { signal, has, onProgress }: ExportOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const of = sumOf(listed)
  let bytes = 0
  const load = async (window: readonly Uint8Array[]): Promise<Section[]> => {
    const there = (await has?.(window)) ?? []
    const wanted = window.filter((_, i) => !there[i])
    const sections = wanted.map(async (hash) => {
      const cid = cidOfHash(hash)
      return { cid, bytes: await provedBlock(blocks, cid) }
    })
    return Promise.all(sections)
  }
  let next: Promise<Section[]> | undefined
  for (const { hashes, size } of windows(listed)) {
    const now = next
    next = load(hashes)
    next.catch(() => {}) // reported in its turn
    if (now) for (const section of await now) yield* joined(carSection(section))
    signal.throwIfAborted()
    onProgress?.({ phase: 'blocks', bytes, of })
    bytes += size
  }
  for (const section of (await next) ?? []) yield* joined(carSection(section))
  onProgress?.({ phase: 'blocks', bytes, of })
}

/** Blocks in the order of their lists, some megabytes together. */
function* windows(listed: ReadonlyMap<string, number>): Generator<{ hashes: Uint8Array[]; size: number }> {
  let hashes: Uint8Array[] = []
  let size = 0
  for (const [hash, bytes] of listed) {
    if (hashes.length === LOOK_UP || (hashes.length > 0 && size + bytes > WINDOW)) {
      yield { hashes, size }
      hashes = []
      size = 0
    }
    hashes.push(textHash(hash))
    size += bytes
  }
  if (hashes.length > 0) yield { hashes, size }
}

async function provedBlock(blocks: Blocks, cid: Section['cid']): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await blocks.get(cid)
  if (!bytes) throw new CafeError('CORRUPT', { what: 'block' })
  try {
    await verifyBlock(cid, bytes)
  } catch (error) {
    if (isCafeError(error) && error.code === 'CORRUPT') await blocks.remove([hashKey(cid.multihash.bytes)])
    throw error
  }
  return bytes
}

function streamOf(chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => void (await chunks.return(undefined)),
    },
    { highWaterMark: 0 },
  )
}
