/**
 * The HTTP server of a cafe that runs without a relay: its services and the content it keeps at `/`, and `/health`. Requests
 * stream both ways for as long as they move; a log line never holds a query.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Log, redactUrl } from '../../src/core/log.ts'
import { createSecure, SERVER_OPTIONS } from '../http.ts'
import * as limits from '../limits.ts'
import type { Certificates } from '../tls.ts'
import type { Answer } from './answer.ts'
import { answerWeb } from './web.ts'

export interface CafeServerComponents {
  readonly answer: Answer
  /** Read at each request and sent as JSON; undefined while it is being opened. */
  readonly health: () => unknown
  readonly log: Log
}

/** A server that is not listening yet; see `listen.ts`. With `certificates` it speaks https. */
export function createCafeServer({ answer, health, log }: CafeServerComponents, certificates?: Certificates): Server {
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    res.on('close', () => {
      log('debug', 'http', { method: req.method, path: redactUrl(req.url ?? ''), status: res.statusCode })
    })
    if (req.url === '/health') sendHealth(res, health())
    else void answerWeb(req, res, answer)
  }
  const server = certificates
    ? createSecure(SERVER_OPTIONS, certificates, onRequest)
    : createServer(SERVER_OPTIONS, onRequest)
  server.timeout = limits.SOCKET_TIMEOUT
  server.maxConnections = limits.MAX_SOCKETS
  return server
}

function sendHealth(res: ServerResponse, body: unknown): void {
  res.writeHead(body === undefined ? 503 : 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  res.end(JSON.stringify(body ?? { ok: false }))
}
