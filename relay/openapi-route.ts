/**
 * `GET /openapi.json` of the relay: the form of its door, for whichever cafe is asked. Any page may read it, and whoever has
 * it already is told so by its ETag. Websites have hosts of their own, where that name is theirs.
 */
import { createHash } from 'node:crypto'
import type { Route } from './http.ts'
import { readSiteHost } from './sites.ts'

const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag',
  'Cache-Control': 'no-cache',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
}
const METHODS = 'GET, HEAD, OPTIONS'
/** Of a page that asks whether it still has the newest. */
const PREFLIGHT = { 'Access-Control-Allow-Methods': METHODS, 'Access-Control-Allow-Headers': 'If-None-Match' }

interface Description {
  readonly bytes: Uint8Array
  readonly etag: string
}

export function openapiRoute(contentHost: string | undefined): Route {
  let made: Promise<Description> | undefined
  return {
    name: 'openapi',
    matches: ({ host, pathname }) => pathname === '/openapi.json' && !readSiteHost(host, contentHost),
    async answer({ method = '', headers }, response) {
      if (method === 'OPTIONS') return void response.writeHead(204, { ...HEADERS, ...PREFLIGHT }).end()
      if (method !== 'GET' && method !== 'HEAD') {
        return void response.writeHead(405, { ...HEADERS, Allow: METHODS }).end()
      }
      made ??= describe()
      const { bytes, etag } = await made
      const all = { ...HEADERS, ETag: etag, 'Content-Type': 'application/json; charset=utf-8' }
      const known = headers['if-none-match']?.split(/\s*,\s*/).includes(etag)
      if (known) return void response.writeHead(304, all).end()
      response.writeHead(200, { ...all, 'Content-Length': bytes.byteLength })
      response.end(method === 'HEAD' ? undefined : bytes)
    },
  }
}

async function describe(): Promise<Description> {
  const bytes = Buffer.from((await import('./cafe/describe.ts')).doorText())
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` }
}
