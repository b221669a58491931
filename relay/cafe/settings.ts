/** The settings of the cafe in Node as a table (see `../settings.ts`), checked before anything starts. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { mode } from '../../src/cafe/session/terms.ts'
import { name, v } from '../../src/core/schema.ts'
import { isMultiaddr } from '../config.ts'
import { describeSettings, readSettings, type Settings, setting, UsageError, type Values } from '../settings.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }

/** Bytes, such as `500MB` or `20 GB`. */
export const size = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}(\.\d{1,3})?\s*([kmgt]b)?$/i),
  v.transform((text) =>
    Math.round(Number.parseFloat(text) * (UNITS[/[a-z]*$/i.exec(text)?.[0].toLowerCase() ?? ''] ?? 1)),
  ),
  v.maxValue(Number.MAX_SAFE_INTEGER),
)
const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.maxValue(65_535))
const addresses = v.pipe(v.array(v.pipe(v.string(), v.check(isMultiaddr))), v.maxLength(8))
const path = v.pipe(v.string(), v.nonEmpty())
const A_PORT = 'a number from 0 to 65535'

/** Every setting, a row each; the order is that of the help. */
export const CAFE_SETTINGS = {
  config: setting({
    ...{ flag: 'config', env: 'CAFE_CONFIG', kind: 'text', value: 'file', schema: v.optional(path), needs: 'a file' },
    help: 'settings as a JSON object, with the names of these flags in camelCase: {"name": "Corner", "cafePort": 9091}',
  }),
  name: setting({
    ...{ flag: 'name', env: 'CAFE_NAME', kind: 'text', value: 'text', schema: v.optional(name) },
    ...{ needs: 'a name of up to 64 characters', help: 'what it is called; as before without it, Popup Cafe at first' },
  }),
  mode: setting({
    ...{ flag: 'mode', env: 'CAFE_MODE', kind: 'text', value: 'm', schema: v.optional(mode) },
    needs: 'invite, ask or open',
    help: 'whom it admits: invite, ask or open; as before without it, invite at first',
  }),
  budget: setting({
    ...{ flag: 'budget', env: 'CAFE_BUDGET', kind: 'text', value: 'size', schema: v.optional(size) },
    needs: 'a number of bytes, such as 20GB',
    help: 'to keep for all, such as 20GB; as before without it, 8 GiB at first',
  }),
  port: setting({
    ...{ flag: 'port', env: 'PORT', kind: 'text', value: 'n', fallback: '8091', schema: port, needs: A_PORT },
    help: 'http; 8091 without it (0: any free port)',
  }),
  cafePort: setting({
    ...{ flag: 'cafe-port', env: 'CAFE_PORT', kind: 'text', value: 'n', schema: v.optional(port), needs: A_PORT },
    help: 'libp2p over WebSocket; 9091 without it, or any free port with --port 0',
  }),
  httpsPort: setting({
    ...{ flag: 'https-port', env: 'HTTPS_PORT', kind: 'text', value: 'n', schema: v.optional(port), needs: A_PORT },
    help: 'https and wss, with a certificate; 8444 without it, or any free port with --port 0',
  }),
  host: setting({
    ...{ flag: 'host', env: 'HOST', kind: 'text', value: 'ip', fallback: 'localhost' },
    schema: v.pipe(
      v.string(),
      v.check((host) => host === 'localhost' || isIP(host) !== 0),
    ),
    needs: 'an IP address or localhost',
    help: 'where to listen; this machine only without it, 0.0.0.0 for the network',
  }),
  data: setting({
    ...{ flag: 'data', env: 'CAFE_DATA', kind: 'text', value: 'folder', fallback: '.data/cafe', schema: path },
    ...{ needs: 'a folder', help: 'its keys, and what it keeps; .data/cafe without it' },
  }),
  store: setting({
    ...{ flag: 'store', env: 'CAFE_STORE', kind: 'text', value: 'url', schema: v.optional(path), needs: 'a URL' },
    help: 'keeps it elsewhere than in the data folder',
  }),
  tlsCert: setting({
    ...{ flag: 'tls-cert', env: 'TLS_CERT', kind: 'text', value: 'file', schema: v.optional(path) },
    needs: 'a PEM file',
    help: 'certificate chain for https and wss; read again when it changes, or on SIGHUP',
  }),
  tlsKey: setting({
    ...{ flag: 'tls-key', env: 'TLS_KEY', kind: 'text', value: 'file', schema: v.optional(path) },
    ...{ needs: 'a PEM file', help: 'its private key' },
  }),
  relay: setting({
    ...{ flag: 'relay', env: 'CAFE_RELAY', kind: 'list', value: 'addr' },
    schema: v.pipe(
      addresses,
      v.everyItem((address) => /\/p2p\/\w+$/.test(address)),
    ),
    needs: 'at most eight multiaddrs that end in /p2p/<peer id>',
    help: 'holds a seat there, repeatable',
  }),
  announce: setting({
    ...{ flag: 'announce', env: 'CAFE_ANNOUNCE', kind: 'list', value: 'addr', schema: addresses },
    needs: 'at most eight multiaddrs, such as /dns4/cafe.example/tcp/443/wss',
    help: 'public multiaddr, repeatable',
  }),
  app: setting({
    ...{ flag: 'app', env: 'CAFE_APP', kind: 'text', value: 'url', fallback: 'http://cafe.localhost:8080' },
    schema: v.pipe(
      v.string(),
      v.check((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '')),
      v.transform((text) => new URL(text).origin),
    ),
    needs: 'the http or https address of the app',
    help: 'where the app is served; http://cafe.localhost:8080 without it',
  }),
  verbose: setting({
    ...{ flag: 'verbose', kind: 'switch', schema: v.boolean(), needs: 'no value' },
    help: 'log requests, never a query string',
  }),
  json: setting({
    ...{ flag: 'json', kind: 'switch', schema: v.boolean(), needs: 'no value' },
    help: 'print one line of JSON when ready',
  }),
} as const satisfies Settings

export const CAFE_SETTINGS_HELP = describeSettings(CAFE_SETTINGS)

/** What a cafe in Node runs with; ports are 0 to 65535 (0: any free one). */
export type CafeConfig = Omit<Values<typeof CAFE_SETTINGS>, 'config' | 'cafePort' | 'httpsPort'> & {
  readonly cafePort: number
  readonly httpsPort: number
}

/**
 * Settings from arguments (without node, script and words) and environment.
 * @returns the settings, or 'help' if the person asked for it.
 * @throws UsageError for an unknown flag or an unusable value.
 */
export function readCafeConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CafeConfig | 'help' {
  const values = readSettings(CAFE_SETTINGS, { args, env, readFile: (file) => readFileSync(file, 'utf8') })
  if (values === 'help') return 'help'
  const { config: _, ...given } = values
  // Whoever asks for any free port wants no fixed one beside it.
  const any = given.port === 0
  const ports = { cafePort: given.cafePort ?? (any ? 0 : 9091), httpsPort: given.httpsPort ?? (any ? 0 : 8444) }
  if ((given.tlsCert === undefined) !== (given.tlsKey === undefined))
    throw new UsageError('--tls-cert (TLS_CERT) and --tls-key (TLS_KEY) need each other.')
  return { ...given, ...ports }
}
