/**
 * "Open as website": whether a folder can be opened on an origin of its own, where its scripts may run, and what to say
 * where it cannot. The host of the app says in `/config.json` if there are such origins below it.
 */
import { CID } from 'multiformats/cid'
import { siteLabel } from '../core/site-name.ts'

/** The host below which websites are; undefined if there is none; `unknown` if nobody could be asked. */
export type ContentHost = { readonly name: string | undefined } | 'unknown'

/**
 * The address of the website, or why there is none: the content is `private`, the app's `host` has no such addresses, it is
 * `unknown` whether it has, or the name is too `long`.
 */
export type SiteOffer = { readonly href: string } | { readonly why: 'private' | 'host' | 'unknown' | 'long' }

export interface SiteQuestion {
  /** Of the folder that has the `index.html`. */
  readonly cid: string
  /** Its link has a key. */
  readonly keyed: boolean
  /** From `/config.json`; see {@link contentHost}. */
  readonly contentHost: ContentHost
  /** Where the app is. */
  readonly at: Pick<Location, 'protocol' | 'host' | 'hostname'>
}

/** @example offerSite({ cid: 'bafy…', keyed: false, contentHost: { name: 'cafe.localhost' }, at: location }) */
export function offerSite({ cid, keyed, contentHost, at }: SiteQuestion): SiteOffer {
  if (keyed) return { why: 'private' }
  if (contentHost === 'unknown') return { why: 'unknown' }
  // The same host as the app's, or the browser keeps what is of one apart from the other.
  if (contentHost.name !== at.hostname) return { why: 'host' }
  try {
    return { href: `${at.protocol}//${siteLabel(CID.parse(cid))}.${at.host}/` }
  } catch {
    return { why: 'long' }
  }
}

const MAX_CONFIG = 16 * 1024
/** Milliseconds for the app's host: somebody waits to see what can be done with the folder. */
const PATIENCE = 5000

/** What the app's host says; a plain static host has no such file, and says that there are no websites below it. */
export async function contentHost(load: typeof fetch = fetch): Promise<ContentHost> {
  try {
    const signal = AbortSignal.timeout(PATIENCE)
    // Without cookies: a website could have set so many that the host refuses to answer.
    const response = await load('/config.json', { cache: 'no-cache', credentials: 'omit', signal })
    if (!response.ok) return response.status === 404 ? { name: undefined } : 'unknown'
    return { name: hostIn(await response.text()) }
  } catch {
    return 'unknown'
  }
}

function hostIn(text: string): string | undefined {
  if (text.length > MAX_CONFIG) return undefined
  try {
    const { contentHost }: { contentHost?: unknown } = JSON.parse(text)
    return typeof contentHost === 'string' ? contentHost : undefined
  } catch {
    // The page of a host that has one for every address.
    return undefined
  }
}
