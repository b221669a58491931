/**
 * `GET /metrics`: numbers of the relay for Prometheus, for this machine alone unless the operator says otherwise. A reverse
 * proxy on this machine speaks for others, so what it forwards is not of this machine.
 */
import type { IncomingMessage } from 'node:http'
import { multiaddr } from '@multiformats/multiaddr'
import type { Route } from './http.ts'
import type { RelayMetrics } from './metrics.ts'
import { placeOf } from './place.ts'
import type { MetricsReaders } from './policy-settings.ts'

export function metricsRoute(metrics: Pick<RelayMetrics, 'text'>, readers: MetricsReaders): Route {
  return {
    name: 'metrics',
    matches: ({ pathname }) => readers !== 'off' && pathname === '/metrics',
    async answer(request, response) {
      const safe = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return void response.writeHead(405, { ...safe, Allow: 'GET, HEAD' }).end()
      }
      if (readers === 'local' && !isLocal(request)) return void response.writeHead(403, safe).end()
      const { type, body } = await metrics.text()
      response.writeHead(200, { ...safe, 'Content-Type': type })
      response.end(request.method === 'HEAD' ? undefined : body)
    },
  }
}

function isLocal({ socket, headers }: IncomingMessage): boolean {
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false
  const host = (socket.remoteAddress ?? '').replace(/^::ffff:/i, '')
  if (host === '') return false
  return placeOf(multiaddr(`/ip${host.includes(':') ? 6 : 4}/${host.split('%')[0]}/tcp/1`)) === undefined
}
