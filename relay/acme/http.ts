/**
 * Requests to a certificate authority (RFC 8555 §6): signed by the account, each with a fresh nonce, bounded in time and
 * size, and to no other place than over TLS or the directory's own origin.
 */
import { exportJWK, FlattenedSign, importPKCS8, type JWK } from 'jose'
import { v } from '../../src/core/schema.ts'
import { ACME_REQUEST, ACME_WAIT, MAX_ACME_ANSWER } from '../limits.ts'

/** The authority said no, or nothing of use; the message is for the operator. */
export class AcmeError extends Error {
  override readonly name = 'AcmeError'
  readonly type: string
  /** Milliseconds it wants to be left alone. */
  readonly retryAfter: number
  constructor(message: string, { type = '', retryAfter = 0 }: { type?: string; retryAfter?: number } = {}) {
    super(message)
    this.type = type
    this.retryAfter = retryAfter
  }
}

export interface AcmeAnswer {
  readonly text: string
  /** The resource that was made. */
  readonly location: string
  /** Milliseconds until it is worth asking again; 0 if it did not say. */
  readonly retryAfter: number
}

export interface AcmeHttp {
  /** The account's public key. */
  readonly jwk: JWK
  get(url: string): Promise<AcmeAnswer>
  /** With `payload` undefined: a signed reading (POST-as-GET). */
  post(url: string, payload: unknown, account: string | undefined): Promise<AcmeAnswer>
  /** Where nonces are got if no answer left one. */
  nonceAt(url: string): void
}

const NONCE_TRIES = 4
const problemSchema = v.object({ type: v.optional(v.string()), detail: v.optional(v.string()) })

export async function createAcmeHttp(directory: string, accountPem: string, signal: AbortSignal): Promise<AcmeHttp> {
  const key = await importPKCS8(accountPem, 'ES256', { extractable: true })
  const { kty, crv, x, y } = await exportJWK(key)
  const jwk = { kty, crv, x, y } as JWK
  const { origin } = new URL(directory)
  let nonceUrl = ''
  let nonce: string | null = null

  const send = async (url: string, init: RequestInit): Promise<[Response, string]> => {
    const to = URL.canParse(url) ? new URL(url) : undefined
    if (to?.protocol !== 'https:' && to?.origin !== origin) throw new AcmeError('the authority named an unsafe address')
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ACME_REQUEST)])
    const response = await fetch(to, { ...init, redirect: 'error', signal: limit })
    nonce = response.headers.get('replay-nonce') ?? nonce
    return [response, await textOf(response)]
  }
  const takeNonce = async (): Promise<string> => {
    if (nonce === null) await send(nonceUrl, { method: 'HEAD' })
    const taken = nonce
    nonce = null
    if (taken === null) throw new AcmeError('the authority gave no nonce')
    return taken
  }
  const post: AcmeHttp['post'] = async (url, payload, account) => {
    const bytes = new TextEncoder().encode(payload === undefined ? '' : JSON.stringify(payload))
    for (let left = NONCE_TRIES; ; left--) {
      const header = { alg: 'ES256', url, nonce: await takeNonce(), ...(account ? { kid: account } : { jwk }) }
      const body = JSON.stringify(await new FlattenedSign(bytes).setProtectedHeader(header).sign(key))
      const headers = { 'Content-Type': 'application/jose+json' }
      const [response, text] = await send(url, { method: 'POST', headers, body })
      if (response.ok) return answerOf(response, text)
      const error = errorOf(response, text)
      if (left <= 1 || !error.type.endsWith(':badNonce')) throw error
    }
  }
  return {
    ...{ jwk, post },
    nonceAt: (url) => {
      nonceUrl = url
    },
    async get(url) {
      const [response, text] = await send(url, {})
      if (!response.ok) throw errorOf(response, text)
      return answerOf(response, text)
    },
  }
}

const answerOf = ({ headers }: Response, text: string): AcmeAnswer => ({
  ...{ text, location: headers.get('location') ?? '' },
  retryAfter: retryAfter(headers.get('retry-after'), Date.now()),
})

function errorOf(response: Response, text: string): AcmeError {
  const wait = retryAfter(response.headers.get('retry-after'), Date.now())
  let problem: v.InferOutput<typeof problemSchema> = {}
  try {
    const read = v.safeParse(problemSchema, JSON.parse(text))
    if (read.success) problem = read.output
  } catch {
    // A proxy's page: its status says enough.
  }
  const detail = oneLine(problem.detail ?? '')
  return new AcmeError(`the authority answered ${response.status}${detail && `: ${detail}`}`, {
    ...{ type: problem.type ?? '', retryAfter: wait },
  })
}

/** Text of others as it may stand in a log. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 300)

/** `Retry-After` (RFC 9110 §10.2.3) in milliseconds; 0 for none, the past and nonsense. */
export function retryAfter(value: string | null, now: number): number {
  if (value === null) return 0
  const isDate = /^[A-Z][a-z]{2}, /.test(value)
  const wait = isDate ? Date.parse(value) - now : /^\d{1,9}$/.test(value) ? Number(value) * 1000 : 0
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), ACME_WAIT) : 0
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_ACME_ANSWER) throw new AcmeError('the authority answered too much')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
