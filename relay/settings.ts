/**
 * Settings of a program as a table: a row says what a setting is called, what it may be and how it is explained. Values
 * come from the command line, before it environment variables, a file, a preset, and the row itself: each overrules those
 * after it here. Everything is text until its row's schema has looked at it; nothing is guessed.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { KiB } from '../src/core/limits.ts'
import { type Schema, v } from '../src/core/schema.ts'

/** One setting, of which `Output` is what the program gets. */
export interface Setting<Output = unknown> {
  /** On the command line, without dashes. In a file it is the key in the table. */
  readonly flag: string
  /** The environment variable; none for what is only asked for at a terminal. */
  readonly env?: string
  /** `text`: one value. `list`: several, by repeating the flag, with commas elsewhere. `switch`: on or off. */
  readonly kind: 'text' | 'list' | 'switch'
  /** What is made of a text, a list of texts or a boolean. */
  readonly schema: Schema<Output>
  /** Where nobody says anything. */
  readonly fallback?: string | readonly string[] | boolean
  /** What the schema wants, in words: "--port needs …". */
  readonly needs: string
  /** Stands for the value in the help. */
  readonly value?: string
  readonly help: string
}

export type Settings = Readonly<Record<string, Setting>>
export type Values<T extends Settings> = {
  readonly [Key in keyof T]: T[Key] extends Setting<infer Output> ? Output : never
}

/** Typed by its schema. */
export const setting = <Output>(row: Setting<Output>): Setting<Output> => row

/** A flag, variable or key that cannot be used; the message is one sentence for the person at the terminal. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

type Raw = string | readonly string[] | boolean
type Given = Readonly<Record<string, Raw | undefined>>

/** Where values come from. */
export interface Sources {
  /** Arguments without node and script. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of the file that `config` names. */
  readonly readFile?: (path: string) => string
  /** What a preset sets, by its name. */
  readonly presets?: Readonly<Record<string, Given>>
}

/** A file of settings is a page of text. */
const MAX_FILE = 64 * KiB

/**
 * The values of all settings. Of the rows, `config` names a file and `preset` a preset, if there are such.
 * @returns the values, or 'help' if the person asked for it.
 * @throws UsageError for an unknown flag or key, or an unusable value.
 */
export function readSettings<T extends Settings>(settings: T, sources: Sources): Values<T> | 'help' {
  const flags = fromFlags(settings, sources.args)
  if (flags.help === true) return 'help'
  const env = fromEnv(settings, sources.env)
  const path = flags.config ?? env.config
  const file = typeof path === 'string' ? fromFile(settings, path, sources) : {}
  const preset = flags.preset ?? env.preset ?? file.preset ?? settings['preset']?.fallback
  const set = typeof preset === 'string' ? (sources.presets?.[preset] ?? {}) : {}
  const values = Object.entries(settings).map(([key, row]) => {
    const raw =
      flags[key] ?? env[key] ?? file[key] ?? set[key] ?? row.fallback ?? (row.kind === 'list' ? [] : undefined)
    return [key, checked(row, raw ?? (row.kind === 'switch' ? false : undefined))]
  })
  return Object.fromEntries(values) as Values<T>
}

function checked(row: Setting, raw: Raw | undefined): unknown {
  const result = v.safeParse(row.schema, raw)
  if (!result.success) throw new UsageError(`${nameOf(row)} needs ${row.needs}.`)
  return result.output
}

const nameOf = ({ flag, env }: Setting): string => (env === undefined ? `--${flag}` : `--${flag} (${env})`)

/** The flags of these settings, for `parseArgs`. */
export function optionsOf(settings: Settings): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } }
  for (const { flag, kind } of Object.values(settings)) {
    options[flag] = { type: kind === 'switch' ? 'boolean' : 'string', multiple: kind === 'list' }
    // Also the way back from what a file or preset says.
    if (kind === 'switch' && !flag.startsWith('no-')) options[`no-${flag}`] = { type: 'boolean' }
  }
  return options
}

function fromFlags(settings: Settings, args: readonly string[]): Given {
  const options = optionsOf(settings)
  const given = parsed({ args: [...args], options, strict: true, allowPositionals: false })
  const values = Object.entries(settings).map(([key, { flag, kind }]) => [
    key,
    // Of a switch: what turns off no switch is a setting of its own, as `--no-app` is.
    kind === 'switch' && given[`no-${flag}`] === true ? false : (given[flag] as Raw | undefined),
  ])
  return { ...Object.fromEntries(values), help: given['help'] as boolean | undefined }
}

function parsed(config: ParseArgsConfig): Record<string, unknown> {
  try {
    return parseArgs(config).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function fromEnv(settings: Settings, env: Sources['env']): Given {
  const given = Object.entries(settings).map(([key, { env: name, kind }]) => {
    // An empty variable is as good as none.
    const text = name === undefined ? undefined : env[name] || undefined
    return [key, text === undefined ? undefined : rawOf(kind, text)]
  })
  return Object.fromEntries(given)
}

/** What a text stands for where a list or a switch is wanted; a word that is neither on nor off fails in the schema. */
function rawOf(kind: Setting['kind'], text: string): Raw {
  if (kind === 'list') return splitList(text)
  if (kind === 'text') return text
  return /^(1|true|on|yes)$/i.test(text) ? true : /^(0|false|off|no)$/i.test(text) ? false : text
}

const splitList = (text: string): string[] => text.split(',').flatMap((item) => item.trim() || [])

const scalar = v.union([v.string(), v.number(), v.boolean()])
const fileSchema = v.record(v.string(), v.union([scalar, v.array(scalar)]))

function fromFile(settings: Settings, path: string, { readFile }: Sources): Given {
  const wrong = (what: string, cause?: unknown): UsageError => new UsageError(`--config: ${path} ${what}.`, { cause })
  let text: string
  try {
    text = readFile?.(path) ?? ''
  } catch (cause) {
    throw wrong('cannot be read', cause)
  }
  if (text.length > MAX_FILE) throw wrong(`is longer than ${MAX_FILE} characters`)
  const json = jsonOf(text, wrong)
  const result = v.safeParse(fileSchema, json)
  if (!result.success || Array.isArray(json)) throw wrong('needs to be a JSON object of settings')
  for (const key of Object.keys(json as object)) {
    if (!Object.hasOwn(settings, key) || key === 'config')
      throw wrong(`has ${JSON.stringify(key)}, which is no setting`)
  }
  return Object.fromEntries(
    Object.entries(result.output).map(([key, value]) => {
      const kind = settings[key]?.kind ?? 'text'
      if (Array.isArray(value)) return [key, value.map(String)]
      return [key, typeof value === 'boolean' ? value : rawOf(kind, String(value))]
    }),
  )
}

function jsonOf(text: string, wrong: (what: string, cause: unknown) => UsageError): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw wrong('is no JSON', cause)
  }
}

/** Columns of the help: a flag with its value, what it does, its variable. */
const FLAG_WIDTH = 24
const ENV_WIDTH = 16
const LINE = 120

/** The help of all settings, a paragraph each. */
export function describeSettings(settings: Settings): string {
  return Object.values(settings)
    .map((row) => {
      const head = `  --${row.flag}${row.value ? ` <${row.value}>` : ''}`.padEnd(FLAG_WIDTH)
      const [first = '', ...rest] = wrapped(row.help, LINE - FLAG_WIDTH - ENV_WIDTH)
      const lines = [`${head}${(row.env ?? '').padEnd(ENV_WIDTH)}${first}`]
      return [...lines, ...rest.map((line) => ' '.repeat(FLAG_WIDTH + ENV_WIDTH) + line)].join('\n')
    })
    .join('\n')
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
