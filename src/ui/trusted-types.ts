/**
 * What the page may turn text into, where the browser asks (Trusted Types, which the policy of relay/csp.ts requires):
 * scripts only from the build's own folder and the service worker's own file, as addresses of workers; HTML only by Lit,
 * whose policy takes templates of ours; code from text never. The content policy says the same of what is fetched: each
 * of the two suffices alone.
 */

/** What we use of the browser's `trustedTypes`; TypeScript's own library does not know it yet. */
interface PolicyFactory {
  createPolicy(name: string, rules: { readonly createScriptURL: (url: string) => string | null }): unknown
}

/** Files of the app that run: hashed ones, and the one whose address must stay. */
const CODE = /^\/(?:assets\/[\w.-]+\.js|sw\.js)$/

/**
 * `url` if it may be the address of a worker of ours, else null. What is no address at all starts no worker, so it is left
 * for the browser to refuse.
 *
 * @example
 * ```ts
 * scriptAddress('/assets/worker-main-1a2b.js', 'http://cafe.localhost/') // the same text
 * scriptAddress('/ipfs/bafy…/evil.js', 'http://cafe.localhost/') // null
 * ```
 */
export function scriptAddress(url: string, base: string): string | null {
  if (!URL.canParse(url, base)) return url
  const { origin, pathname } = new URL(url, base)
  return origin === new URL(base).origin && CODE.test(pathname) ? url : null
}

/** Call once, before any worker is started. */
export function guardScripts(): void {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory }
  trustedTypes?.createPolicy('default', { createScriptURL: (url) => scriptAddress(url, location.href) })
}
