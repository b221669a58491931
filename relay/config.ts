/** The relay's settings as a table (see `settings.ts`), checked before anything starts. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { name, v } from '../src/core/schema.ts'
import { ACME_SETTINGS, checkAcme } from './acme/settings.ts'
import { MAX_DRAIN } from './limits.ts'
import type { Policy } from './policy.ts'
import { type MetricsReaders, POLICY_SETTINGS, policyOf } from './policy-settings.ts'
import { describeSettings, readSettings, type Settings, setting, UsageError, type Values } from './settings.ts'

export { UsageError } from './settings.ts'

/** A server for finding (STUN) or relaying (TURN) direct paths: the browser's RTCIceServer. */
const iceServer = v.strictObject({
  urls: v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((urls) => [urls].flat()),
    v.minLength(1),
    v.maxLength(8),
    v.everyItem((url) => /^(stuns?|turns?):[\w.:[\]-]{1,255}(\?transport=(udp|tcp))?$/.test(url)),
  ),
  username: v.optional(v.pipe(v.string(), v.maxLength(512))),
  credential: v.optional(v.pipe(v.string(), v.maxLength(512))),
})

const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.maxValue(65_535))
const folder = v.pipe(v.string(), v.minLength(1))

const servers = v.pipe(v.string(), v.transform(parseIceServers), v.pipe(v.array(iceServer), v.maxLength(8)))
const A_PORT = 'a number from 0 to 65535'

/** Every setting, a row each; the order is that of the help. */
const SETTINGS = {
  preset: setting({
    ...{ flag: 'preset', env: 'PRESET', kind: 'text', value: 'name', fallback: 'table' },
    schema: v.picklist(['table', 'family', 'public']),
    needs: 'table, family or public',
    help: 'for whom it is: table (people in one place), family (a household and its friends), public (strangers); what follows overrules it',
  }),
  config: setting({
    ...{ flag: 'config', env: 'CONFIG', kind: 'text', value: 'file' },
    schema: v.optional(folder),
    needs: 'a file',
    help: 'settings as a JSON object, with the names of these flags in camelCase: {"preset": "family", "relayPort": 9090}',
  }),
  port: setting({
    ...{ flag: 'port', env: 'PORT', kind: 'text', value: 'n', fallback: '8080' },
    ...{ schema: port, needs: A_PORT, help: 'app, http; 8080 without it (0: any free port)' },
  }),
  relayPort: setting({
    ...{ flag: 'relay-port', env: 'RELAY_PORT', kind: 'text', value: 'n' },
    ...{ schema: v.optional(port), needs: A_PORT },
    help: 'libp2p over WebSocket; 9090 without it, or any free port with --port 0',
  }),
  httpsPort: setting({
    ...{ flag: 'https-port', env: 'HTTPS_PORT', kind: 'text', value: 'n' },
    ...{ schema: v.optional(port), needs: A_PORT },
    help: 'https and wss, once there is a certificate; 8443 without it, or any free port with --port 0',
  }),
  webrtcPort: setting({
    ...{ flag: 'webrtc-port', env: 'WEBRTC_PORT', kind: 'text', value: 'n' },
    ...{ schema: v.optional(port), needs: A_PORT },
    help: 'libp2p over WebRTC-direct, UDP, which needs no certificate authority; off without it (0: any free port)',
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
    ...{ flag: 'data', env: 'DATA', kind: 'text', value: 'folder', fallback: '.data/relay' },
    ...{ schema: folder, needs: 'a folder', help: "the relay's identity" },
  }),
  app: setting({
    ...{ flag: 'app', env: 'APP', kind: 'text', value: 'folder', fallback: 'dist/app' },
    ...{ schema: folder, needs: 'a folder', help: 'the built app' },
  }),
  noApp: setting({
    ...{ flag: 'no-app', env: 'NO_APP', kind: 'switch' },
    ...{ schema: v.boolean(), needs: 'on or off', help: 'relay alone, no app' },
  }),
  door: setting({
    ...{ flag: 'door', env: 'DOOR', kind: 'text', value: 'on|off', fallback: 'on' },
    schema: v.pipe(
      v.picklist(['on', 'off']),
      v.transform((value) => value === 'on'),
    ),
    needs: 'on or off',
    help: 'http for cafes whose hosts opened their doors, at /c/<cafe>/; on without it, off where the preset is public',
  }),
  announce: setting({
    ...{ flag: 'announce', env: 'ANNOUNCE', kind: 'list', value: 'addr' },
    schema: v.pipe(v.array(v.pipe(v.string(), v.check(isMultiaddr))), v.maxLength(8)),
    needs: 'at most eight multiaddrs, such as /dns4/relay.example/tcp/443/wss',
    help: 'public multiaddr, repeatable',
  }),
  iceServers: setting({
    ...{ flag: 'ice-servers', env: 'ICE_SERVERS', kind: 'text', value: 'x', fallback: '' },
    schema: servers,
    needs: 'stun:, stuns:, turn: or turns: urls, or a JSON list of RTCIceServer',
    help: 'STUN and TURN urls, comma separated, or a JSON list of RTCIceServer; none without it',
  }),
  stunPort: setting({
    ...{ flag: 'stun-port', env: 'STUN_PORT', kind: 'text', value: 'n' },
    ...{ schema: v.optional(port), needs: A_PORT },
    help: 'a STUN server of its own, UDP, told to pages; off without it (0: any free port; 3478 is usual)',
  }),
  lan: setting({
    ...{ flag: 'lan', env: 'LAN', kind: 'switch' },
    ...{ schema: v.boolean(), needs: 'on or off' },
    help: 'for people on the same network: listens there, https by an authority of this machine that devices are shown how to trust, WebRTC, and a QR code here',
  }),
  contentHost: setting({
    ...{ flag: 'content-host', env: 'CONTENT_HOST', kind: 'text', value: 'name' },
    schema: v.optional(v.pipe(v.string(), v.regex(/^(?=.{1,180}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/))),
    needs: 'a host name in lower case, such as cafe.example',
    help: "the app's own host name, if *.<name> leads here too: websites then open there with scripts",
  }),
  cafe: setting({
    ...{ flag: 'cafe', env: 'CAFE', kind: 'text', value: 'name' },
    ...{ schema: v.optional(name), needs: 'a name of up to 64 characters', help: 'keeps a cafe open here, too' },
  }),
  cafePort: setting({
    ...{ flag: 'cafe-port', env: 'CAFE_PORT', kind: 'text', value: 'n' },
    ...{ schema: v.optional(port), needs: A_PORT },
    help: 'libp2p of that cafe; 9091 without it, or any free port with --port 0',
  }),
  cafeData: setting({
    ...{ flag: 'cafe-data', env: 'CAFE_DATA', kind: 'text', value: 'folder', fallback: '.data/cafe' },
    ...{ schema: folder, needs: 'a folder', help: 'what that cafe keeps, and its keys' },
  }),
  tlsCert: setting({
    ...{ flag: 'tls-cert', env: 'TLS_CERT', kind: 'text', value: 'file' },
    ...{ schema: v.optional(folder), needs: 'a PEM file' },
    help: 'certificate chain for https and wss; read again when it changes, or on SIGHUP',
  }),
  tlsKey: setting({
    ...{ flag: 'tls-key', env: 'TLS_KEY', kind: 'text', value: 'file' },
    ...{ schema: v.optional(folder), needs: 'a PEM file', help: 'its private key' },
  }),
  ...ACME_SETTINGS,
  drain: setting({
    ...{ flag: 'drain', env: 'DRAIN', kind: 'text', value: 's', fallback: '0' },
    schema: v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.maxValue(MAX_DRAIN)),
    needs: `seconds, at most ${MAX_DRAIN}`,
    help: 'seconds that SIGTERM gives to what is on its way, while /health answers 503; 0: none (Ctrl+C never waits)',
  }),
  log: setting({
    ...{ flag: 'log', env: 'LOG', kind: 'text', value: 'form', fallback: 'text' },
    ...{ schema: v.picklist(['text', 'json']), needs: 'text or json' },
    help: 'a line for people or a JSON object for each event, on standard error; text without it',
  }),
  ...POLICY_SETTINGS,
  verbose: setting({
    ...{ flag: 'verbose', kind: 'switch', schema: v.boolean(), needs: 'no value' },
    help: 'log requests, never a query string',
  }),
  json: setting({
    ...{ flag: 'json', kind: 'switch', schema: v.boolean(), needs: 'no value' },
    help: 'print one line of JSON when ready',
  }),
} as const satisfies Settings

/** What a relay runs with; ports are 0 to 65535 (0: any free one), folders are paths from the working directory. */
export type RelayConfig = Omit<
  Values<typeof SETTINGS>,
  'relayPort' | 'httpsPort' | 'cafePort' | 'config' | keyof typeof POLICY_SETTINGS
> & {
  readonly relayPort: number
  readonly httpsPort: number
  readonly cafePort: number
  /** What it gives to whom; that of the preset `table` without it. */
  readonly policy?: Policy
  /** Who may read `/metrics`; this machine without it. */
  readonly metrics?: MetricsReaders
}

/** What each preset sets, as the file would. */
const PRESETS = {
  table: {},
  family: { host: '::', webrtcPort: '9090' },
  // Who runs a relay for strangers decides whether it shows what strangers keep.
  public: {
    door: 'off',
    host: '::',
    port: '80',
    httpsPort: '443',
    webrtcPort: '9090',
    stunPort: '3478',
    log: 'json',
    drain: '30',
  },
}

export const USAGE = `Popup Cafe relay: serves the app and joins browsers that cannot reach each other.

${describeSettings(SETTINGS)}
`

/**
 * Settings from arguments (without node and script) and environment.
 * @returns the settings, or 'help' if the person asked for it.
 * @throws UsageError for an unknown flag or an unusable value.
 */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): RelayConfig | 'help' {
  const readFile = (path: string): string => readFileSync(path, 'utf8')
  const values = readSettings(SETTINGS, { args, env, readFile, presets: PRESETS })
  if (values === 'help') return 'help'
  const { config: _, guests, seats, knownSeats, hostSeats, netSeats, tickets, ...others } = values
  const { hourBytes, dayBytes, rate, seatRate, guestRate, ...given } = others
  const bytes = { hourBytes, dayBytes, rate, seatRate, guestRate }
  const policy = policyOf(given.preset, { guests, seats, knownSeats, hostSeats, netSeats, tickets, ...bytes })
  const config = given.lan ? onNetwork(given) : given
  // Whoever asks for any free port wants no fixed one beside it.
  const any = config.port === 0
  const ports = {
    relayPort: config.relayPort ?? (any ? 0 : 9090),
    httpsPort: config.httpsPort ?? (any ? 0 : 8443),
    cafePort: config.cafePort ?? (any ? 0 : 9091),
  }
  checkTogether(config)
  checkAcme(config)
  return { ...config, policy, ...ports }
}

/** What `--lan` means for whatever nobody has said. */
function onNetwork<T extends Pick<Values<typeof SETTINGS>, 'host' | 'port' | 'webrtcPort'>>(config: T): T {
  const host = config.host === 'localhost' ? '0.0.0.0' : config.host
  return { ...config, host, webrtcPort: config.webrtcPort ?? (config.port === 0 ? 0 : 9090) }
}

/** What no setting can tell of itself. */
function checkTogether({ tlsCert, tlsKey, lan }: Pick<RelayConfig, 'tlsCert' | 'tlsKey' | 'lan'>): void {
  if (lan && tlsCert !== undefined)
    throw new UsageError('--lan (LAN) makes its own certificates: leave out --tls-cert.')
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError('--tls-cert (TLS_CERT) and --tls-key (TLS_KEY) need each other.')
}

/** A JSON list as it is; else a list of urls, each a server of its own. What is neither fails in the schema. */
function parseIceServers(value: string): unknown {
  if (!value.trim().startsWith('[')) return splitList(value).map((url) => ({ urls: [url] }))
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const splitList = (value: string): string[] => value.split(',').flatMap((item) => item.trim() || [])

export function isMultiaddr(value: string): boolean {
  try {
    multiaddr(value)
    return true
  } catch {
    return false
  }
}
