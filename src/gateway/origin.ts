/**
 * Websites with an origin of their own (https://specs.ipfs.tech/http-gateways/subdomain-gateway/): from the host of a
 * request to the content it stands for, and from a path to the host where its content has an origin to itself. Pure: what
 * is there is the gateway's to say.
 *
 * Two forms of hosts: `<cid>.ipfs.<host>` and `<key>.ipns.<host>` as the specification has them, and `<label>.<host>` for
 * the app's own sites, since a wildcard certificate covers one label only.
 */
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import { keyNameText, readKeyName } from '../core/key-name.ts'
import { cidText, fitsLabel, type Namespace, type OriginRoot } from '../core/site-name.ts'

/** What is to be done with a request. */
export type Route =
  /** Nothing special: a path of the gateway, or of whatever else this host serves. */
  | { readonly kind: 'path' }
  /** 301. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** The path in the gateway that this path on an origin of its own stands for, with the query. */
  | { readonly kind: 'origin'; readonly root: OriginRoot; readonly target: string }

export interface RouteOptions {
  /** Hosts, with a port where they have one, below which content has origins of its own. */
  readonly hosts: readonly string[]
  /** The request came through a proxy that is trusted to say which host and scheme were asked for. */
  readonly behindProxy?: boolean
}

/**
 * @throws CafeError BAD_REQUEST {what: 'label'} for a CID that does not fit a host name; {what: 'cid' | 'name'} for a host
 * below one of ours that stands for nothing.
 */
export function routeOrigin(url: URL, headers: Headers, { hosts, behindProxy = false }: RouteOptions): Route {
  const uri = uriRoute(url)
  if (uri) return uri
  const forwarded = (name: string): string | undefined =>
    (behindProxy && headers.get(name)?.split(',', 1)[0]?.trim().toLowerCase()) || undefined
  const host = forwarded('x-forwarded-host') ?? url.host
  const scheme = forwarded('x-forwarded-proto') === 'https' ? 'https:' : url.protocol
  for (const base of hosts) {
    if (host === base) return pathRoute(url, scheme, base)
    if (!host.endsWith(`.${base}`)) continue
    const found = /^(.+)\.(ip[fn]s)$/.exec(host.slice(0, -base.length - 1))
    if (found) return hostRoute(url, scheme, base, found[1] as string, found[2] as Namespace)
  }
  return { kind: 'path' }
}

/** `?uri=ipfs://…`: what browsers ask for whom this gateway is registered as the handler of these schemes. */
function uriRoute({ pathname, searchParams }: URL): Route | undefined {
  if (!/^\/ip[fn]s\/$/.test(pathname)) return undefined
  const found = /^(ip[fn]s):\/\/([^?#]+)/.exec(searchParams.get('uri') ?? '')
  if (!found) return undefined
  const path = (found[2] as string).split('/').map((name) => encodeURIComponent(decodeName(name)))
  return { kind: 'redirect', location: `/${found[1]}/${path.join('/')}` }
}

/** A path on the host itself: its content is shown on an origin of its own only. */
function pathRoute(url: URL, scheme: string, base: string): Route {
  const [, namespace, name, ...rest] = url.pathname.split('/')
  if (!name || (namespace !== 'ipfs' && namespace !== 'ipns')) return { kind: 'path' }
  let label: string
  try {
    label = labelOf(namespace, decodeName(name))
  } catch (error) {
    // What is wrong with a CID, the gateway says best.
    if (error instanceof CafeError && error.data['what'] !== 'label') return { kind: 'path' }
    throw error
  }
  return { kind: 'redirect', location: `${scheme}//${label}.${namespace}.${base}/${rest.join('/')}${url.search}` }
}

function hostRoute(url: URL, scheme: string, base: string, label: string, namespace: Namespace): Route {
  const name = nameOfLabel(namespace, label)
  const canonical = labelOf(namespace, name)
  // A domain may stand there dot by dot where no certificate is in the way.
  const fine = label === canonical || (label === name && label.includes('.') && scheme === 'http:')
  if (!fine)
    return { kind: 'redirect', location: `${scheme}//${canonical}.${namespace}.${base}${url.pathname}${url.search}` }
  return { kind: 'origin', root: { namespace, name }, target: targetOf({ namespace, name }, url) }
}

/** The path of the gateway that a URL on the origin of `root` stands for. */
export const targetOf = ({ namespace, name }: OriginRoot, { pathname, search }: URL): string =>
  `/${namespace}/${name}${pathname}${search}`

function labelOf(namespace: Namespace, name: string): string {
  if (namespace === 'ipfs') return fitsLabel(cidText(parseCid(name)))
  const key = readKeyName(name)
  if (key) return fitsLabel(keyNameText(key))
  if (!isDomain(name)) throw new CafeError('BAD_REQUEST', { what: 'name' })
  // `example.org` as one label, which a certificate for *.ipns.<host> covers.
  return fitsLabel(name.replaceAll('-', '--').replaceAll('.', '-'))
}

function nameOfLabel(namespace: Namespace, label: string): string {
  if (namespace === 'ipfs') return cidText(parseCid(fitsLabel(label)))
  const key = readKeyName(label)
  if (key) return keyNameText(key)
  const name = label.includes('.') ? label : label.replaceAll(/--|-/g, (dash) => (dash === '--' ? '-' : '.'))
  if (!isDomain(name)) throw new CafeError('BAD_REQUEST', { what: 'name' })
  return name
}

/** A domain of at least two labels, for DNSLink; who resolves names says whether there is one. */
const isDomain = (name: string): boolean =>
  name.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(name)

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
