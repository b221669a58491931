/**
 * Settings of the cafe in Node: flags over environment variables over defaults, checked before anything starts. A wrong one
 * is a {@link UsageError} that names it; nothing is guessed. A word in front is a command for the cafe that is running.
 */
import { isIP } from 'node:net'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { multiaddr } from '@multiformats/multiaddr'
import { mode } from '../../src/cafe/session/protocol.ts'
import { name, v } from '../../src/core/schema.ts'
import { UsageError } from '../config.ts'
import { type CommandName, isCommand } from './commands.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }

/** Bytes, such as `500MB` or `20 GB`. */
const size = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}(\.\d{1,3})?\s*([kmgt]b)?$/i),
  v.transform((text) =>
    Math.round(Number.parseFloat(text) * (UNITS[/[a-z]*$/i.exec(text)?.[0].toLowerCase() ?? ''] ?? 1)),
  ),
  v.maxValue(Number.MAX_SAFE_INTEGER),
)
const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.maxValue(65_535))
const addresses = v.pipe(v.array(v.pipe(v.string(), v.check(isMultiaddr))), v.maxLength(8))
const origin = v.pipe(
  v.string(),
  v.check((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '')),
  v.transform((text) => new URL(text).origin),
)

const schema = v.strictObject({
  name: v.optional(name),
  mode: v.optional(mode),
  budget: v.optional(size),
  port,
  cafePort: port,
  host: v.pipe(
    v.string(),
    v.check((host) => host === 'localhost' || isIP(host) !== 0),
  ),
  data: v.pipe(v.string(), v.nonEmpty()),
  store: v.optional(v.pipe(v.string(), v.nonEmpty())),
  relay: v.pipe(
    addresses,
    v.everyItem((address) => /\/p2p\/\w+$/.test(address)),
  ),
  announce: addresses,
  app: origin,
  json: v.boolean(),
  verbose: v.boolean(),
})

/** What a cafe in Node runs with; ports are 0 to 65535 (0: any free one). */
export type CafeConfig = v.InferOutput<typeof schema>

/** What the person at the terminal wants. */
export type Wish =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly config: CafeConfig }
  | {
      readonly kind: 'tell'
      readonly verb: CommandName
      readonly input: unknown
      readonly data: string
      readonly json: boolean
    }

const FLAGS = {
  name: { type: 'string' },
  mode: { type: 'string' },
  budget: { type: 'string' },
  port: { type: 'string' },
  'cafe-port': { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  store: { type: 'string' },
  relay: { type: 'string', multiple: true },
  announce: { type: 'string', multiple: true },
  app: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  label: { type: 'string' },
  uses: { type: 'string' },
  days: { type: 'string' },
  quota: { type: 'string' },
  service: { type: 'string', multiple: true },
  notice: { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export const CAFE_USAGE = `Popup Cafe, always on: the cafe of a tab, in Node.

  --name <text>      what it is called                CAFE_NAME    Popup Cafe
  --mode <m>         invite, ask or open              CAFE_MODE    as before; invite at first
  --budget <size>    to keep for all, such as 20GB    CAFE_BUDGET  as before; 8 GiB at first
  --port <n>         http                             PORT         8091 (0: any free port)
  --cafe-port <n>    libp2p over WebSocket            CAFE_PORT    9091, or any free port with --port 0
  --host <ip>        where to listen                  HOST         localhost only; 0.0.0.0 for the network
  --data <folder>    its keys, and what it keeps      CAFE_DATA    .data/cafe
  --store <url>      keep it elsewhere                CAFE_STORE   in the data folder
  --relay <addr>     hold a seat there, repeatable    CAFE_RELAY   none (comma separated)
  --announce <addr>  public multiaddr, repeatable     CAFE_ANNOUNCE  none (comma separated)
  --app <url>        where the app is served          CAFE_APP     http://cafe.localhost:8080
  --verbose          log requests, never a query string
  --json             print one line of JSON when ready

While it runs, with the same --data: status, invite, clients, tokens, requests, alarms, collect, close,
  token [--label x] [--uses n] [--days n] [--quota small|normal|large|<size>] [--service pin]…,
  revoke <token id>, admit <address> <peer id> [--quota x], refuse <address> <peer id>,
  evict <address> [--notice x], mode <invite|ask|open>, budget <size>
`

const NEEDS: Record<keyof CafeConfig, readonly [name: string, needs: string]> = {
  name: ['--name (CAFE_NAME)', 'a name of up to 64 characters'],
  mode: ['--mode (CAFE_MODE)', 'invite, ask or open'],
  budget: ['--budget (CAFE_BUDGET)', 'a number of bytes, such as 20GB'],
  port: ['--port (PORT)', 'a number from 0 to 65535'],
  cafePort: ['--cafe-port (CAFE_PORT)', 'a number from 0 to 65535'],
  host: ['--host (HOST)', 'an IP address or localhost'],
  data: ['--data (CAFE_DATA)', 'a folder'],
  store: ['--store (CAFE_STORE)', 'a URL'],
  relay: ['--relay (CAFE_RELAY)', 'at most eight multiaddrs that end in /p2p/<peer id>'],
  announce: ['--announce (CAFE_ANNOUNCE)', 'at most eight multiaddrs, such as /dns4/cafe.example/tcp/443/wss'],
  app: ['--app (CAFE_APP)', 'the http or https address of the app'],
  json: ['--json', 'no value'],
  verbose: ['--verbose', 'no value'],
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * What arguments (without node and script) and environment ask for.
 * @throws UsageError for an unknown flag or command, or an unusable value.
 */
export function readWish(args: readonly string[], env: Env, now: number): Wish {
  const { values, positionals } = parseFlags(args)
  if (values.help) return { kind: 'help' }
  const [verb, ...words] = positionals
  const config = readConfig(values, env)
  if (verb === undefined) return { kind: 'run', config }
  if (!isCommand(verb)) throw new UsageError(`There is no command "${verb}".`)
  return { kind: 'tell', verb, input: inputOf(verb, words, values, now), data: config.data, json: config.json }
}

type Flags = ReturnType<typeof parseFlags>['values']

function readConfig(flags: Flags, env: Env): CafeConfig {
  const port = flags.port ?? (env['PORT'] || '8091')
  const result = v.safeParse(schema, {
    name: flags.name ?? (env['CAFE_NAME'] || undefined),
    mode: flags.mode ?? (env['CAFE_MODE'] || undefined),
    budget: flags.budget ?? (env['CAFE_BUDGET'] || undefined),
    port,
    cafePort: flags['cafe-port'] ?? (env['CAFE_PORT'] || (port.trim() === '0' ? '0' : '9091')),
    host: flags.host ?? (env['HOST'] || 'localhost'),
    data: flags.data ?? (env['CAFE_DATA'] || '.data/cafe'),
    store: flags.store ?? (env['CAFE_STORE'] || undefined),
    relay: flags.relay ?? splitList(env['CAFE_RELAY']),
    announce: flags.announce ?? splitList(env['CAFE_ANNOUNCE']),
    app: flags.app ?? (env['CAFE_APP'] || 'http://cafe.localhost:8080'),
    json: flags.json ?? false,
    verbose: flags.verbose ?? false,
  })
  if (result.success) return result.output
  const key = String(result.issues[0].path?.[0]?.key) as keyof CafeConfig
  const [name, needs] = NEEDS[key]
  throw new UsageError(`${name} needs ${needs}.`)
}

const DAY = 86_400_000

/** Flags and words of a command as its input; what they hold is checked where it is carried out. */
function inputOf(verb: CommandName, words: readonly string[], flags: Flags, now: number): unknown {
  const [first, second] = words
  switch (verb) {
    case 'token':
      return {
        label: flags.label,
        uses: numberOf(flags.uses, '--uses'),
        expires: flags.days === undefined ? undefined : now + (numberOf(flags.days, '--days') ?? 0) * DAY,
        quota: quotaOf(flags.quota),
        services: flags.service,
      }
    case 'revoke':
      return { id: first }
    case 'admit':
      return { address: first, peer: second, quota: quotaOf(flags.quota) }
    case 'refuse':
      return { address: first, peer: second }
    case 'evict':
      return { address: first, notice: flags.notice }
    case 'mode':
      return { mode: first }
    case 'budget':
      return { bytes: sizeOf(first, 'budget') }
    default:
      return {}
  }
}

function numberOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${flag} needs a number.`)
  return Number(text)
}

function sizeOf(text: string | undefined, what: string): number {
  const result = v.safeParse(size, text)
  if (!result.success) throw new UsageError(`${what} needs a number of bytes, such as 20GB.`)
  return result.output
}

function quotaOf(text: string | undefined): unknown {
  if (text === undefined || ['small', 'normal', 'large'].includes(text)) return text
  return sizeOf(text, '--quota')
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: true })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

const splitList = (value = ''): string[] => value.split(',').flatMap((item) => item.trim() || [])

function isMultiaddr(value: string): boolean {
  try {
    multiaddr(value)
    return true
  } catch {
    return false
  }
}
