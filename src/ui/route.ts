/** Where in the app we are, read from the address: pure, so that every address has one tested meaning. */
import { MAX_INVITE } from '../core/limits.ts'

export type Route =
  | { readonly view: 'home' | 'host' | 'files' | 'account' }
  /** `code` is the invite of the link that was opened, if there was one. */
  | { readonly view: 'join'; readonly code?: string }
  /** `code` is the link of a device that is to be given this account. */
  | { readonly view: 'link'; readonly code: string }

/**
 * The route a fragment names: `#`, `#host`, `#files`, `#account`, `#join`, `#join=<code>`, `#link=<code>`. Anything else is home.
 *
 * @example
 * ```ts
 * readRoute('#join=abc') // { view: 'join', code: 'abc' }
 * ```
 */
export function readRoute(hash: string): Route {
  const [name = '', ...rest] = hash.replace(/^#/, '').split('=')
  if (name === 'host' || name === 'files' || name === 'account') return { view: name }
  const code = rest.join('=')
  if (name === 'link') return code === '' || code.length > MAX_INVITE ? { view: 'account' } : { view: 'link', code }
  if (name !== 'join') return { view: 'home' }
  return code === '' || code.length > MAX_INVITE ? { view: 'join' } : { view: 'join', code }
}

/** True for a path of the gateway, `/ipfs/…` or `/ipns/…`: this page then stands in for the service worker's answer. */
export function isGatewayPath(pathname: string): boolean {
  return /^\/ip[fn]s\/./.test(pathname)
}
