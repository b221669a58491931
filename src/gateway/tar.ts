/**
 * A file or folder with all below it as a TAR stream (https://specs.ipfs.tech/ipips/ipip-0288/), one file's blocks under way
 * at a time. Names come from strangers, and so may be paths: whatever would land outside the archive's own folder, itself
 * or by a symbolic link, ends the stream with an error, since people unpack archives without looking.
 */
import { createTarPacker, type TarHeader } from 'modern-tar'
import { CafeError, toCafeError } from '../core/errors.ts'
import { WALK_BLOCKS, WALK_DEPTH } from '../core/limits.ts'
import type { Bytes, ReadBlock } from './blocks.ts'
import { notModified } from './content.ts'
import { walkEntries } from './directory.ts'
import { MEDIA_TYPES } from './format.ts'
import { headersOf } from './headers.ts'
import type { Job } from './job.ts'
import { decodeNode, type UnixNode } from './node.ts'
import type { TarRequest } from './request.ts'
import { assertWhole, resolve } from './resolve.ts'
import { disposition, isolation } from './respond.ts'
import { streamOf } from './stream.ts'
import { assertTarget, entryPath, type TarPath, topPath } from './tar-path.ts'
import { openFile } from './unixfs.ts'

export async function answerTar(job: Job<TarRequest>): Promise<Response> {
  const { request, root, segments, read, signal, trace } = job
  // What is encrypted has no names to put into an archive.
  if (request.key) throw new CafeError('UNSUPPORTED', { what: 'format' })
  const found = await resolve(root, segments, read, signal)
  if (found.kind === 'data') throw new CafeError('BAD_REQUEST', { what: 'tar' })
  assertWhole(found)
  trace.resolved()
  const etag = `W/"${found.cid}.x-tar"`
  const headers = headersOf(job, found.roots)
  const unchanged = notModified('download', etag, headers['Cache-Control'] ?? '', request.ifNoneMatch)
  if (unchanged) return unchanged
  const name = segments.at(-1) ?? `${found.cid}`
  const top = topPath(name)
  // What is wrong at the top is a page and not a broken archive.
  checkTop(found.node, top)
  return new Response(request.method === 'HEAD' ? null : archive(found.node, top, job), {
    headers: {
      ...isolation('download'),
      ...headers,
      'Content-Type': MEDIA_TYPES.tar,
      'Content-Disposition': disposition('attachment', request.filename ?? `${name}.tar`),
      'Accept-Ranges': 'none',
      ETag: etag,
    },
  })
}

/** The names in the first block; those of others are seen when it is their turn. */
function checkTop(node: UnixNode, top: TarPath): void {
  if (node.kind === 'symlink') assertTarget([], node.target)
  if (node.kind === 'directory') for (const { name } of node.links) entryPath(top, name)
}

const archive = (node: UnixNode, top: TarPath, job: Job): ReadableStream<Bytes> =>
  streamOf((signal) => chunksOf(pack(node, top, job.read, signal)), job)

async function* chunksOf(stream: ReadableStream<Bytes>): AsyncGenerator<Bytes, void> {
  const reader = stream.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    // Also when nobody reads on; a stream that is at its end takes no notice.
    reader.cancel().catch(() => {})
  }
}

function pack(node: UnixNode, top: TarPath, read: ReadBlock, signal: AbortSignal): ReadableStream<Bytes> {
  const { readable, controller } = createTarPacker()
  const packing: Packing = {
    read,
    signal,
    links: new Set(),
    entries: 0,
    async add(header, body) {
      signal.throwIfAborted()
      // Nothing of it is said in UnixFS, and equal folders should give equal archives.
      const entry = controller.add({ mtime: new Date(0), ...header })
      // Waits until somebody has read what was packed.
      if (body) await body.pipeTo(entry, { signal })
      else await entry.close()
    },
  }
  addAll(node, top, packing).then(
    () => controller.finalize(),
    (error: unknown) => controller.error(toCafeError(error)),
  )
  return readable as ReadableStream<Bytes>
}

/** An archive in the making. */
interface Packing {
  readonly read: ReadBlock
  readonly signal: AbortSignal
  /** Paths of symbolic links: nothing is put below one, since it would be written where that points. */
  readonly links: Set<string>
  entries: number
  add(header: TarHeader, body?: ReadableStream<Bytes>): Promise<void>
}

/** An entry and all below it. Recursion is as deep as folders are, which WALK_DEPTH bounds. */
async function addAll(node: UnixNode, path: TarPath, packing: Packing): Promise<void> {
  const { read, signal } = packing
  if (++packing.entries > WALK_BLOCKS || path.length > WALK_DEPTH) {
    throw new CafeError('CORRUPT', { what: 'tree', blocks: WALK_BLOCKS, depth: WALK_DEPTH })
  }
  const name = path.join('/')
  if (path.some((_, i) => packing.links.has(path.slice(0, i + 1).join('/')))) {
    throw new CafeError('BAD_REQUEST', { what: 'outside-root' })
  }
  if (node.kind === 'file') {
    const file = openFile(node, read)
    return packing.add({ name, size: file.size, type: 'file', mode: 0o644 }, file.stream(0, file.size, { signal }))
  }
  if (node.kind === 'symlink') {
    assertTarget(path.slice(0, -1), node.target)
    packing.links.add(name)
    return packing.add({ name, size: 0, type: 'symlink', linkname: node.target, mode: 0o777 })
  }
  await packing.add({ name: `${name}/`, size: 0, type: 'directory', mode: 0o755 })
  for await (const entry of walkEntries(node, read, signal)) {
    const below = decodeNode(entry.cid, await read(entry.cid, { signal }))
    await addAll(below, entryPath(path, entry.name), packing)
  }
}
