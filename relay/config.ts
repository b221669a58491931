/**
 * The relay's settings from their four sources: command-line flags over environment variables over the config file over
 * the preset, checked before anything starts. A wrong setting is a {@link UsageError} that names where it stands; nothing
 * is guessed. The settings themselves are the table in `settings.ts`.
 */
import { readFileSync, statSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { KiB } from '../src/core/limits.ts'
import { v } from '../src/core/schema.ts'
import { type Preset, type RelayConfig, rows, SETTINGS, type Setting, type SettingKey } from './settings.ts'

export { type RelayConfig, USAGE } from './settings.ts'

/** A flag, variable or file that cannot be used; the message is one sentence for the person at the terminal. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Bytes of a config file: every setting there is, with long lists, is a few KiB. */
const MAX_FILE = 64 * KiB

const FLAGS: NonNullable<ParseArgsConfig['options']> = {
  ...Object.fromEntries(
    rows().map(([, { flag, hint, multiple = false }]) => [flag, { type: hint ? 'string' : 'boolean', multiple }]),
  ),
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
}

type Values = Readonly<Record<string, unknown>>

/**
 * Settings from arguments (without node and script), environment, and the file that one of them names.
 * @returns the settings, or 'help' if the person asked for it.
 * @throws UsageError for an unknown flag, an unknown key of the file, or an unusable value.
 */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): RelayConfig | 'help' {
  const flags = parseFlags(args)
  if (flags.help) return 'help'
  const path = flags.config ?? (env.CONFIG || undefined)
  const file = path === undefined ? {} : readFile(String(path))
  const read = (key: SettingKey, preset?: Preset): unknown => {
    const row: Setting = SETTINGS[key]
    const { value, source } = find(key, row, { flags, env, file, path: String(path), preset })
    const result = v.safeParse(row.schema, value)
    if (result.success) return result.output
    throw new UsageError(`${source} needs ${row.needs}.`)
  }
  const preset = read('preset') as Preset
  const config = Object.fromEntries(rows().map(([key]) => [key, read(key, preset)])) as Partial<RelayConfig>
  // Whoever asks for any free port wants no fixed one beside it.
  const any = config.port === 0
  const ports = { relayPort: config.relayPort ?? (any ? 0 : 9090), httpsPort: config.httpsPort ?? (any ? 0 : 8443) }
  const whole = { ...config, ...ports } as RelayConfig
  checkTogether(whole)
  return whole
}

/** What no setting can tell of itself. */
function checkTogether({ tlsCert, tlsKey }: RelayConfig): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError('--tls-cert (TLS_CERT) and --tls-key (TLS_KEY) need each other.')
}

interface Sources {
  readonly flags: Values
  readonly env: Readonly<Record<string, string | undefined>>
  readonly file: Values
  readonly path: string
  readonly preset: Preset | undefined
}

/** The value that holds, and what to call the place it stands in. An empty variable is none. */
function find(
  key: SettingKey,
  row: Setting,
  { flags, env, file, path, preset }: Sources,
): { value: unknown; source: string } {
  const source = `--${row.flag}${row.env ? ` (${row.env})` : ''}`
  if (flags[row.flag] !== undefined) return { value: flags[row.flag], source }
  if (row.env && env[row.env]) return { value: env[row.env], source }
  if (Object.hasOwn(file, key)) return { value: file[key], source: `"${key}" in ${path}` }
  const placed = preset && row.presets && Object.hasOwn(row.presets, preset)
  return { value: placed ? row.presets?.[preset] : row.fallback, source }
}

function parseFlags(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function readFile(path: string): Values {
  const value = readJson(path)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${path} needs to hold one JSON object.`)
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(SETTINGS, key))
  if (unknown !== undefined) throw new UsageError(`"${unknown}" in ${path} is no setting.`)
  return value as Values
}

function readJson(path: string): unknown {
  let text: string
  try {
    if (statSync(path).size > MAX_FILE) throw new UsageError(`${path} is too large for a config file.`)
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`--config (CONFIG) needs a file that can be read; ${path} is none.`, { cause })
  }
  try {
    return JSON.parse(text)
  } catch {
    // What the parser says quotes the file, where a credential may stand.
    throw new UsageError(`${path} is not JSON.`)
  }
}
