/** A plain client of the IPFS Pinning Service API that holds each answer against the API's own definitions. */
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import * as v from 'valibot'
import { expect } from 'vitest'

const textMap = v.record(v.string(), v.string())
const time = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
const multiaddrs = v.array(v.pipe(v.string(), v.startsWith('/')))

/** The API's PinStatus. */
export const pinStatus = v.strictObject({
  requestid: v.pipe(v.string(), v.nonEmpty()),
  status: v.picklist(['queued', 'pinning', 'pinned', 'failed']),
  created: time,
  pin: v.strictObject({
    cid: v.pipe(v.string(), v.nonEmpty()),
    name: v.optional(v.pipe(v.string(), v.maxLength(255))),
    origins: v.optional(v.pipe(multiaddrs, v.maxLength(20))),
    meta: v.optional(textMap),
  }),
  delegates: v.pipe(multiaddrs, v.minLength(1), v.maxLength(20)),
  info: v.optional(textMap),
})
export type PsaPin = v.InferOutput<typeof pinStatus>

const pinResults = v.strictObject({ count: v.pipe(v.number(), v.safeInteger()), results: v.array(pinStatus) })
const failure = v.strictObject({
  error: v.strictObject({ reason: v.pipe(v.string(), v.regex(/^[A-Z_]+$/)), details: v.optional(v.string()) }),
})

/** A new CID that nobody has. */
export async function newCid(): Promise<string> {
  return CID.createV1(0x55, await sha256.digest(crypto.getRandomValues(new Uint8Array(32)))).toString()
}

interface Sent {
  readonly method?: string
  readonly token?: string | undefined
  readonly body?: unknown
}

export interface Api {
  /** The status and the raw answer. */
  send(path: string, sent?: Sent): Promise<{ status: number; body: unknown; headers: Headers }>
  add(pin: Record<string, unknown>): Promise<PsaPin>
  get(id: string): Promise<PsaPin>
  list(query?: string): Promise<{ count: number; results: PsaPin[] }>
  /** The status and reason of what must fail, with a body as the API has it. */
  refused(path: string, sent?: Sent): Promise<[status: number, reason: string]>
}

export function api({ origin, token }: { readonly origin: string; readonly token: string }): Api {
  const send: Api['send'] = async (path, { method = 'GET', body, ...sent } = {}) => {
    const auth = 'token' in sent ? sent.token : token
    const headers: Record<string, string> = auth === undefined ? {} : { authorization: `Bearer ${auth}` }
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    if (text !== undefined) headers['content-type'] = 'application/json'
    const response = await fetch(`${origin}${path}`, { method, headers, ...(text === undefined ? {} : { body: text }) })
    const answer = await response.text()
    if (answer !== '') expect(response.headers.get('content-type')).toBe('application/json')
    return { status: response.status, body: answer === '' ? undefined : JSON.parse(answer), headers: response.headers }
  }
  const got = async <S extends v.GenericSchema>(status: number, schema: S, answer: ReturnType<Api['send']>) => {
    const { status: actual, body } = await answer
    expect([actual, body]).toEqual([status, body])
    return v.parse(schema, body)
  }
  return {
    send,
    add: (pin) => got(202, pinStatus, send('/pins', { method: 'POST', body: pin })),
    get: (id) => got(200, pinStatus, send(`/pins/${id}`)),
    list: (query = '') => got(200, pinResults, send(`/pins${query}`)),
    async refused(path, sent) {
      const { status, body } = await send(path, sent)
      if (!v.is(failure, body)) throw new Error(`no failure: ${status} ${JSON.stringify(body)} ${path}`)
      return [status, body.error.reason]
    },
  }
}
