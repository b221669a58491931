/**
 * The HTTP server of a cafe that runs without a relay: its services and the content it keeps at `/`, and `/health`. Requests
 * stream both ways for as long as they move; a log line never holds a query.
 */
import { createServer, type Server } from 'node:http'
import { type Log, redactUrl } from '../../src/core/log.ts'
import * as limits from '../limits.ts'
import type { Answer } from './answer.ts'
import { answerWeb } from './web.ts'

export interface CafeServerComponents {
  readonly answer: Answer
  /** Read at each request and sent as JSON. */
  readonly health: () => unknown
  readonly log: Log
}

/** A server that is not listening yet; see `listen.ts`. */
export function createCafeServer({ answer, health, log }: CafeServerComponents): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.MAX_HEADER,
      headersTimeout: limits.HEADERS_TIMEOUT,
      // An upload may take as long as it moves: see `timeout` below.
      requestTimeout: 0,
      connectionsCheckingInterval: limits.TIMEOUT_CHECK,
      keepAliveTimeout: limits.KEEP_ALIVE,
    },
    (req, res) => {
      res.on('close', () => {
        log('debug', 'http', { method: req.method, path: redactUrl(req.url ?? ''), status: res.statusCode })
      })
      if (req.url === '/health') return sendHealth(res, health())
      void answerWeb(req, res, answer)
    },
  )
  server.timeout = limits.SOCKET_TIMEOUT
  server.maxConnections = limits.MAX_SOCKETS
  return server
}

function sendHealth(res: import('node:http').ServerResponse, body: unknown): void {
  res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  res.end(JSON.stringify(body))
}
