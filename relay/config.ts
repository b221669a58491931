/**
 * The relay's settings: command-line flags over environment variables over defaults, checked before anything starts.
 * A wrong setting is a {@link UsageError} that names the flag; nothing is guessed.
 */
import { isIP } from 'node:net'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { multiaddr } from '@multiformats/multiaddr'
import { name, v } from '../src/core/schema.ts'

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

const schema = v.strictObject({
  port,
  relayPort: port,
  host: v.pipe(
    v.string(),
    v.check((host) => host === 'localhost' || isIP(host) !== 0),
  ),
  data: folder,
  app: folder,
  noApp: v.boolean(),
  json: v.boolean(),
  verbose: v.boolean(),
  announce: v.pipe(v.array(v.pipe(v.string(), v.check(isMultiaddr))), v.maxLength(8)),
  iceServers: v.pipe(v.array(iceServer), v.maxLength(8)),
  cafe: v.optional(name),
  cafePort: port,
  cafeData: folder,
  contentHost: v.optional(v.pipe(v.string(), v.regex(/^(?=.{1,180}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/))),
})

/** What a relay runs with; ports are 0 to 65535 (0: any free one), folders are paths from the working directory. */
export type RelayConfig = v.InferOutput<typeof schema>

/** A flag or variable that cannot be used; the message is one sentence for the person at the terminal. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const FLAGS = {
  port: { type: 'string' },
  'relay-port': { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  app: { type: 'string' },
  'no-app': { type: 'boolean' },
  announce: { type: 'string', multiple: true },
  'ice-servers': { type: 'string' },
  'content-host': { type: 'string' },
  cafe: { type: 'string' },
  'cafe-port': { type: 'string' },
  'cafe-data': { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options']

export const USAGE = `Popup Cafe relay: serves the app and joins browsers that cannot reach each other.

  --port <n>         app, http                        PORT         8080 (0: any free port)
  --relay-port <n>   libp2p over WebSocket            RELAY_PORT   9090, or any free port with --port 0
  --host <ip>        where to listen                  HOST         localhost only; 0.0.0.0 for the network
  --data <folder>    the relay's identity             DATA         .data/relay
  --app <folder>     the built app                    APP          dist/app
  --no-app           relay alone, no app
  --announce <addr>  public multiaddr, repeatable     ANNOUNCE     none (comma separated)
  --ice-servers <x>  STUN/TURN urls, comma separated, ICE_SERVERS  none
                     or a JSON list of RTCIceServer
  --content-host <x> the app's own host name, if     CONTENT_HOST cafe.localhost on this machine
                     *.<x> leads here too: websites
                     then open there with scripts
  --cafe <name>      keeps a cafe open here too       CAFE         none
  --cafe-port <n>    where it listens                 CAFE_PORT    9091, or any free port with --port 0
  --cafe-data <dir>  its keys, and what it keeps      CAFE_DATA    .data/cafe
  --verbose          log requests, never a query string
  --json             print one line of JSON when ready
`

const NEEDS: Record<keyof RelayConfig, readonly [name: string, needs: string]> = {
  port: ['--port (PORT)', 'a number from 0 to 65535'],
  relayPort: ['--relay-port (RELAY_PORT)', 'a number from 0 to 65535'],
  host: ['--host (HOST)', 'an IP address or localhost'],
  data: ['--data (DATA)', 'a folder'],
  app: ['--app (APP)', 'a folder'],
  noApp: ['--no-app', 'no value'],
  json: ['--json', 'no value'],
  verbose: ['--verbose', 'no value'],
  announce: ['--announce (ANNOUNCE)', 'at most eight multiaddrs, such as /dns4/relay.example/tcp/443/wss'],
  contentHost: ['--content-host (CONTENT_HOST)', 'a host name in lower case, such as cafe.example'],
  cafe: ['--cafe (CAFE)', 'a name of up to 64 characters'],
  cafePort: ['--cafe-port (CAFE_PORT)', 'a number from 0 to 65535'],
  cafeData: ['--cafe-data (CAFE_DATA)', 'a folder'],
  iceServers: ['--ice-servers (ICE_SERVERS)', 'stun:, stuns:, turn: or turns: urls, or a JSON list of RTCIceServer'],
}

/**
 * Settings from arguments (without node and script) and environment.
 * @returns the settings, or 'help' if the person asked for it.
 * @throws UsageError for an unknown flag or an unusable value.
 */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): RelayConfig | 'help' {
  const flags = parseFlags(args)
  if (flags.help) return 'help'
  const port = flags.port ?? (env.PORT || '8080')
  const result = v.safeParse(schema, {
    port,
    // Whoever asks for any free port wants no fixed one beside it.
    relayPort: flags['relay-port'] ?? (env.RELAY_PORT || (port.trim() === '0' ? '0' : '9090')),
    host: flags.host ?? (env.HOST || 'localhost'),
    data: flags.data ?? (env.DATA || '.data/relay'),
    app: flags.app ?? (env.APP || 'dist/app'),
    noApp: flags['no-app'] ?? false,
    json: flags.json ?? false,
    verbose: flags.verbose ?? false,
    announce: flags.announce ?? splitList(env.ANNOUNCE ?? ''),
    cafe: flags.cafe ?? (env.CAFE || undefined),
    cafePort: flags['cafe-port'] ?? (env.CAFE_PORT || (port.trim() === '0' ? '0' : '9091')),
    cafeData: flags['cafe-data'] ?? (env.CAFE_DATA || '.data/cafe'),
    contentHost: flags['content-host'] ?? (env.CONTENT_HOST || undefined),
    iceServers: parseIceServers(flags['ice-servers'] ?? env.ICE_SERVERS ?? ''),
  })
  if (result.success) return result.output
  const key = String(result.issues[0].path?.[0]?.key) as keyof RelayConfig
  const [name, needs] = NEEDS[key]
  throw new UsageError(`${name} needs ${needs}.`)
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
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

function isMultiaddr(value: string): boolean {
  try {
    multiaddr(value)
    return true
  } catch {
    return false
  }
}
