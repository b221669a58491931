/**
 * Hosts of websites: `<cid>.<content host>` and `<key>.<content host>`, each an origin of its own. There is nothing of the
 * app on them and nothing of theirs here: every path has the page that opens the website in the browser, and there is one
 * service worker. The forms of the gateway specification, `<cid>.ipfs.<host>` and `<key>.ipns.<host>`, lead to these: one
 * label below the host, which is all a wildcard certificate covers.
 */
import { createHash } from 'node:crypto'
import { parseCid } from '../src/core/block.ts'
import { keyNameText, readKeyName } from '../src/core/key-name.ts'
import { siteLabel, siteRoot } from '../src/core/site-name.ts'

/** What a host is. */
export type SiteHost =
  | { readonly kind: 'site'; readonly label: string }
  /** Another way to write one: its host is `label` below the content host. */
  | { readonly kind: 'moved'; readonly label: string }
  /** Below the content host, but nothing can be there. */
  | { readonly kind: 'nothing' }

/**
 * @param host as a request has it, in lower case, with a port if there is one.
 * @param contentHost without a port; undefined if there are no websites here.
 * @returns undefined if it is not below the content host: then it is the app's.
 */
export function readSiteHost(host: string, contentHost: string | undefined): SiteHost | undefined {
  const name = host.replace(/:\d+$/, '')
  if (contentHost === undefined || !name.endsWith(`.${contentHost}`)) return undefined
  const [label = '', namespace, ...more] = name.slice(0, -contentHost.length - 1).split('.')
  const nothing = { kind: 'nothing' } as const
  if (more.length > 0) return nothing
  if (namespace === undefined && siteRoot(label)) return { kind: 'site', label }
  const canonical = canonicalLabel(label, namespace)
  return canonical === undefined ? nothing : { kind: 'moved', label: canonical }
}

function canonicalLabel(label: string, namespace: string | undefined): string | undefined {
  if (namespace !== undefined && namespace !== 'ipfs' && namespace !== 'ipns') return undefined
  try {
    if (namespace !== 'ipns' && !siteRootIsKey(label)) return siteLabel(parseCid(label))
    const key = readKeyName(label)
    return key && keyNameText(key)
  } catch {
    return undefined
  }
}

const siteRootIsKey = (label: string): boolean => siteRoot(label)?.namespace === 'ipns'

/** The page that opens a website: all of it in one, so that its origin has no path that is not the website's. */
export interface SitePage {
  readonly bytes: Uint8Array
  /** For the page's policy. */
  readonly scriptHash: string
}

/** @param script the built `src/ui/site-boot.ts`. */
export function sitePage(script: Uint8Array): SitePage {
  // The end of the element must not be in it; there is no other way out of a script.
  const code = new TextDecoder().decode(script).trim().replaceAll('</script', '<\\/script')
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Opening…</title>
<style>main{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:20vh auto;padding:0 1rem}</style>
<main role="status">Opening this website…</main>
<noscript>This website is put together inside your browser, so it needs JavaScript.</noscript>
<script type="module">${code}</script>
`
  return {
    bytes: new TextEncoder().encode(html),
    scriptHash: `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  }
}

/** The page's policy: its one script, the one worker, the bridge in a frame. */
export function sitePolicy(host: string, scriptHash: string): string {
  const app = host.slice(host.indexOf('.') + 1)
  return [
    "default-src 'none'",
    `script-src ${scriptHash}`,
    `worker-src ${host}/site-sw.js`,
    `frame-src ${host} ${app}/site-bridge.html`,
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ')
}

/** The service worker of every website. */
export const SITE_WORKER_PATH = '/site-sw.js'
/** The worker's own policy: it fetches the page it stands in for, and nothing else. */
export const SITE_WORKER_POLICY = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
