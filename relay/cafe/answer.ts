/**
 * What an always-on cafe answers over HTTP: its services for bearer tokens, and content that it keeps. Only what is here is
 * served: nobody makes it fetch anything. It never decrypts, so a link with a key in its query is refused: where keys
 * belong, in the fragment, a server does not see them.
 */
import type { CafeFetch } from '../../src/cafe/face.ts'
import { verifyBlock } from '../../src/core/block.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { BlockSource } from '../../src/gateway/blocks.ts'
import { errorResponse } from '../../src/gateway/content.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { answerForm } from '../../src/gateway/request.ts'
import type { Names } from '../../src/net/names.ts'
import type { Blocks } from '../../src/store/blocks.ts'

export interface AnswerComponents {
  readonly blocks: Blocks
  readonly names: Names
  /** The open cafe. @throws CafeError NOT_FOUND {what: 'open cafe'}. */
  readonly cafe: () => { readonly fetch: CafeFetch }
}

/** Answers every request; rejects never. */
export type Answer = (request: Request, context: { readonly signal: AbortSignal }) => Promise<Response>

const CONTENT = /^\/ip[fn]s(\/|$)/
/** What the gateway takes for a key, or for several. */
const KEYS = ['key', 'keys']

/** Blocks of this device and of nobody else. */
function localBlocks(blocks: Blocks): BlockSource {
  return {
    async get(cid, { signal, onSource, unchecked }) {
      signal.throwIfAborted()
      const bytes = await blocks.get(cid)
      if (!bytes) throw new CafeError('NOT_FOUND')
      if (!unchecked) await verifyBlock(cid, bytes)
      onSource?.('local')
      return bytes
    },
  }
}

export function createAnswer({ blocks, names, cafe }: AnswerComponents): Answer {
  const gateway = createGateway({ blocks: localBlocks(blocks), names: { resolve: (name) => names.resolve(name) } })

  const content = (request: Request, signal: AbortSignal): Promise<Response> | Response => {
    const { searchParams } = new URL(request.url)
    if (!KEYS.some((name) => searchParams.has(name))) return gateway(request, { signal, navigation: isPage(request) })
    const form = answerForm(request, isPage(request))
    return errorResponse(new CafeError('FORBIDDEN', { what: 'key' }), form, { method: request.method, again: false })
  }

  return async (request, { signal }) => {
    const { pathname } = new URL(request.url)
    if (CONTENT.test(pathname)) return content(request, signal)
    try {
      return await cafe().fetch(request, { signal })
    } catch {
      // Between its closing and the end of the program.
      return new Response(null, { status: 503, headers: { 'Retry-After': '5' } })
    }
  }
}

/** Browsers say so of what fills a window. */
const isPage = (request: Request): boolean => request.headers.get('Sec-Fetch-Mode') === 'navigate'
