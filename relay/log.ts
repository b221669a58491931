/**
 * The relay's log on standard error: a line for people or one of JSON for a collector. Both pass `redact`, so neither can
 * hold a query string, a key or a token.
 */
import { createLog, type Level, type Log, redact } from '../src/core/log.ts'

const ORDER: readonly Level[] = ['debug', 'info', 'warn', 'error']

/**
 * @param write takes one whole line.
 * @param now for `time` of a JSON line.
 */
export function createRelayLog(
  form: 'text' | 'json',
  least: Level,
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): Log {
  if (form === 'text') return createLog((level, line) => write(`${level} ${line}\n`), least)
  return (level, message, facts = {}) => {
    if (ORDER.indexOf(level) < ORDER.indexOf(least)) return
    const told = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plain(value)]))
    // What a line always has overrules a fact of the same name.
    write(`${JSON.stringify({ ...told, time: now().toISOString(), level, message: redact(message) })}\n`)
  }
}

/** A value that JSON and `redact` can take. */
function plain(value: unknown): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  return redact(value instanceof Error ? `${value.name}: ${value.message}` : String(value))
}
