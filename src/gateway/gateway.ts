/**
 * The gateway: a request for `/ipfs/<cid>[/path]` or `/ipns/<name>[/path]` in, a response out, over any source of blocks.
 * Files and directories of UnixFS, decrypted on the way if the link has a key, structured data, and archives, with ranges,
 * validators and isolation; every failure is a page that says what to do. Nothing is written, nothing waits without a
 * signal, no file is held whole (but legacy ones). Each kind of request has a file of its own that answers it.
 *
 * A keyed link is `/ipfs/<cid of the encrypted file>/<name>#key=…`: names of encrypted files are in no block, so one name
 * after a file is its label, for the content type and for saving it. Without a key it is a path to nothing.
 *
 * Why this is ours and not `@helia/verified-fetch`, which answers the same specifications: a service worker is one script
 * that is parsed before the first answer and cannot be split, and the library with the node below it takes most of the
 * room there is (165 kB after gzip of 200); it cannot be told to leave the hashing of encrypted leaves to the cipher, nor
 * where decryption has its place between blocks and ranges; and it resolves and fetches by itself, where here that is the
 * node's part. The bench `gateway_vs_verified_fetch` compares the speed of both. What is common ground comes from the
 * same libraries: codecs, UnixFS nodes, hashes, TAR headers.
 */
import { type Clock, systemClock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { answerAbout } from './answer-about.ts'
import { answerUnixfs } from './answer-unixfs.ts'
import { type BlockSource, blockReader, createRecall } from './blocks.ts'
import { answerCar } from './car.ts'
import { errorResponse } from './content.ts'
import { createOpener } from './decrypt.ts'
import { type Job, startOf } from './job.ts'
import type { NameSource } from './names.ts'
import { answerRaw } from './raw.ts'
import { answerRecord } from './record.ts'
import { answerForm, type GatewayRequest, parseRequest } from './request.ts'
import { destinationOf, isolation, refusesDestination } from './respond.ts'
import { type LinkSource, unsealed } from './sealed-links.ts'
import type { Flow } from './stream.ts'
import { answerTar } from './tar.ts'
import { createTrace, type SeenBlock } from './trace.ts'
import { type GatewayWords, wordsFor } from './words/words.ts'

export interface GatewayOptions {
  /** Ends the request: also a body that is being streamed. Default: the request's own. */
  readonly signal?: AbortSignal | undefined
  /** A person navigates here: failures are pages. */
  readonly navigation?: boolean | undefined
  /** What the result is for. Default: the request's own. */
  readonly destination?: RequestDestination | undefined
  /** The document that asks is /ipfs content itself, so it may have styles and fonts. */
  readonly fromContent?: boolean | undefined
  /** The content has its origin to itself: it may run scripts, and its `_redirects` apply (see `origin.ts`). */
  readonly origin?: boolean | undefined
  /** See {@link Flow}: to know when all that was begun has been sent. Pages and data made here are not streams. */
  readonly begin?: Flow['begin']
  /** Told of each block that is read for it. What was remembered of another request is not read. */
  readonly onBlock?: ((block: SeenBlock) => void) | undefined
  /** The host's own answer to a failure, if it has a better one than a page. */
  readonly onError?: ((error: CafeError) => Promise<Response | undefined>) | undefined
}

export interface GatewayComponents {
  readonly blocks: BlockSource
  /** Without it no name is known. */
  readonly names?: NameSource | undefined
  /** Without it no sealed link opens. */
  readonly links?: LinkSource | undefined
  readonly clock?: Clock | undefined
  /** Languages of who asks where requests do not say so, as in a service worker, best first. Default: English. */
  readonly languages?: readonly string[] | undefined
}

/** Answers every request; rejects never. */
export type Gateway = (request: Request, options?: GatewayOptions) => Promise<Response>

/**
 * @example
 * ```ts
 * const gateway = createGateway({ blocks })
 * const response = await gateway(new Request('http://cafe.localhost/ipfs/bafy…/photo.jpg#key=u…'))
 * ```
 */
export function createGateway(components: GatewayComponents): Gateway {
  const { blocks, names, links, clock = systemClock, languages } = components
  const recall = createRecall()
  const open = createOpener(clock)
  const wordsOf = ({ headers }: Request): GatewayWords => wordsFor(headers.get('accept-language'), languages)

  const answer = async (request: Request, options: GatewayOptions): Promise<Response> => {
    const origin = options.origin ?? false
    refuseCode(request, options)
    const asIs = parseRequest(request)
    const moved = canonicalName(asIs)
    if (moved) return moved
    const signal = options.signal ?? request.signal
    const parsed = await unsealed(asIs, links, signal)
    const trace = createTrace(clock, options.onBlock)
    const start = await startOf(parsed, names, signal)
    const read = blockReader(blocks, recall, { from: parsed.from, local: parsed.local, trace })
    const asked = parsed.kind === 'unixfs' && parsed.by === 'format'
    const page = asked || answerForm(request, options.navigation ?? false) === 'html'
    return answerJob({
      ...start,
      request: parsed,
      origin,
      read,
      signal,
      begin: options.begin,
      open,
      trace,
      page,
      words: wordsOf(request),
    })
  }

  return async (request, options = {}) => {
    try {
      return await answer(request, options)
    } catch (thrown) {
      const error = toCafeError(thrown)
      const form = answerForm(request, options.navigation ?? false)
      // Loading it again by a link would lose the fragment, and the key with it.
      const again = !request.url.includes('#')
      const { method, headers } = request
      const told = await options.onError?.(error)
      return told ?? errorResponse(error, form, { method, headers, again, words: wordsOf(request) })
    }
  }
}

/** @throws CafeError FORBIDDEN `{what: 'code'}` for what must not become a program of the page that asks (rules A3, A4). */
function refuseCode(request: Request, { destination, fromContent = false, origin = false }: GatewayOptions): void {
  const wanted = destination || destinationOf(request)
  // A website may run what it likes but a service worker: its place is taken by the one that serves it.
  const refused = origin ? wanted === 'serviceworker' : refusesDestination(wanted, { fromContent })
  if (refused) throw new CafeError('FORBIDDEN', { what: 'code' })
}

/** To the one way to write a name of a key, so that caches and origins know one content by one name. */
function canonicalName({ target, pathname, search }: GatewayRequest): Response | undefined {
  if (target.namespace === 'ipfs' || target.name.kind !== 'key' || target.name.canonical) return undefined
  const [, , , ...rest] = pathname.split('/')
  // Relative, so that it holds below any prefix.
  const path = [target.name.text, ...rest].join('/')
  const location = `${'../'.repeat(rest.length) || './'}${path}${search}`
  return new Response(null, { status: 302, headers: { ...isolation('page'), Location: location } })
}

/** Hands a job to whoever answers its kind. */
async function answerJob(job: Job): Promise<Response> {
  const { request } = job
  switch (request.kind) {
    case 'unixfs':
    case 'dag':
      return answerUnixfs({ ...job, request })
    case 'about':
      return answerAbout({ ...job, request })
    case 'raw':
      return answerRaw({ ...job, request })
    case 'car':
      return answerCar({ ...job, request })
    case 'tar':
      return answerTar({ ...job, request })
    case 'record':
      return answerRecord({ ...job, request })
  }
}
