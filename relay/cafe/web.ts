/**
 * HTTP of Node as requests and responses of the web platform: both ways streamed, the request ends with its connection, and
 * a body that fails cuts the connection, so that nobody takes a part for the whole.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import type { Answer } from './answer.ts'

/** Methods that a `Request` cannot have; nobody here answers them anyway. */
const IMPOSSIBLE = new Set(['CONNECT', 'TRACE', 'TRACK'])

export interface WebOptions {
  /** The target without what leads here, such as `/pins?limit=1`. */
  readonly target?: string
}

/** Has `answer` answer a request. Resolves when the answer is sent, or cannot be. */
export async function answerWeb(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: Answer,
  { target = incoming.url ?? '/' }: WebOptions = {},
): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const request = toRequest(incoming, target, gone.signal)
  if (!request) return void outgoing.writeHead(400, { Connection: 'close' }).end()
  try {
    await send(await answer(request, { signal: gone.signal }), incoming, outgoing)
  } catch {
    // Whoever asked sees it: the connection ends before the body does.
    outgoing.destroy()
  }
}

function toRequest(incoming: IncomingMessage, target: string, signal: AbortSignal): Request | undefined {
  const { method = 'GET', headersDistinct } = incoming
  const host = incoming.headers.host ?? 'cafe.invalid'
  if (IMPOSSIBLE.has(method) || !target.startsWith('/')) return undefined
  const url = URL.parse(`http://${host}${target}`)
  if (!url) return undefined
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value)
  const bodiless = method === 'GET' || method === 'HEAD'
  const body = bodiless ? null : (Readable.toWeb(incoming) as ReadableStream)
  return new Request(url, { method, headers, signal, ...(body && { body, duplex: 'half' }) })
}

async function send(response: Response, { method }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, [...response.headers].flat())
  if (!response.body || method === 'HEAD') {
    await response.body?.cancel()
    outgoing.end()
    return
  }
  await pipeline(Readable.fromWeb(response.body as NodeStream), outgoing)
}
