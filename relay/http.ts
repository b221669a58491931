/**
 * The app's HTTP server: answers GET and HEAD with the app, `/config.json`, `/cafes` and `/health`, and `/ipfs/*`, `/ipns/*`
 * with status 404 and the app's page as bootstrap shell (a service worker script is never accepted from a 404). Slow and
 * oversized requests end early; a log line never holds a query.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { type Log, redactUrl } from '../src/core/log.ts'
import { type Place, plainHost } from './csp.ts'
import type { Traffic } from './drain.ts'
import { bestPacked } from './encoding.ts'
import { headersFor, type Keep } from './headers.ts'
import * as limits from './limits.ts'
import { readSiteHost, SITE_WORKER_PATH, SITE_WORKER_POLICY, type SiteHost, sitePolicy } from './sites.ts'
import type { App, AppFile } from './static.ts'
import type { Certificates } from './tls.ts'

/** An address of its own on the app's server. Routes are asked in turn, before anything of the app. */
export interface Route {
  /** For the log. */
  readonly name: string
  /** Takes bodies or answers for as long as its own limits say: the server's are lifted. */
  readonly patient?: true
  /** @param at host as sent, in lower case with its port, '' for an IPv6 literal; the path still percent-encoded. */
  matches(at: { readonly host: string; readonly pathname: string }): boolean
  /** Answers all methods, headers included; a failure is logged and answered with 500. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** What the server answers with; `config`, `cafes` and `health` are read at each request and sent as JSON. */
export interface HttpComponents {
  readonly app: App | undefined
  /** @param host as the request names it, with its port; undefined for an IPv6 literal. */
  readonly config: (host: string | undefined) => unknown
  readonly cafes: () => unknown
  readonly health: () => { readonly ok: boolean }
  readonly traffic?: Traffic
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

/** Limits of time and size of every HTTP server here. */
export const SERVER_OPTIONS = {
  maxHeaderSize: limits.MAX_HEADER,
  headersTimeout: limits.HEADERS_TIMEOUT,
  // A server's own knows which route a request is for; this one would be the same for all.
  requestTimeout: 0,
  connectionsCheckingInterval: limits.TIMEOUT_CHECK,
  keepAliveTimeout: limits.KEEP_ALIVE,
}

/**
 * A server that is not listening yet; see `listen.ts`. With `certificates` it speaks https, always with the newest one;
 * connections that are open stay.
 */
export function createAppServer(components: HttpComponents, certificates?: Certificates): Server {
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    const path = redactUrl(pathOf(req.url))
    components.traffic?.begin()
    res.on('close', () => {
      components.traffic?.end()
      components.log('debug', 'http', { method: req.method, path, status: res.statusCode })
    })
    respond(req, res, components).catch((error) => {
      components.log('error', 'http answer failed', { path, error })
      fail(res)
    })
  }
  const server = certificates
    ? createSecure(SERVER_OPTIONS, certificates, onRequest)
    : createServer(SERVER_OPTIONS, onRequest)
  server.on('clientError', refuse)
  // Whoever waits to be told to send is asked for the body when it is wanted.
  server.on('checkContinue', onRequest)
  server.timeout = limits.SOCKET_TIMEOUT
  server.maxConnections = limits.MAX_SOCKETS
  return server
}

/** A server of https that always shows the newest certificate. */
export function createSecure(options: ServerOptions, certificates: Certificates, onRequest: RequestListener): Server {
  const server = createSecureServer(
    { ...options, ...certificates.current, minVersion: 'TLSv1.2', handshakeTimeout: limits.HEADERS_TIMEOUT },
    onRequest,
  )
  certificates.onChange((pair) => server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' }))
  // No request and no answer: whoever does not speak TLS, or does not trust the certificate.
  server.on('tlsClientError', (_, socket) => socket.destroy())
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

async function respond(req: IncomingMessage, res: ServerResponse, components: HttpComponents): Promise<void> {
  const refusal = refusalOf(req)
  const at = { host: plainHost(req.headers.host) ?? '', pathname: pathOf(req.url) }
  const route = refusal ? undefined : components.routes?.find((one) => one.matches(at))
  if (route?.patient) {
    req.socket.setTimeout(0)
    res.once('close', () => req.socket.setTimeout(limits.SOCKET_TIMEOUT))
  } else endSlow(req, res)
  if (route) await route.answer(req, res)
  else await send(req, res, refusal ?? answer(req, components))
}

/** Cuts a request that has not come whole in time. */
function endSlow(req: IncomingMessage, res: ServerResponse): void {
  const timer = setTimeout(() => !req.complete && req.socket.destroy(), limits.REQUEST_TIMEOUT)
  timer.unref()
  res.once('close', () => clearTimeout(timer))
}

/** The end of an answer that failed: 500 if nothing of it was sent, else cut, so that nobody takes it for whole. */
function fail(res: ServerResponse): void {
  if (res.headersSent) return void res.destroy()
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  res.writeHead(500, { ...headersFor('other', 'never', 'invalid.invalid'), Connection: 'close' }).end()
}

/** The path of a request target, up to its query or fragment. */
export function pathOf(url: string | undefined): string {
  return (url ?? '').split(/[?#]/, 1)[0] as string
}

/** What is refused whoever would answer. */
function refusalOf(req: IncomingMessage): Answer | undefined {
  if ((req.url ?? '').length > limits.MAX_URL) return plain(414, 'The address is too long.')
  if (!plainHost(req.headers.host) && !isBracketed(req.headers.host))
    return plain(400, 'The Host header is not a host.')
  return undefined
}

function answer(req: IncomingMessage, components: HttpComponents): Answer {
  const { app, config, cafes, health, contentHost } = components
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    return { ...plain(405, 'Only GET and HEAD are answered here.'), headers: { Allow: 'GET, HEAD' } }
  }
  const path = pathOf(req.url)
  const host = plainHost(req.headers.host)
  const site = host === undefined ? undefined : readSiteHost(host, contentHost)
  if (host !== undefined && site) return siteAnswer(req, host, site, app)
  // No content ever becomes a service worker of this origin (the browser would not take one from a 404 either).
  if (req.headers['service-worker'] === 'script' && isContent(path)) return plain(403, 'No service worker is here.')
  if (path === '/health') return healthAnswer(health())
  if (path === '/config.json') return json(config(host))
  if (path === '/cafes') return json(cafes())
  const shell = isContent(path)
  const file = shell ? app?.page : app?.file(path)
  if (!file) return plain(404, 'There is nothing at this address.')
  if (!plainHost(req.headers.host)) return plain(421, 'Open http://cafe.localhost with the same port instead.')
  if (shell) return { status: 404, place: 'shell', keep: 'never', file }
  return { status: 200, place: file.place, keep: file.keep, file }
}

const healthAnswer = (health: { readonly ok: boolean }): Answer => ({ ...json(health), status: health.ok ? 200 : 503 })

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
  // Compressed or not: what is kept under one is no answer to whoever takes only the other.
  if (file && (await file.packed('gzip'))) headers.Vary = 'Accept-Encoding'
  const packed = file && (await bestPacked(file, req.headers['accept-encoding']))
  if (packed) [headers['Content-Encoding'], body] = packed
  headers['Content-Length'] = body.byteLength
  res.writeHead(found.status, headers)
  res.end(req.method === 'HEAD' ? undefined : body)
}
