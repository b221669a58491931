/** A relay on a local network: what `--lan` adds to it. */
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../src/core/log.ts'
import type { Route } from '../http.ts'
import type { Certificates } from '../tls.ts'
import { lanAddresses, PRIVATE_NAME } from './addresses.ts'
import { openAuthority } from './authority.ts'
import { lanCertificates } from './certificates.ts'
import { lanPage } from './page.ts'
import type { LanShown } from './show.ts'

export interface Lan {
  readonly certificates: Certificates
  /** Answers on the plain http server; see `page.ts`. */
  page(httpsPort: () => number): Route
  /** Where it is now, for whoever started it. */
  shown(ports: { readonly http: number; readonly https: number }): LanShown
}

/** @throws CafeError BAD_REQUEST {what: 'addresses'} if this machine is in no private network. */
export async function openLan({ data }: { readonly data: string }, log: Log): Promise<Lan> {
  const machine = (hostname().split('.')[0] ?? '').toLowerCase().replace(/[^a-z0-9-]/g, '')
  const name = `Popup Cafe${machine === '' ? '' : ` on ${machine}`}`
  const authority = await openAuthority(join(data, 'lan'), name)
  const addresses = (): readonly string[] => lanAddresses(networkInterfaces())
  const names = (): readonly string[] => {
    const own = addresses()
    return own.length === 0 || machine === '' ? own : [...own, `${machine}.${PRIVATE_NAME}`]
  }
  const urls = (scheme: string, port: number): string[] =>
    addresses().map((address) => `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}/`)
  return {
    certificates: await lanCertificates({ authority, names, log }),
    page: (httpsPort) => lanPage({ authority, name, urls: () => urls('https', httpsPort()) }),
    shown: ({ http, https }) => ({
      // A policy cannot name an IPv6 address, so the app is not served at one (see `csp.ts`).
      urls: urls('https', https).filter((url) => !url.includes('[')),
      page: urls('http', http)[0] ?? '',
      fingerprint: authority.fingerprint,
    }),
  }
}
