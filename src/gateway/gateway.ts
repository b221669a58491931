/**
 * The gateway: a request for `/ipfs/<cid>[/path]` in, a response out, over any source of blocks. Files and directories of
 * UnixFS, decrypted on the way if the link has a key, with ranges, validators and isolation; every failure is a page
 * that says what to do. Nothing is written, nothing waits without a signal, no file is held whole (but legacy ones).
 *
 * A keyed link is `/ipfs/<cid of the encrypted file>/<name>#key=…`: names of encrypted files are in no block, so one name
 * after a file is its label, for the content type and for saving it. Without a key it is a path to nothing.
 */
import { type Clock, systemClock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { type BlockSource, blockReader, createRecall, type ReadBlock } from './blocks.ts'
import { type Content, errorResponse, fileResponse, notModified } from './content.ts'
import { createOpener, keyDigest, type OpenSealed } from './decrypt.ts'
import { findEntry, listEntries } from './directory.ts'
import { classOf, SNIFF_SIZE, typeByContent, typeByName } from './mime.ts'
import { listingPage } from './pages.ts'
import { answerForm, type LinkKey, parseRequest, type UnixfsRequest } from './request.ts'
import { type ResolvedDirectory, type ResolvedFile, resolve } from './resolve.ts'
import {
  destinationOf,
  disposition,
  GENERATED,
  IMMUTABLE,
  isolation,
  PRIVATE,
  type ResponseClass,
  refusesDestination,
} from './respond.ts'
import { openFile, type UnixFile } from './unixfs.ts'

export interface GatewayOptions {
  /** Ends the request: also a body that is being streamed. Default: the request's own. */
  readonly signal?: AbortSignal | undefined
  /** A person navigates here: failures are pages. */
  readonly navigation?: boolean | undefined
  /** What the result is for. Default: the request's own. */
  readonly destination?: RequestDestination | undefined
  /** The document that asks is /ipfs content itself, so it may have styles and fonts. */
  readonly fromContent?: boolean | undefined
  /** The host's own answer to a failure, if it has a better one than a page. */
  readonly onError?: ((error: CafeError) => Promise<Response | undefined>) | undefined
}

export interface GatewayComponents {
  readonly blocks: BlockSource
  readonly clock?: Clock | undefined
}

/** Answers every request; rejects never. */
export type Gateway = (request: Request, options?: GatewayOptions) => Promise<Response>

/** One request on its way: who reads for it, and how long. */
interface Job {
  readonly request: UnixfsRequest
  readonly read: ReadBlock
  readonly signal: AbortSignal
  readonly open: OpenSealed
}

/**
 * @example
 * ```ts
 * const gateway = createGateway({ blocks })
 * const response = await gateway(new Request('http://cafe.localhost/ipfs/bafy…/photo.jpg#key=u…'))
 * ```
 */
export function createGateway({ blocks, clock = systemClock }: GatewayComponents): Gateway {
  const recall = createRecall()
  const open = createOpener(clock)

  const answer = async (request: Request, options: GatewayOptions): Promise<Response> => {
    const destination = options.destination || destinationOf(request)
    if (refusesDestination(destination, { fromContent: options.fromContent ?? false })) {
      throw new CafeError('FORBIDDEN', { what: 'code' })
    }
    const parsed = parseRequest(request)
    if (parsed.kind === 'export') throw new CafeError('UNSUPPORTED', { what: 'format' })
    const signal = options.signal ?? request.signal
    return answerUnixfs({ request: parsed, read: blockReader(blocks, recall, parsed.from), signal, open })
  }

  return async (request, options = {}) => {
    try {
      return await answer(request, options)
    } catch (thrown) {
      const error = toCafeError(thrown)
      const form = answerForm(request, options.navigation ?? false)
      return (await options.onError?.(error)) ?? errorResponse(error, form, request.method)
    }
  }
}

async function answerUnixfs(job: Job): Promise<Response> {
  const { request, read, signal } = job
  const { root, segments, key } = request
  const found = await resolve(root, segments, read, signal)
  if (found.kind === 'directory') return key ? listing(found, job) : directory(found, job)
  if (found.rest.length > (key ? 1 : 0)) throw new CafeError('NOT_FOUND', { what: 'path' })
  return key ? sealedFile(found, key, job) : plainFile(found, segments.at(-1), job)
}

/** `index.html` if there is one, else a listing. */
async function directory(found: ResolvedDirectory, job: Job): Promise<Response> {
  const { request, read, signal } = job
  const entry = await findEntry(found.node, 'index.html', read, signal)
  const index = entry && (await resolve(entry.cid, [], read, signal))
  if (index?.kind !== 'file') return listing(found, job)
  if (request.slash) return plainFile({ ...index, roots: [...found.roots, index.cid] }, 'index.html', job)
  // Relative links of the page need the slash. Relative itself, so that it holds below any prefix.
  const location = `./${request.pathname.split('/').at(-1)}/${request.search}`
  return new Response(null, { status: 301, headers: { ...isolation('page'), Location: location } })
}

async function plainFile(found: ResolvedFile, name: string | undefined, job: Job): Promise<Response> {
  const { request, read, signal } = job
  const etag = `"${found.cid}"`
  const content = openFile(found.node, read)
  const type = await typeOf(request.filename ?? name, content, signal, { html: true })
  // Only a page in a directory has relatives to show; see respond.ts.
  const kind = type.startsWith('text/html') && name !== undefined ? 'site' : classOf(type)
  const unchanged = notModified(kind, etag, IMMUTABLE, request.ifNoneMatch)
  if (unchanged) return unchanged
  const headers = {
    'Content-Type': type,
    'Cache-Control': IMMUTABLE,
    ...saveAs(kind, request, name),
    'X-Ipfs-Path': request.pathname,
    'X-Ipfs-Roots': found.roots.join(','),
  }
  return fileResponse({ content, class: kind, headers, etag }, request, signal)
}

async function sealedFile(found: ResolvedFile, key: LinkKey, job: Job): Promise<Response> {
  const { request, read, signal, open } = job
  const name = request.segments.at(-1)
  const content = await open(openFile(found.node, read), found.cid, key, { signal, from: request.from })
  const etag = `"dec-${await keyDigest([found.cid, ...found.rest].join('/'), key)}"`
  const type = await typeOf(request.filename ?? name, content, signal, { html: false })
  const kind = classOf(type)
  const unchanged = notModified(kind, etag, PRIVATE, request.ifNoneMatch)
  if (unchanged) return unchanged
  const headers = { 'Content-Type': type, 'Cache-Control': PRIVATE, ...saveAs(kind, request, name) }
  return fileResponse({ content, class: kind, headers, etag }, request, signal)
}

/** The type by the name people gave it, else by its first bytes. */
async function typeOf(
  name: string | undefined,
  content: UnixFile | Content,
  signal: AbortSignal,
  options: { readonly html: boolean },
): Promise<string> {
  const named = name === undefined ? undefined : typeByName(name)
  if (named) return named
  return typeByContent(await headOf(content, signal), options)
}

/** The first bytes of a file: SNIFF_SIZE of them, or all there are. */
async function headOf(content: UnixFile | Content, signal: AbortSignal): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(SNIFF_SIZE, content.size))
  let filled = 0
  const reader = content.stream(0, head.byteLength, { signal }).getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    head.set(next.value, filled)
    filled += next.value.byteLength
  }
  return head
}

function saveAs(kind: ResponseClass, request: UnixfsRequest, name: string | undefined): Record<string, string> {
  const attached = request.download || kind === 'download'
  const title = request.filename ?? name
  if (!attached && title === undefined) return {}
  return { 'Content-Disposition': disposition(attached ? 'attachment' : 'inline', title) }
}

async function listing(found: ResolvedDirectory, job: Job): Promise<Response> {
  const { request, read, signal } = job
  const { segments, slash, pathname, key, method } = request
  // The number is that of the page's looks: count it up when they change.
  const etag = `"DirIndex-1_CID-${found.cid}"`
  const cache = key ? PRIVATE : GENERATED
  const unchanged = notModified('page', etag, cache, request.ifNoneMatch)
  if (unchanged) return unchanged
  const cid = `${found.cid}`
  const html = listingPage({
    ...(await listEntries(found.node, read, signal)),
    title: segments.at(-1) ?? 'Folder',
    cid,
    base: slash ? './' : `./${pathname.split('/').at(-1)}/`,
    parent: segments.length === 0 ? undefined : slash ? '../' : './',
  })
  const body = new TextEncoder().encode(html)
  return new Response(method === 'HEAD' ? null : body, {
    headers: {
      ...isolation('page'),
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': String(body.byteLength),
      'Cache-Control': cache,
      ETag: etag,
      'X-Ipfs-Path': pathname,
      'X-Ipfs-Roots': found.roots.join(','),
    },
  })
}
