/**
 * "Open as website": whether a folder can be opened on an origin of its own, where its scripts may run, and what to say
 * where it cannot. The host of the app says in `/config.json` if there are such origins below it.
 */
import { CID } from 'multiformats/cid'
import { siteLabel } from '../core/site-name.ts'

/** The address of the website, or why there is none, for people. */
export type SiteOffer = { readonly href: string } | { readonly why: string }

export interface SiteQuestion {
  /** Of the folder that has the `index.html`. */
  readonly cid: string
  /** Its link has a key. */
  readonly keyed: boolean
  /** From `/config.json`. */
  readonly contentHost: string | undefined
  /** Where the app is. */
  readonly at: Pick<Location, 'protocol' | 'host' | 'hostname'>
}

const PRIVATE =
  'This folder is encrypted. A website with scripts gets an address that names its content, so only public folders open as one.'
const NO_HOST =
  'Scripts of a website may not run at this address, since your keys are here. They need an address of their own, which whoever runs this app has not set up. You can save the folder, or look at it without scripts.'
const TOO_LONG = 'The name of this content is too long for an address of its own.'

/** @example offerSite({ cid: 'bafy…', keyed: false, contentHost: 'cafe.localhost', at: location }) */
export function offerSite({ cid, keyed, contentHost, at }: SiteQuestion): SiteOffer {
  if (keyed) return { why: PRIVATE }
  // The same host as the app's, or the browser keeps what is of one apart from the other.
  if (contentHost !== at.hostname) return { why: NO_HOST }
  try {
    return { href: `${at.protocol}//${siteLabel(CID.parse(cid))}.${at.host}/` }
  } catch {
    return { why: TOO_LONG }
  }
}

const MAX_CONFIG = 16 * 1024

/** What the app's host says; undefined if it says nothing, as a plain static host does. */
export async function contentHost(load: typeof fetch = fetch): Promise<string | undefined> {
  try {
    const response = await load('/config.json', { cache: 'no-cache' })
    const text = await response.text()
    if (!response.ok || text.length > MAX_CONFIG) return undefined
    const { contentHost }: { contentHost?: unknown } = JSON.parse(text)
    return typeof contentHost === 'string' ? contentHost : undefined
  } catch {
    // Offline, or no such file: then there is no host to open anything at either.
    return undefined
  }
}
