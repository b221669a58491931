/**
 * A part of the graph as CARv1 (https://specs.ipfs.tech/http-gateways/trustless-gateway/#car-responses-application-vnd-ipld-car):
 * the blocks that lead from the root to the end of the path, then those of the scope, depth first, in the order of the
 * links. Every byte follows from the request, so the entity tag is strong. A block that is missing on the way ends the
 * stream with an error: who reads it must not take the half for the whole.
 */
import { varint } from 'multiformats'
import type { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { encode } from '../core/codec.ts'
import { concat, sha256, utf8 } from '../crypto/bytes.ts'
import type { Bytes, ReadBlock } from './blocks.ts'
import { notModified } from './content.ts'
import { MEDIA_TYPES } from './format.ts'
import { headersOf } from './headers.ts'
import type { Job } from './job.ts'
import type { CarRequest } from './request.ts'
import { locateAll, type Place } from './resolve.ts'
import { disposition, isolation } from './respond.ts'
import { type Below, scopeOf } from './scope.ts'
import { streamOf } from './stream.ts'
import { walkDag } from './walk.ts'

export async function answerCar(job: Job<CarRequest>): Promise<Response> {
  const { request, root, segments, read, signal, trace } = job
  const path: CID[] = []
  const place = await locateAll(root, segments, listing(read, path), signal)
  // What is missing from the start is a page and not a broken archive.
  const block = await read(place.cid, { signal, again: true })
  const below = scopeOf(place.cid, block, request)
  trace.resolved()
  const etag = await etagOf(place, request)
  const headers = headersOf(job, place.roots)
  const unchanged = notModified('download', etag, headers['Cache-Control'] ?? '', request.ifNoneMatch)
  if (unchanged) return unchanged
  const body = () => streamOf((until) => sections(path, place.cid, below, job, until), job)
  return new Response(request.method === 'HEAD' ? null : body(), {
    headers: {
      ...isolation('download'),
      ...headers,
      'Content-Type': `${MEDIA_TYPES.car}; version=1; order=dfs; dups=${request.dups ? 'y' : 'n'}`,
      'Content-Disposition': disposition('attachment', request.filename ?? `${place.cid}.car`),
      'Accept-Ranges': 'none',
      ETag: etag,
    },
  })
}

/** `read`, with what has been read in a list: only its names, since a path may be long. */
function listing(read: ReadBlock, list: CID[]): ReadBlock {
  return (cid, options) => {
    list.push(cid)
    return read(cid, options)
  }
}

/** Names all that decides which bytes are sent; begins with the scope's end, as people look for it. */
async function etagOf({ cid, roots }: Place, { scope, bytes, dups, pathname }: CarRequest): Promise<string> {
  const parts = [...roots, pathname, scope, bytes?.from, bytes?.to, dups]
  const digest = (await sha256(utf8(parts.join('\0')))).subarray(0, 8)
  return `"${cid}.car.${scope}.${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`
}

async function* sections(
  path: readonly CID[],
  end: CID,
  below: Below,
  { request, read }: Job<CarRequest>,
  signal: AbortSignal,
): AsyncGenerator<Bytes, void> {
  const sent = request.dups ? undefined : new Set<string>()
  yield headerOf(end)
  for (const cid of path) {
    if (sent?.has(`${cid}`)) continue
    sent?.add(`${cid}`)
    yield* sectionOf(cid, await read(cid, { signal }))
  }
  for await (const { cid, block } of walkDag(end, below, { read, signal, seen: sent })) yield* sectionOf(cid, block)
}

function headerOf(root: CID): Bytes {
  const header = encode({ version: 1, roots: [root] })
  return concat(lengthOf(header.byteLength), header)
}

/** A block with its length and name; none for what is in its own name already. */
function* sectionOf(cid: CID, block: Bytes): Generator<Bytes, void> {
  if (cid.multihash.code === identity.code) return
  yield concat(lengthOf(cid.bytes.byteLength + block.byteLength), cid.bytes, block)
}

const lengthOf = (size: number): Uint8Array => varint.encodeTo(size, new Uint8Array(varint.encodingLength(size)))
