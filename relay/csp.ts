/**
 * Content security policies of the app's own origin. `/ipfs/*` shares that origin, so nothing may be loaded as code
 * from `'self'`: scripts and workers come from `<host>/assets/` and `<host>/sw.js` only.
 */

/**
 * Who reads the policy: the app's page; the bootstrap shell that answers `/ipfs/*` before the service worker runs (the
 * app may frame it); the bridge, which websites right below the host may frame (see `src/ui/site-bridge.ts`); the page
 * that repairs the app; a worker's or page's script; the service worker; any other file or answer.
 */
export type Place = 'page' | 'shell' | 'bridge' | 'reset' | 'script' | 'sw' | 'other'

const HOST = /^(?=.{1,255}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62}))*(?::[0-9]{1,5})?$/i

/**
 * The `Host` header if it is a plain name or IPv4 address with an optional port, which alone may be reflected into a
 * header; else `undefined`. IPv6 literals are not: a policy cannot name them (CSP3, host-source).
 */
export function plainHost(header: string | undefined): string | undefined {
  return header !== undefined && HOST.test(header) ? header.toLowerCase() : undefined
}

/**
 * The policy for `place`. Sources carry no scheme, so they hold behind a TLS proxy as well.
 *
 * @param host as {@link plainHost} gives it.
 * @example
 * ```ts
 * contentSecurityPolicy('page', 'cafe.localhost:8080') // "default-src 'none'; script-src cafe.localhost:8080/assets/; …"
 * ```
 */
export function contentSecurityPolicy(place: Place, host: string): string {
  const directives = DIRECTIVES[place](`${host}/assets/`, host)
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ')
}

type Directives = Readonly<Record<string, string>>

/** Text becomes code only by these: our rule for workers' addresses (src/ui/trusted-types.ts), and Lit's for templates. */
const TRUSTED_TYPES = { 'require-trusted-types-for': "'script'", 'trusted-types': 'default lit-html' }
/** A worker makes no code from text at all. */
const NO_TYPES = { ...TRUSTED_TYPES, 'trusted-types': "'none'" }

/** The relay is ws: in development and on a LAN, wss: elsewhere; its address is configuration, so any is allowed. */
const CONNECT = "'self' ws: wss:"

const page = (assets: string, host: string): Directives => ({
  'default-src': "'none'",
  'script-src': assets,
  'worker-src': `${assets} ${host}/sw.js`,
  'connect-src': CONNECT,
  // Lit and Web Awesome set style attributes; styles run no code.
  'style-src': `${assets} 'unsafe-inline'`,
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob: data:",
  'font-src': `${assets} data:`,
  'manifest-src': `${host}/manifest.webmanifest`,
  'frame-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
  ...TRUSTED_TYPES,
})

const DIRECTIVES: Readonly<Record<Place, (assets: string, host: string) => Directives>> = {
  page,
  shell: (assets, host) => ({ ...page(assets, host), 'frame-ancestors': "'self'" }),
  bridge: (assets, host) => ({
    ...{
      'default-src': "'none'",
      'script-src': assets,
      'worker-src': `${assets} ${host}/sw.js`,
      'connect-src': CONNECT,
    },
    ...{ 'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': `*.${host}` },
    ...TRUSTED_TYPES,
  }),
  // One script under a fixed name, whatever the state of the app; it makes no code of text.
  reset: (_assets, host) => ({
    'default-src': "'none'",
    'script-src': `${host}/reset.js`,
    'style-src': "'unsafe-inline'",
    'img-src': `${host}/favicon.svg`,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    ...NO_TYPES,
  }),
  // A worker obeys the policy of its own script, not the page's.
  script: (assets) => ({
    'default-src': "'none'",
    'script-src': assets,
    'worker-src': assets,
    'connect-src': CONNECT,
    'frame-ancestors': "'none'",
    ...NO_TYPES,
  }),
  sw: () => ({ 'default-src': "'none'", 'connect-src': "'self'", 'frame-ancestors': "'none'", ...NO_TYPES }),
  other: () => ({ 'default-src': "'none'", 'style-src': "'unsafe-inline'", 'frame-ancestors': "'none'" }),
}
