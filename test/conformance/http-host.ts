/**
 * A gateway over real HTTP in Node: requests and answers are streamed, a client that goes away ends its request, HEAD has
 * no body, and a body that fails cuts the connection, so that nobody takes a part for the whole.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Gateway } from '../../src/gateway/gateway.ts'
import type { Bytes } from './fixtures.ts'

export interface HttpHost {
  readonly port: number
  /** Requests whose answer is not complete. */
  readonly underWay: () => number
  close(): Promise<void>
}

/** Serves `answer` on a port of this machine. */
export async function serve(answer: (request: Request) => ReturnType<Gateway>): Promise<HttpHost> {
  let underWay = 0
  const server = createServer(async (incoming, outgoing) => {
    underWay++
    try {
      await respond(await answer(toRequest(incoming, outgoing)), incoming, outgoing)
    } catch {
      // The client sees it: its connection ends before the body does.
      outgoing.destroy()
    } finally {
      underWay--
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    underWay: () => underWay,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const { method = 'GET', url = '/', headersDistinct } = incoming
  const headers = new Headers(
    Object.entries(headersDistinct).flatMap(([name, values = []]) =>
      values.map((value) => [name, value] as [string, string]),
    ),
  )
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(`http://${incoming.headers.host}${url}`, {
    method,
    headers,
    signal: gone.signal,
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
  })
}

async function respond(response: Response, { method }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, [...response.headers].flat())
  if (!response.body || method === 'HEAD') {
    await response.body?.cancel()
    outgoing.end()
    return
  }
  await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing)
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Bytes
}

export interface Asking {
  readonly method?: string | undefined
  readonly host?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
}

/** Asks as `curl` does: any host, any header, no redirect followed. @throws what cuts the answer short. */
export function ask(port: number, path: string, { method, host, headers, signal }: Asking = {}): Promise<Answer> {
  const { pathname, search } = new URL(path, 'http://gateway')
  const options = { port, host: '127.0.0.1', path: pathname + search, method, signal, agent: false as const }
  return new Promise((resolve, reject) => {
    const asking = httpRequest(
      { ...options, headers: { ...headers, host: host ?? `gateway.localhost:${port}` } },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: new Headers(
              Object.entries(incoming.headersDistinct).map(([name, values = []]) => [name, values.join(', ')]),
            ),
            body: new Uint8Array(Buffer.concat(chunks)),
          }),
        )
      },
    )
    asking.on('error', reject)
    asking.end()
  })
}
