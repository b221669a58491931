/**
 * The gateway: a request for `/ipfs/<cid>[/path]` or `/ipns/<name>[/path]` in, a response out, over any source of blocks.
 * Files and directories of UnixFS, decrypted on the way if the link has a key, structured data, and archives, with ranges,
 * validators and isolation; every failure is a page that says what to do. Nothing is written, nothing waits without a
 * signal, no file is held whole (but legacy ones). Each kind of request has a file of its own that answers it.
 *
 * A keyed link is `/ipfs/<cid of the encrypted file>/<name>#key=…`: names of encrypted files are in no block, so one name
 * after a file is its label, for the content type and for saving it. Without a key it is a path to nothing.
 */
import { type Clock, systemClock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import { answerAbout } from './answer-about.ts'
import { answerUnixfs } from './answer-unixfs.ts'
import { type BlockSource, blockReader, createRecall } from './blocks.ts'
import { errorResponse } from './content.ts'
import { createOpener } from './decrypt.ts'
import { type Job, startOf } from './job.ts'
import type { NameSource } from './names.ts'
import { answerForm, parseRequest } from './request.ts'
import { refusesDestination } from './respond.ts'
import { type LinkSource, unsealed } from './sealed-links.ts'
import { createTrace } from './trace.ts'

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
  /** Without it no name is known. */
  readonly names?: NameSource | undefined
  /** Without it no sealed link opens. */
  readonly links?: LinkSource | undefined
  readonly clock?: Clock | undefined
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
export function createGateway({ blocks, names, links, clock = systemClock }: GatewayComponents): Gateway {
  const recall = createRecall()
  const open = createOpener(clock)

  const answer = async (request: Request, options: GatewayOptions): Promise<Response> => {
    const destination = options.destination ?? request.destination ?? ''
    if (refusesDestination(destination, { fromContent: options.fromContent ?? false })) {
      throw new CafeError('FORBIDDEN', { what: 'code' })
    }
    const signal = options.signal ?? request.signal
    const parsed = await unsealed(parseRequest(request), links, signal)
    const trace = createTrace(clock)
    const start = await startOf(parsed, names, signal)
    const read = blockReader(blocks, recall, { from: parsed.from, local: parsed.local, trace })
    return answerJob({ ...start, request: parsed, read, signal, open, trace })
  }

  return async (request, options = {}) => {
    try {
      return await answer(request, options)
    } catch (thrown) {
      const error = toCafeError(thrown)
      const form = answerForm(request, options.navigation ?? false)
      // Loading it again by a link would lose the fragment, and the key with it.
      const again = !request.url.includes('#')
      return (await options.onError?.(error)) ?? errorResponse(error, form, { method: request.method, again })
    }
  }
}

/** Hands a job to whoever answers its kind. */
async function answerJob(job: Job): Promise<Response> {
  const { request } = job
  switch (request.kind) {
    case 'unixfs':
      return answerUnixfs({ ...job, request })
    case 'dag':
      // A file with JSON in it is what most who ask for JSON mean.
      if (request.format === 'json' || request.format === 'cbor') return answerUnixfs({ ...job, request })
      throw new CafeError('UNSUPPORTED', { what: 'format' })
    case 'about':
      return answerAbout({ ...job, request })
    case 'raw':
    case 'car':
    case 'tar':
    case 'record':
      throw new CafeError('UNSUPPORTED', { what: 'format' })
  }
}
