/** One fetch for `/ipfs/`: what the browser knows about it, told to the gateway; and the gateway's answer made fit. */
import type { CafeError } from '../src/core/errors.ts'
import type { Gateway, GatewayOptions } from '../src/gateway/gateway.ts'
import { unwatched } from '../src/gateway/stream.ts'
import type { Watches } from './watches.ts'

export interface HandlerComponents extends Pick<GatewayOptions, 'begin'> {
  readonly gateway: Gateway
  /** URL of the window that asks, if it is known. */
  urlOfClient(id: string): Promise<string | undefined>
  /** See shell.ts. */
  shell(): Promise<Response | undefined>
  /** Whom to tell of requests; nobody without it. */
  readonly watches?: Pick<Watches, 'begin'>
}

/** What we use of a FetchEvent. */
export interface Fetch {
  readonly request: Request
  readonly clientId: string
}

export type Handler = (event: Fetch) => Promise<Response>

/** Paths of content: under its own name, and under a name that its owner may point elsewhere. */
export const isContentPath = (pathname: string): boolean => /^\/ip[fn]s\/./.test(pathname)

/** True for the app's own page: content, and pages that stand in for it, have paths of their own. */
export const isAppPage = (url: string): boolean => /^\/(index\.html)?$/.test(new URL(url).pathname)

export function createHandler({ gateway, urlOfClient, shell, begin, watches }: HandlerComponents): Handler {
  return async ({ request, clientId }) => {
    const { destination } = request
    const watching = watches?.begin(request)
    const navigation = request.mode === 'navigate'
    // Only these are given to content and refused to the app; for the others nobody need be looked up.
    const asker = destination === 'style' || destination === 'font' ? await urlOfClient(clientId) : undefined
    const response = await gateway(request, {
      navigation,
      destination,
      begin: watching ? both(begin, watching.begin) : begin,
      onBlock: watching?.onBlock,
      fromContent: asker !== undefined && isContentPath(new URL(asker).pathname),
      async onError(error) {
        // In a frame there is a window around it that could have answered; only a page of its own can start the node.
        return destination === 'document' && (needsNode(error) || needsPassword(error)) ? shell() : undefined
      },
    })
    watching?.answered(response)
    return absolute(response, request.url)
  }
}

/** Tells two of a body. */
const both =
  (one: GatewayOptions['begin'] = unwatched, other: () => () => void): GatewayOptions['begin'] =>
  () => {
    const ends = [one(), other()]
    return () => {
      for (const end of ends) end()
    }
  }

const needsNode = ({ code, data }: CafeError): boolean => code === 'UNREACHABLE' && data['what'] === 'node'

/** Only a page can ask for it. */
const needsPassword = ({ code, data }: CafeError): boolean => code === 'SEALED' && data['what'] === 'password'

/** The gateway redirects relatively, but a made-up response has no address that a browser could resolve against. */
export function absolute(response: Response, url: string): Response {
  const location = response.headers.get('Location')
  if (location === null) return response
  // A Location without a fragment inherits the request's.
  const target = new URL(location, url)
  const headers = new Headers(response.headers)
  headers.set('Location', target.href)
  return new Response(response.body, { status: response.status, headers })
}
