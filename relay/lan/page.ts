/**
 * The page that hands out the certificate of this machine's authority, over plain http, since nobody trusts it yet. It runs no
 * script, sets nothing, and answers three addresses. Whoever could change it on the way could give another certificate:
 * hence the fingerprint, which the terminal shows too.
 */
import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Route } from '../http.ts'
import type { Authority } from './authority.ts'

export interface PageComponents {
  readonly authority: Pick<Authority, 'der' | 'fingerprint'>
  /** Where the app is, as it is now. */
  readonly urls: () => readonly string[]
  /** What the authority is called on devices that have it. */
  readonly name: string
}

const CERTIFICATE = '/popup-cafe.crt'
const PROFILE = '/popup-cafe.mobileconfig'
const STYLE =
  'body{font:1.05rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}code{word-break:break-all}li{margin:.4rem 0}'

/** Names by which a browser on this machine itself comes, where the app is fine over http. */
const HERE = /^(([^:]+\.)?localhost|127\.[\d.]+)(:\d+)?$/

/**
 * Answers on the plain http server what others on the network ask of it: the app would not work for them there. Whoever comes by
 * a name of this machine itself gets the app as ever.
 */
export function lanPage(components: PageComponents): Route {
  const { authority, name } = components
  return {
    name: 'lan',
    matches: ({ host, pathname }) => !HERE.test(host) && ['/', CERTIFICATE, PROFILE].includes(pathname),
    async answer(request, response) {
      const path = (request.url ?? '').split(/[?#]/, 1)[0]
      if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405, 'text/plain', '')
      else if (path === CERTIFICATE) send(response, 200, 'application/x-x509-ca-cert', authority.der)
      else if (path === PROFILE) send(response, 200, 'application/x-apple-aspen-config', profile(authority, name))
      else send(response, 200, 'text/html', page(components))
    },
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    'Content-Length': bytes.byteLength,
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hashOf(STYLE)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'Content-Type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')

function page({ authority, urls, name }: PageComponents): string {
  const links = urls().map((url) => `<li><a href="${plain(url)}">${plain(url)}</a></li>`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Trust this Popup Cafe</title>
<style>${STYLE}</style></head><body>
<h1>Trust this Popup Cafe</h1>
<p>Popup Cafe keeps working without its server, and encrypts on your device. Browsers allow both only over https, and for a
machine in your own network nobody can vouch but its owner. So this machine has an authority of its own. It can vouch for addresses
in private networks and names that end in <code>.local</code> alone: never for a website.</p>
<h2>1. Compare</h2>
<p>The person who started it sees this line in their terminal. Go on only if it is the same:</p>
<p><code>${plain(authority.fingerprint)}</code></p>
<h2>2. Install “${plain(name)}”</h2>
<ul>
<li><strong>iPhone, iPad:</strong> <a href="${PROFILE}">download the profile</a>, allow it, then Settings → General → VPN &amp; Device
Management → install; then Settings → General → About → Certificate Trust Settings → switch it on.</li>
<li><strong>Android:</strong> <a href="${CERTIFICATE}">download the certificate</a>, then Settings → Security → More →
Encryption &amp; credentials → Install a certificate → CA certificate.</li>
<li><strong>Windows:</strong> <a href="${CERTIFICATE}">download</a> and open it → Install → Current User → “Trusted Root Certification
Authorities”.</li>
<li><strong>macOS:</strong> <a href="${CERTIFICATE}">download</a> and open it in Keychain Access → double-click it → Trust → Always
Trust.</li>
<li><strong>Linux, Chrome:</strong> <a href="${CERTIFICATE}">download</a>, then Settings → Privacy and security → Security → Manage
certificates → Import. <strong>Firefox anywhere:</strong> Settings → Certificates → View → Authorities → Import.</li>
</ul>
<h2>3. Open the app</h2>
<ul>${links.join('')}</ul>
<p>When you need it no more, remove the certificate at the same place.</p>
</body></html>
`
}

/** An Apple configuration profile with the certificate in it; its ids follow from it, so that a second one replaces the first. */
function profile({ der, fingerprint }: PageComponents['authority'], name: string): string {
  const uuid = (part: string): string =>
    createHash('sha256')
      .update(part + fingerprint)
      .digest('hex')
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
      .toUpperCase()
  const text = (key: string, value: string): string => `<key>${key}</key><string>${plain(value)}</string>`
  const payload = (type: string, id: string): string =>
    `<key>PayloadVersion</key><integer>1</integer>${text('PayloadType', type)}${text('PayloadUUID', uuid(id))}` +
    text('PayloadIdentifier', `popup-cafe.${id}.${fingerprint.replaceAll(':', '').slice(0, 16)}`) +
    text('PayloadDisplayName', name)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>${payload('Configuration', 'profile')}<key>PayloadContent</key><array><dict>
${payload('com.apple.security.root', 'certificate')}
<key>PayloadContent</key><data>${Buffer.from(der).toString('base64')}</data></dict></array></dict></plist>
`
}

const plain = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
