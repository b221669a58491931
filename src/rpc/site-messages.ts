/**
 * How a website on an origin of its own gets to blocks. Its bootstrap page shows the app's bridge in a hidden frame, makes
 * a channel, and gives one end to the bridge and the other to the website's service worker. The bridge hands its end to
 * the node, which serves `SiteApi` there: blocks of this one website, and nothing else.
 *
 * | from              | to                | message        | means                                                  |
 * |-------------------|-------------------|----------------|--------------------------------------------------------|
 * | bridge            | the page around it | `bridge-ready` | now                                                    |
 * | bootstrap page    | bridge            | `site-port`    | serve my website at this port (the transferred object) |
 * | bridge            | bootstrap page    | `site-given`   | done; does the node outlive this page?                 |
 * | bridge            | bootstrap page    | `site-refused` | no node, or no website of that name                    |
 * | bootstrap page    | service worker    | `site-port`    | the other end                                          |
 *
 * Which website it is, the bridge takes from the origin of the message, which nobody can forge, and never from its content.
 */

/** The bridge's place on the app's origin. */
export const BRIDGE_PATH = '/site-bridge.html'
/** The website's service worker, on each website's own origin. */
export const SITE_WORKER_PATH = '/site-sw.js'

export const BRIDGE_READY = { type: 'cafe:bridge-ready' } as const
export const SITE_PORT = { type: 'cafe:site-port' } as const
export const SITE_REFUSED = { type: 'cafe:site-refused' } as const

export interface SiteGiven {
  readonly type: 'cafe:site-given'
  /** The node lives on when the page that started it goes: then the page may be loaded again. */
  readonly outlives: boolean
}

export const isBridgeReady = (data: unknown): boolean => typeOf(data) === BRIDGE_READY.type
export const isSitePort = (data: unknown): boolean => typeOf(data) === SITE_PORT.type
export const isSiteRefused = (data: unknown): boolean => typeOf(data) === SITE_REFUSED.type
export const isSiteGiven = (data: unknown): data is SiteGiven =>
  typeOf(data) === 'cafe:site-given' && typeof (data as { outlives?: unknown }).outlives === 'boolean'

function typeOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined
}

/**
 * The label of the website at `origin`, if it is one right below the app's own `host`: scheme and port are the same too.
 *
 * @example
 * ```ts
 * labelOfSite('http://bafy….cafe.localhost:8080', { protocol: 'http:', host: 'cafe.localhost:8080' }) // 'bafy…'
 * ```
 */
export function labelOfSite(
  origin: string,
  app: { readonly protocol: string; readonly host: string },
): string | undefined {
  const start = `${app.protocol}//`
  const end = `.${app.host}`
  if (!origin.startsWith(start) || !origin.endsWith(end)) return undefined
  const label = origin.slice(start.length, -end.length)
  return /^[a-z0-9]{1,63}$/.test(label) ? label : undefined
}
