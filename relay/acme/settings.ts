/** Settings of automatic certificates: rows for the table in `config.ts`, and what they mean together. */
import { v } from '../../src/core/schema.ts'
import { type Settings, setting, UsageError, type Values } from '../settings.ts'

/** Names in one certificate: each costs the authority a visit. */
const MAX_NAMES = 16
/** No patterns: those are not proved over http. */
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/

export const ACME_SETTINGS = {
  acmeDomain: setting({
    ...{ flag: 'acme-domain', env: 'ACME_DOMAIN', kind: 'list', value: 'name' },
    schema: v.pipe(v.array(v.pipe(v.string(), v.regex(HOST_NAME))), v.maxLength(MAX_NAMES)),
    needs: `at most ${MAX_NAMES} host names in lower case, such as cafe.example`,
    help: 'gets a certificate for this name by itself, and renews it, repeatable; port 80 of the name has to lead to --port',
  }),
  acmeEmail: setting({
    ...{ flag: 'acme-email', env: 'ACME_EMAIL', kind: 'text', value: 'addr' },
    schema: v.optional(v.pipe(v.string(), v.maxLength(254), v.regex(/^[^\s@,?]+@[^\s@,?]+$/))),
    needs: 'an email address',
    help: 'where the certificate authority writes to if something is wrong; none without it',
  }),
  acmeDirectory: setting({
    ...{ flag: 'acme-directory', env: 'ACME_DIRECTORY', kind: 'text', value: 'url' },
    fallback: 'https://acme-v02.api.letsencrypt.org/directory',
    schema: v.pipe(v.string(), v.maxLength(512), v.check(isDirectory)),
    needs: 'an https address (http on this machine only)',
    help: "the certificate authority's ACME directory; that of Let's Encrypt without it",
  }),
  acmeAcceptTerms: setting({
    ...{ flag: 'acme-accept-terms', env: 'ACME_ACCEPT_TERMS', kind: 'switch' },
    ...{ schema: v.boolean(), needs: 'on or off' },
    help: 'says that you agree to the terms of that authority; without it no certificate is asked for',
  }),
} as const satisfies Settings

export type AcmeSettings = Values<typeof ACME_SETTINGS>

/** @throws UsageError if they do not go with each other, or with another way to certificates. */
export function checkAcme(
  config: Pick<AcmeSettings, 'acmeDomain' | 'acmeAcceptTerms' | 'acmeDirectory'> & {
    readonly tlsCert?: string | undefined
    readonly lan: boolean
  },
): void {
  if (config.acmeDomain.length === 0) return
  const name = '--acme-domain (ACME_DOMAIN)'
  if (config.lan) throw new UsageError(`--lan (LAN) makes its own certificates: leave out ${name}.`)
  if (config.tlsCert !== undefined)
    throw new UsageError(`--tls-cert (TLS_CERT) is a certificate already: leave it out, or ${name}.`)
  if (!config.acmeAcceptTerms)
    throw new UsageError(
      `${name} needs --acme-accept-terms (ACME_ACCEPT_TERMS): read the terms of the authority at ${new URL(config.acmeDirectory).host}, and say so if you agree.`,
    )
}

function isDirectory(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username } = new URL(text)
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && here))
}
