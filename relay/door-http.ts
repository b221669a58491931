/** Node's HTTP for the door: bodies as they come and go, each read only as fast as the other side takes it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIPv6 } from 'node:net'
import { CafeError } from '../src/core/errors.ts'
import type { Body, Bytes } from '../src/wire/door-flow.ts'
import type { FromCafe } from './door-headers.ts'

/** Headers as they came, several of one name joined. */
export const headersOf = ({ headersDistinct }: IncomingMessage): Headers =>
  new Headers(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(', ')]))

/** The body of a request, if it has one, read when it is wanted. @throws CafeError BAD_REQUEST {what: 'size'}. */
export function bodyOf(request: IncomingMessage, limit: number): Body | null {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (encoding === undefined && (length === undefined || length === '0')) return null
  if (Number(length) > limit) throw new CafeError('BAD_REQUEST', { what: 'size' })
  // What is left unread must not end the connection before the answer is out.
  const pieces = request.iterator({ destroyOnReturn: false })
  let left = limit
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const { value, done } = await pieces.next()
        if (done) return controller.close()
        left -= value.byteLength
        if (left < 0) throw new CafeError('BAD_REQUEST', { what: 'size' })
        controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      },
      cancel: async () => void (await pieces.return?.()),
    },
    { highWaterMark: 0 },
  )
}

/** Sends an answer, as fast as the client reads. @throws whatever cuts it short. */
export async function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers }: FromCafe,
  body: ReadableStream<Uint8Array> | null,
): Promise<void> {
  // The rest of an upload that nobody wanted is not waited for.
  if (!request.complete) response.shouldKeepAlive = false
  response.writeHead(status, headers)
  if (!body || request.method === 'HEAD') {
    await body?.cancel()
    response.end()
    return
  }
  response.flushHeaders()
  for await (const piece of body) {
    if (!response.write(piece)) await drained(response)
    if (response.destroyed) return
  }
  response.end()
}

/** Resolves when more may be written, or never will. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}

/** Who asks: an address, or the network of one household. A proxy on this machine speaks for everyone. */
export function hostOf({ socket }: IncomingMessage): string | undefined {
  const address = socket.remoteAddress ?? ''
  const four = address.replace(/^::ffff:/, '')
  if (four === '::1' || four.startsWith('127.')) return undefined
  return isIPv6(four) ? networkOf(four) : four
}

/** The first 64 bits of an IPv6 address. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const groups = head.split(':')
  const more = tail === undefined ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - more.length) }, () => '0')
  return [...groups, ...zeros, ...more].slice(0, 4).join(':')
}
