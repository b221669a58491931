/**
 * Blocks of structured data: as they are, with the type their codec stands for; for people dag-cbor and dag-json as a
 * page. Nothing is converted into another encoding: since IPIP-0524 that is the client's part, and a request for another
 * encoding than the block's is refused with 406.
 */
import { CafeError } from '../core/errors.ts'
import { encodeJson } from '../core/json.ts'
import { contentOf } from './bytes-content.ts'
import { fileResponse } from './content.ts'
import { dataPage } from './dag-page.ts'
import { decodeData } from './data.ts'
import { MEDIA_TYPES } from './format.ts'
import { headersOf } from './headers.ts'
import { cacheOf, type Job } from './job.ts'
import type { DagRequest, UnixfsRequest } from './request.ts'
import { assertWhole, type ResolvedData } from './resolve.ts'
import { disposition, GENERATED } from './respond.ts'
import { spokenIn } from './words/words.ts'

/** Text of a value that a page shows at most: what a person scrolls through. */
const SHOWN = 256 * 1024

type DataJob = Job<UnixfsRequest | DagRequest>

export async function answerData(found: ResolvedData, job: DataJob): Promise<Response> {
  const { request } = job
  assertWhole(found)
  // A format that was asked for by name stands for itself; without one a person gets a page, a program the block.
  if (request.kind === 'dag') {
    // The bytes of dag-json are JSON and those of dag-cbor are CBOR, so these may be called so.
    if (found.format !== request.format && found.format !== `dag-${request.format}`) {
      throw new CafeError('UNSUPPORTED', { what: 'format' })
    }
    return block({ ...found, format: request.format }, job)
  }
  const { format } = found
  return job.page && (format === 'dag-cbor' || format === 'dag-json') ? page(found, format, job) : block(found, job)
}

async function block({ cid, roots, format, block: bytes }: ResolvedData, job: DataJob): Promise<Response> {
  const { request } = job
  const textual = format === 'json' || format === 'dag-json'
  const [, extension = format] = /^dag-(.+)$/.exec(format) ?? []
  const name = request.filename ?? `${cid}.${extension}`
  const headers = {
    ...headersOf(job, roots),
    'Content-Type': MEDIA_TYPES[format],
    'Content-Disposition': disposition(textual && !request.download ? 'inline' : 'attachment', name),
  }
  const kind = textual ? 'document' : 'download'
  return fileResponse({ content: contentOf(bytes), class: kind, headers, etag: `"${cid}.${format}"` }, request, job)
}

async function page(found: ResolvedData, format: 'dag-cbor' | 'dag-json', job: DataJob): Promise<Response> {
  const { cid, roots, block: bytes } = found
  const json = new TextDecoder().decode(encodeJson(decodeData(format, bytes)).subarray(0, SHOWN))
  const html = dataPage({
    cid: `${cid}`,
    format,
    size: bytes.byteLength,
    json,
    whole: json.length < SHOWN,
    words: job.words,
  })
  const headers = {
    ...headersOf(job, roots, cacheOf(job, GENERATED)),
    'Content-Type': 'text/html; charset=utf-8',
    Vary: 'Accept, Accept-Language',
  }
  const content = contentOf(new TextEncoder().encode(html))
  // The number is that of the page's looks: count it up when they change.
  const etag = `"DagIndex-1_CID-${cid}${spokenIn(job.words)}"`
  return fileResponse({ content, class: 'page', headers, etag }, job.request, job)
}
