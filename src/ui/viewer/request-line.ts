/** How a request is written where people and reports see it: never with what opens it. Pure. */
import { partsOf } from './content.ts'

/** Parameters of a query that stand for a key; the fragment is left out whole. */
const SECRET: readonly string[] = ['key', 'keys', 'link']

/**
 * Method, path and query of a request for `link`, without any key in it.
 *
 * @example
 * ```ts
 * requestLine('GET', '/ipfs/bafy…/a.jpg?key=u…') // 'GET /ipfs/bafy…/a.jpg?key=…'
 * ```
 */
export function requestLine(method: string, link: string): string {
  const { path, query } = partsOf(link)
  const said = new URLSearchParams(query)
  const rest = [...said].map(([name, value]) =>
    SECRET.includes(name) ? `${name}=…` : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  )
  return `${method} ${path}${rest.length === 0 ? '' : `?${rest.join('&')}`}`
}
