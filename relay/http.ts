/**
 * The app's HTTP server: answers GET and HEAD with the app, `/config.json`, `/cafes` and `/health`, and `/ipfs/*`, `/ipns/*`
 * with status 404 and the app's page as bootstrap shell (a service worker script is never accepted from a 404). Slow and
 * oversized requests end early; a log line never holds a query.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Log, redactUrl } from '../src/core/log.ts'
import { type Place, plainHost } from './csp.ts'
import { headersFor, type Keep } from './headers.ts'
import * as limits from './limits.ts'
import { readSiteHost, SITE_WORKER_PATH, SITE_WORKER_POLICY, type SiteHost, sitePolicy } from './sites.ts'
import type { App, AppFile } from './static.ts'

/** A part of the server that answers some of its addresses by itself, bodies and methods of all kinds included. */
export interface Route {
  readonly name: string
  /** `host` in lower case, with a port if there is one. */
  matches(at: { readonly host: string; readonly pathname: string }): boolean
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** What the server answers with; `config`, `cafes` and `health` are read at each request and sent as JSON. */
export interface HttpComponents {
  readonly app: App | undefined
  readonly config: () => unknown
  readonly cafes: () => unknown
  readonly health: () => unknown
  /** Host below which websites have origins of their own; see `sites.ts`. */
  readonly contentHost?: string | undefined
  readonly routes?: readonly Route[]
  readonly log: Log
}

interface Answer {
  readonly status: number
  readonly place: Place
  readonly keep: Keep
  readonly file?: AppFile
  readonly type?: string
  readonly text?: string
  readonly bytes?: Uint8Array
  /** Beyond those of its place; they overrule. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A server that is not listening yet; see `listen.ts`. */
export function createAppServer(components: HttpComponents): Server {
  const { routes = [] } = components
  const respond = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const at = { host: plainHost(req.headers.host) ?? '', pathname: pathOf(req.url) }
    const route = routes.find((route) => route.matches(at))
    return route ? route.answer(req, res) : send(req, res, answer(req, components))
  }
  const server = createServer(
    {
      maxHeaderSize: limits.MAX_HEADER,
      headersTimeout: limits.HEADERS_TIMEOUT,
      requestTimeout: limits.REQUEST_TIMEOUT,
      connectionsCheckingInterval: limits.TIMEOUT_CHECK,
      keepAliveTimeout: limits.KEEP_ALIVE,
    },
    (req, res) => {
      res.on('close', () => {
        components.log('debug', 'http', {
          method: req.method,
          path: redactUrl(pathOf(req.url)),
          status: res.statusCode,
        })
      })
      respond(req, res).catch((error) => {
        components.log('error', 'http answer failed', { path: redactUrl(pathOf(req.url)), error })
        res.destroy()
      })
    },
  )
  server.on('clientError', refuse)
  // Whoever waits to be told to send is asked for the body when it is wanted.
  server.on('checkContinue', (req, res) => server.emit('request', req, res))
  server.timeout = limits.SOCKET_TIMEOUT
  server.maxConnections = limits.MAX_SOCKETS
  return server
}

const REFUSALS: Readonly<Record<string, string>> = {
  // A website can set cookies for all hosts below this one, and so many that nothing here can be asked for any more. We use
  // none, so whoever comes with too many is told to forget them.
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large\r\nClear-Site-Data: "cookies"',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}
/** Milliseconds for whoever is refused to read that. */
const REFUSAL_TIME = 2000

/** Answers what is no request, and closes. */
function refuse(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy()
  const status = REFUSALS[error.code ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  // What is still on its way is read and thrown away, or the answer would be lost with the connection.
  socket.resume()
  setTimeout(() => socket.destroy(), REFUSAL_TIME).unref()
}

/** The path of a request target, up to its query or fragment. */
export function pathOf(url: string | undefined): string {
  return (url ?? '').split(/[?#]/, 1)[0] as string
}

function answer(req: IncomingMessage, components: HttpComponents): Answer {
  const { app, config, cafes, health, contentHost } = components
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    return { ...plain(405, 'Only GET and HEAD are answered here.'), headers: { Allow: 'GET, HEAD' } }
  }
  if ((req.url ?? '').length > limits.MAX_URL) return plain(414, 'The address is too long.')
  if (!plainHost(req.headers.host) && !isBracketed(req.headers.host))
    return plain(400, 'The Host header is not a host.')
  const path = pathOf(req.url)
  const host = plainHost(req.headers.host)
  const site = host === undefined ? undefined : readSiteHost(host, contentHost)
  if (host !== undefined && site) return siteAnswer(req, host, site, app)
  // No content ever becomes a service worker of this origin (the browser would not take one from a 404 either).
  if (req.headers['service-worker'] === 'script' && isContent(path)) return plain(403, 'No service worker is here.')
  if (path === '/health') return json(health())
  if (path === '/config.json') return json(config())
  if (path === '/cafes') return json(cafes())
  const shell = isContent(path)
  const file = shell ? app?.page : app?.file(path)
  if (!file) return plain(404, 'There is nothing at this address.')
  if (!plainHost(req.headers.host)) return plain(421, 'Open http://cafe.localhost with the same port instead.')
  if (shell) return { status: 404, place: 'shell', keep: 'never', file }
  return { status: 200, place: file.place, keep: file.keep, file }
}

/** A path that the service worker answers, once it is there. */
const isContent = (path: string): boolean => /^\/ip[fn]s(\/|$)/.test(path)

/** What a host of websites serves: one page for every path, and its worker. Nothing of the app. */
function siteAnswer(req: IncomingMessage, host: string, site: SiteHost, app: App | undefined): Answer {
  if (!app?.site || site.kind === 'nothing') return plain(404, 'There is no website at this host.')
  if (site.kind === 'moved') {
    const below = host.slice(host.search(/\.(?!ip[fn]s\.)/))
    // Without a scheme it holds behind a proxy with TLS too.
    return { ...plain(301, 'It is at another host.'), headers: { Location: `//${site.label}${below}${req.url}` } }
  }
  // The website's own: their place is taken by the one worker that serves it.
  if (req.headers['service-worker'] === 'script') {
    if (pathOf(req.url) !== SITE_WORKER_PATH) return plain(403, 'No service worker is here.')
    const headers = { 'Content-Security-Policy': SITE_WORKER_POLICY }
    return { status: 200, place: 'sw', keep: 'ask', file: app.site.worker, headers }
  }
  const { bytes, scriptHash } = app.site.page
  const headers = { 'Content-Security-Policy': sitePolicy(host, scriptHash), 'Origin-Agent-Cluster': '?1' }
  // It is not what was asked for, as with the app's shell.
  return { status: 404, place: 'other', keep: 'never', type: 'text/html; charset=utf-8', bytes, headers }
}

/** An IPv6 literal is a fine host for data, but a content security policy cannot name it, so no page is served there. */
const isBracketed = (host: string | undefined): boolean =>
  host !== undefined && /^\[[0-9a-f:.]{2,45}\](:\d{1,5})?$/i.test(host)

const plain = (status: number, text: string): Answer => ({
  status,
  place: 'other',
  keep: 'never',
  type: 'text/plain; charset=utf-8',
  text: `${text}\n`,
})

const json = (value: unknown): Answer => ({
  status: 200,
  place: 'other',
  keep: 'never',
  type: 'application/json; charset=utf-8',
  text: JSON.stringify(value),
})

async function send(req: IncomingMessage, res: ServerResponse, found: Answer): Promise<void> {
  const { file } = found
  const headers: Record<string, string | number> = {
    ...headersFor(found.place, found.keep, plainHost(req.headers.host) ?? 'invalid.invalid'),
    ...found.headers,
  }
  let body: Uint8Array = file?.bytes ?? found.bytes ?? Buffer.from(found.text ?? '')
  headers['Content-Type'] = file?.type ?? found.type ?? 'application/octet-stream'
  if (file && found.keep !== 'never') {
    headers.ETag = file.etag
    if (req.headers['if-none-match']?.split(/\s*,\s*/).includes(file.etag))
      return void res.writeHead(304, headers).end()
  }
  const packed = file && (await file.gzip())
  if (packed) headers.Vary = 'Accept-Encoding'
  if (packed && acceptsGzip(req)) {
    headers['Content-Encoding'] = 'gzip'
    body = packed
  }
  headers['Content-Length'] = body.byteLength
  res.writeHead(found.status, headers)
  res.end(req.method === 'HEAD' ? undefined : body)
}

const acceptsGzip = (req: IncomingMessage): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(req.headers['accept-encoding'] ?? ''))
