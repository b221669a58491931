/**
 * The caller's half of the IPFS Pinning Service API (https://ipfs.github.io/pinning-services-api-spec/), as much of it as
 * forwarding needs: to IPFS Cluster, Kubo's and others' services, or another cafe. The token is in a header and nowhere else.
 */
import { CafeError, toCafeError } from '../../core/errors.ts'
import { KiB } from '../../core/limits.ts'
import { parse, text, v } from '../../core/schema.ts'
import type { Secret } from '../../core/secret.ts'

/** Milliseconds for one request. */
const REQUEST_TIME = 30_000
/** Bytes of an answer: of one pin with all it may say, with much room. */
const MAX_ANSWER = 64 * KiB

/** What of an answer is used; services say more. */
const pinStatus = v.object({
  requestid: v.pipe(text(256), v.nonEmpty()),
  status: v.picklist(['queued', 'pinning', 'pinned', 'failed']),
})
const pinResults = v.object({ results: v.pipe(v.array(pinStatus), v.maxLength(1000)) })
export type RemotePin = v.InferOutput<typeof pinStatus>

export interface ForwardCalls {
  add(pin: {
    readonly cid: string
    readonly origins: readonly string[]
    readonly meta: Readonly<Record<string, string>>
  }): Promise<RemotePin>
  /** One that was asked for with the same `meta` before. */
  find(cid: string, meta: Readonly<Record<string, string>>): Promise<RemotePin | undefined>
  /** @throws CafeError NOT_FOUND {what: 'pin'}. */
  get(requestid: string): Promise<RemotePin>
  /** Nothing happens where it is gone already. */
  remove(requestid: string): Promise<void>
}

/**
 * @throws CafeError (each call) FORBIDDEN {what: 'pinning service'} for a token that is not accepted; BAD_REQUEST {status} for
 * what the service will never take; BUSY, UNREACHABLE, TIMEOUT: later.
 */
export function forwardCalls(endpoint: string, token: Secret<string>, stop: AbortSignal): ForwardCalls {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(REQUEST_TIME)])
    const headers = {
      authorization: `Bearer ${token.reveal()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const request = { method, headers, signal, credentials: 'omit', cache: 'no-store' } as const
    try {
      // A token goes where its owner said, and nowhere that place points to.
      const response = await fetch(endpoint + path, {
        ...{ ...request, redirect: 'error' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return await answerOf(response)
    } catch (cause) {
      throw toCafeError(cause, 'UNREACHABLE')
    }
  }
  const at = (requestid: string): string => `/pins/${encodeURIComponent(requestid)}`
  return {
    add: async ({ cid, origins, meta }) => parse(pinStatus, await ask('POST', '/pins', { cid, origins, meta })),
    async find(cid, meta) {
      const query = new URLSearchParams({ cid, status: 'queued,pinning,pinned,failed', meta: JSON.stringify(meta) })
      return parse(pinResults, await ask('GET', `/pins?${query}`)).results[0]
    },
    get: async (requestid) => parse(pinStatus, await ask('GET', at(requestid))),
    async remove(requestid) {
      try {
        await ask('DELETE', at(requestid))
      } catch (error) {
        if (toCafeError(error).code !== 'NOT_FOUND') throw error
      }
    },
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const { status } = response
  const text = await bodyOf(response)
  if (status === 401 || status === 403) throw new CafeError('FORBIDDEN', { what: 'pinning service' })
  if (status === 404) throw new CafeError('NOT_FOUND', { what: 'pin' })
  if (status === 429 || status === 409) throw new CafeError('BUSY', { status })
  if (status >= 500) throw new CafeError('UNREACHABLE', { status })
  if (status >= 300) throw new CafeError('BAD_REQUEST', { status })
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CafeError('UNREACHABLE', { what: 'json' }, { cause })
  }
}

async function bodyOf(response: Response): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const reader = response.body?.getReader()
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.byteLength
    if (size > MAX_ANSWER) {
      await reader?.cancel()
      throw new CafeError('UNREACHABLE', { size })
    }
    parts.push(next.value as Uint8Array<ArrayBuffer>)
  }
  return new Blob(parts).text()
}
