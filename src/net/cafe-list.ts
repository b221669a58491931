/** Cafes that a relay can name: for whoever has no invite, and nothing but the words of an account. */
import { CafeError, toCafeError } from '../core/errors.ts'
import { MAX_ADDRESSES, MAX_CAFE_LIST, MAX_LISTED_CAFES } from '../core/limits.ts'
import { multiaddrText, parse, peerId, v } from '../core/schema.ts'

const list = v.strictObject({
  cafes: v.pipe(
    v.array(v.strictObject({ peer: peerId, addresses: v.pipe(v.array(multiaddrText), v.maxLength(MAX_ADDRESSES)) })),
    v.maxLength(MAX_LISTED_CAFES),
  ),
})

export type ListedCafe = v.InferOutput<typeof list>['cafes'][number]

/**
 * The cafes seated with the relay whose app server is at `origin`. Only hints: who a cafe is, its handshake proves.
 * @throws CafeError UNREACHABLE if there is no such answer; BAD_REQUEST if it is too long or malformed; TIMEOUT, ABORTED.
 *
 * @example
 * ```ts
 * for (const { peer, addresses } of await fetchCafes(location.origin, { signal })) connector.know(peer, addresses)
 * ```
 */
export async function fetchCafes(origin: string, { signal }: { signal: AbortSignal }): Promise<readonly ListedCafe[]> {
  try {
    const request = { signal, cache: 'no-store', credentials: 'omit', redirect: 'error' } as const
    const response = await fetch(`${origin}/cafes`, request)
    if (!response.ok || !response.body) throw new CafeError('UNREACHABLE', { status: response.status })
    return parse(list, await readJson(response.body)).cafes
  } catch (error) {
    throw toCafeError(error, 'UNREACHABLE')
  }
}

/** Reads no more than the limit, whatever the answer says of its length. */
async function readJson(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<unknown> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const reader = body.getReader()
  let size = 0
  for (let { value, done } = await reader.read(); !done && value; { value, done } = await reader.read()) {
    size += value.byteLength
    if (size > MAX_CAFE_LIST) {
      await reader.cancel()
      throw new CafeError('BAD_REQUEST', { limit: MAX_CAFE_LIST })
    }
    pieces.push(value)
  }
  try {
    return JSON.parse(await new Blob(pieces).text())
  } catch (cause) {
    throw new CafeError('BAD_REQUEST', { what: 'json' }, { cause })
  }
}
