/**
 * What is typed at the terminal about the cafe in Node: settings (`settings.ts`) and, with a word in front, a command for the
 * cafe that is running. What cannot be used is a {@link UsageError} that names it; nothing is guessed.
 */
import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { v } from '../../src/core/schema.ts'
import { optionsOf, UsageError } from '../settings.ts'
import { type CommandName, isCommand } from './commands.ts'
import { CAFE_SETTINGS, CAFE_SETTINGS_HELP, type CafeConfig, readCafeConfig, size } from './settings.ts'

export type { CafeConfig } from './settings.ts'

/** What the person at the terminal wants. */
export type Wish =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly config: CafeConfig }
  | { readonly kind: 'receive'; readonly config: CafeConfig }
  | { readonly kind: 'import'; readonly config: CafeConfig; readonly file: string; readonly passphrase: string }
  | {
      readonly kind: 'tell'
      readonly verb: CommandName
      readonly input: unknown
      readonly data: string
      readonly json: boolean
    }

/** Flags of commands; what they hold is checked where it is carried out. */
const COMMAND_FLAGS = {
  label: { type: 'string' },
  uses: { type: 'string' },
  days: { type: 'string' },
  quota: { type: 'string' },
  service: { type: 'string', multiple: true },
  notice: { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export const CAFE_USAGE = `Popup Cafe, always on: the cafe of a tab, in Node.

${CAFE_SETTINGS_HELP}

--store s3://bucket/prefix?endpoint=https://…&region=… keeps blocks there; its keys are in AWS_ACCESS_KEY_ID and so on.
Pages of an https app reach it by https and wss (--tls-cert and --tls-key; the files may change while people are connected),
through a relay (--relay), or through a proxy for wss that --announce names. libp2p over
WebSocket is at the ports of http and https, too.
It has no door to open: its HTTP is its own, and it never decrypts. A relay that lets through only invited guests learns
from it who they are. "npm start -- --cafe <name>" is a relay with such a cafe in it.

While it runs, with the same --data: status, invite, clients, tokens, requests, alarms, activity, pause, resume, collect, close,
  token [--label x] [--uses n] [--days n] [--quota small|normal|large|<size>] [--service pin]…,
  revoke <token id>, admit <address> <peer id> [--quota x], refuse <address> <peer id>,
  evict <address> [--notice x], mode <invite|ask|open>, budget <size>,
  forward <url|off> (clients' pins to a pinning service, with the token in CAFE_PIN_TOKEN), forwarding,
  export <file.car> (all of it, sealed with CAFE_PASSPHRASE), move <code> (to the device that shows it)
While none runs in that folder: import <file.car>, receive (shows a code for a move to here)
`

type Env = Readonly<Record<string, string | undefined>>

/**
 * What arguments (without node and script) and environment ask for.
 * @throws UsageError for an unknown flag or command, or an unusable value.
 */
export function readWish(args: readonly string[], env: Env, now: number): Wish {
  const { settings, flags, positionals } = split(args)
  const config = readCafeConfig(settings, env)
  if (config === 'help') return { kind: 'help' }
  const [verb, ...words] = positionals
  if (verb === undefined) return { kind: 'run', config }
  if (verb === 'receive') return { kind: 'receive', config }
  if (verb === 'import') return { kind: 'import', config, file: fileOf(words), passphrase: passphraseOf(env) }
  if (!isCommand(verb)) throw new UsageError(`There is no command "${verb}".`)
  return { kind: 'tell', verb, input: inputOf(verb, words, flags, now, env), data: config.data, json: config.json }
}

type Flags = ReturnType<typeof parseCommandFlags>

const DAY = 86_400_000

/** Flags and words of a command as its input. */
function inputOf(verb: CommandName, words: readonly string[], flags: Flags, now: number, env: Env): unknown {
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
    case 'export':
      return { file: resolve(fileOf(words)), passphrase: passphraseOf(env) }
    case 'forward':
      return first === 'off' ? {} : { endpoint: endpointOf(first), token: env['CAFE_PIN_TOKEN'] ?? '' }
    case 'move':
      return { code: first }
    case 'budget':
      return { bytes: sizeOf(first, 'budget') }
    default:
      return {}
  }
}

function fileOf([file]: readonly string[]): string {
  if (file === undefined) throw new UsageError('A file is missing, such as cafe.car.')
  return file
}

function endpointOf(text: string | undefined): string {
  if (text === undefined) throw new UsageError('forward needs the URL of a pinning service, or off.')
  return text
}

/** Never a flag: other programs can read those. */
function passphraseOf(env: Env): string {
  const passphrase = env['CAFE_PASSPHRASE']
  if (!passphrase) throw new UsageError('Set CAFE_PASSPHRASE to what the file is sealed with, at least 8 characters.')
  return passphrase
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

/** Words, flags of commands, and what is left: the arguments that are settings. */
function split(args: readonly string[]): { settings: string[]; flags: Flags; positionals: string[] } {
  try {
    const options = { ...optionsOf(CAFE_SETTINGS), ...COMMAND_FLAGS }
    const { tokens, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true })
    const settings: string[] = []
    const others: string[] = []
    for (const token of tokens) {
      if (token.kind !== 'option') continue
      const text = token.value === undefined ? `--${token.name}` : `--${token.name}=${token.value}`
      if (Object.hasOwn(COMMAND_FLAGS, token.name)) others.push(text)
      else settings.push(text)
    }
    return { settings, flags: parseCommandFlags(others), positionals }
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

const parseCommandFlags = (args: string[]) => parseArgs({ args, options: COMMAND_FLAGS }).values
