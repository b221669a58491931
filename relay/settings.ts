/**
 * Every setting of the relay as one table: a row names its flag, its variable, what it takes and what it is for. Reading,
 * checking, the text of `--help` and the messages of {@link UsageError} all come from here, so whoever needs one more adds
 * a row and nothing else. The key of a row is its name in the config file.
 */
import { isIP } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { v } from '../src/core/schema.ts'

/** Sets of settings for a place: a table where everybody sits together, a home or office, the internet. */
export const PRESETS = ['table', 'family', 'public'] as const
export type Preset = (typeof PRESETS)[number]

/** One setting. Its schema takes what can be typed (text) and what can stand in JSON. */
export interface Setting {
  /** Without the dashes. */
  readonly flag: string
  readonly env?: string
  /** What follows the flag, as `--help` shows it; a flag without is a switch. */
  readonly hint?: string
  /** The flag may be given several times. */
  readonly multiple?: true
  readonly schema: v.GenericSchema
  /** Completes "--flag needs …". */
  readonly needs: string
  /** For `--help`: what it is for, and what holds without it. Lines of up to 34 and 40 characters. */
  readonly help: string
  readonly standard?: string
  /** What holds where nobody said anything; not there: undefined. */
  readonly fallback?: unknown
  readonly presets?: Partial<Readonly<Record<Preset, unknown>>>
}

/** A whole number, also as text. */
export const whole = (max: number, min = 0) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
    v.safeInteger(),
    v.minValue(min),
    v.maxValue(max),
  )

/** On or off; a switch's flag has no value. */
export const onOff = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false', '1', '0'])]),
  v.transform((value) => value === true || value === 'true' || value === '1'),
)

/** Text that is not empty. */
export const filled = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))

/** A list, or text with commas between. */
export const listOf = <S extends v.GenericSchema<string>>(item: S, max: number) =>
  v.pipe(v.union([v.pipe(v.string(), v.transform(splitList)), v.array(v.string())]), v.array(item), v.maxLength(max))

const splitList = (value: string): string[] => value.split(',').flatMap((item) => item.trim() || [])

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

/** A JSON list as it is; else a list of urls, each a server of its own. What is neither fails in the schema. */
function readIceServers(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (!value.trim().startsWith('[')) return splitList(value).map((url) => ({ urls: [url] }))
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const port = whole(65_535)
const isMultiaddr = (value: string): boolean => {
  try {
    multiaddr(value)
    return true
  } catch {
    return false
  }
}
const hostName = v.pipe(v.string(), v.regex(/^(?=.{1,180}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/))
const A_PORT = 'a number from 0 to 65535'

/** In the order of `--help`. */
export const SETTINGS = {
  preset: {
    ...{ flag: 'preset', env: 'PRESET', hint: '<name>', schema: v.picklist(PRESETS), fallback: 'table' },
    ...{ needs: `one of ${PRESETS.join(', ')}`, help: 'settings for a place:', standard: 'table: this machine, open' },
  },
  port: {
    ...{ flag: 'port', env: 'PORT', hint: '<n>', schema: port, needs: A_PORT, fallback: 8080, presets: { public: 80 } },
    ...{ help: 'app, http', standard: '8080 (0: any free port)' },
  },
  relayPort: {
    ...{ flag: 'relay-port', env: 'RELAY_PORT', hint: '<n>', schema: v.optional(port), needs: A_PORT },
    ...{ help: 'libp2p over WebSocket', standard: '9090, or any free port with --port 0' },
  },
  host: {
    flag: 'host',
    env: 'HOST',
    hint: '<ip>',
    schema: v.pipe(
      v.string(),
      v.check((host) => host === 'localhost' || isIP(host) !== 0),
    ),
    ...{ needs: 'an IP address or localhost', fallback: 'localhost', presets: { family: '::', public: '::' } },
    ...{ help: 'where to listen', standard: 'localhost only; :: for the network' },
  },
  data: {
    ...{ flag: 'data', env: 'DATA', hint: '<folder>', schema: filled, needs: 'a folder', fallback: '.data/relay' },
    ...{ help: "the relay's identity", standard: '.data/relay' },
  },
  app: {
    ...{ flag: 'app', env: 'APP', hint: '<folder>', schema: filled, needs: 'a folder', fallback: 'dist/app' },
    ...{ help: 'the built app', standard: 'dist/app' },
  },
  noApp: { flag: 'no-app', schema: onOff, needs: 'no value', fallback: false, help: 'relay alone, no app' },
  announce: {
    ...{ flag: 'announce', env: 'ANNOUNCE', hint: '<addr>', multiple: true, fallback: [] },
    schema: listOf(v.pipe(v.string(), v.check(isMultiaddr)), 8),
    needs: 'at most eight multiaddrs, such as /dns4/relay.example/tcp/443/wss',
    ...{ help: 'public multiaddr, repeatable', standard: 'none (comma separated)' },
  },
  iceServers: {
    ...{ flag: 'ice-servers', env: 'ICE_SERVERS', hint: '<x>', fallback: [] },
    schema: v.pipe(v.unknown(), v.transform(readIceServers), v.array(iceServer), v.maxLength(8)),
    needs: 'stun:, stuns:, turn: or turns: urls, or a JSON list of RTCIceServer',
    ...{ help: 'STUN/TURN urls, comma separated,\nor a JSON list of RTCIceServer', standard: 'none' },
  },
  contentHost: {
    ...{ flag: 'content-host', env: 'CONTENT_HOST', hint: '<x>', schema: v.optional(hostName) },
    needs: 'a host name in lower case, such as cafe.example',
    help: "the app's own host name, if\n*.<x> leads here too: websites\nthen open there with scripts",
    standard: 'cafe.localhost on this machine',
  },
  httpsPort: {
    ...{ flag: 'https-port', env: 'HTTPS_PORT', hint: '<n>', schema: v.optional(port), needs: A_PORT },
    ...{
      presets: { public: 443 },
      help: 'https and wss, with a certificate',
      standard: '8443, or any free port with --port 0',
    },
  },
  tlsCert: {
    ...{ flag: 'tls-cert', env: 'TLS_CERT', hint: '<file>', schema: v.optional(filled), needs: 'a PEM file' },
    ...{ help: 'certificate chain, read again when\nit changes' },
  },
  tlsKey: {
    ...{ flag: 'tls-key', env: 'TLS_KEY', hint: '<file>', schema: v.optional(filled), needs: 'a PEM file' },
    help: 'its private key',
  },
  log: {
    ...{ flag: 'log', env: 'LOG', hint: '<form>', schema: v.picklist(['text', 'json']), needs: 'text or json' },
    ...{ fallback: 'text', presets: { public: 'json' }, help: 'form of the log on stderr', standard: 'text' },
  },
  verbose: {
    ...{ flag: 'verbose', schema: onOff, needs: 'no value', fallback: false },
    help: 'log requests, never a query string',
  },
  json: {
    ...{ flag: 'json', schema: onOff, needs: 'no value', fallback: false },
    help: 'print one line of JSON when ready',
  },
} as const satisfies Readonly<Record<string, Setting>>

type Table = typeof SETTINGS

/** What a relay runs with; ports are 0 to 65535 (0: any free one), folders are paths from the working directory. */
export type RelayConfig = { readonly [K in SettingKey]: v.InferOutput<Table[K]['schema']> } & {
  readonly relayPort: number
  readonly httpsPort: number
}
export type SettingKey = keyof Table

/** The rows, with types that can be walked over. */
export const rows = (): ReadonlyArray<readonly [key: SettingKey, row: Setting]> =>
  Object.entries(SETTINGS) as Array<[SettingKey, Setting]>

const COLUMNS = [19, 33, 13] as const

/** The text of `--help`. */
export const USAGE = `Popup Cafe relay: serves the app and joins browsers that cannot reach each other.

${[
  ...rows().map(([, row]) => row),
  {
    flag: 'config',
    env: 'CONFIG',
    hint: '<file>',
    help: 'all of these as JSON; names there\nas in the README',
    standard: 'none',
  },
]
  .map(usageOf)
  .join('')}
A flag overrules a variable, that the config file, that the preset.
`

function usageOf({ flag, hint, env = '', help, standard = '' }: Omit<Setting, 'schema' | 'needs'>): string {
  const [first = '', ...more] = help.split('\n')
  const [a, b, c] = COLUMNS
  const line = `  ${`--${flag}${hint ? ` ${hint}` : ''}`.padEnd(a)} ${first.padEnd(b)} ${env.padEnd(c)} ${standard}`
  return [line, ...more.map((text) => `  ${' '.repeat(a)} ${text}`)].map((text) => `${text.trimEnd()}\n`).join('')
}
