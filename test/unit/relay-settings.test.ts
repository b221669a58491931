/** Settings from the config file and by preset: what holds where several are given, and what is refused by name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig, UsageError } from '../../relay/config.ts'
import { PRESETS, rows, USAGE } from '../../relay/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'cafe-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const path = join(folder, 'cafe.json')
/** A file with this. */
const file = (value: unknown): string => {
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

describe('the config file', () => {
  it('gives way to variables and flags, and overrules the preset', () => {
    const config = file({ port: 81, relayPort: 91, host: '10.0.0.1', verbose: true, announce: ['/dns4/a/tcp/1/ws'] })
    const args = ['--config', config, '--preset', 'public', '--port', '83']
    expect(readConfig(args, { PORT: '82', RELAY_PORT: '92' })).toMatchObject({
      ...{ port: 83, relayPort: 92, host: '10.0.0.1', verbose: true, announce: ['/dns4/a/tcp/1/ws'] },
      ...{ preset: 'public', httpsPort: 443, log: 'json' },
    })
    expect(readConfig([], { CONFIG: config, HOST: '' })).toMatchObject({ port: 81, host: '10.0.0.1', httpsPort: 8443 })
  })

  it('may name the preset', () => {
    expect(readConfig(['--config', file({ preset: 'family' })], {})).toMatchObject({ preset: 'family', host: '::' })
  })

  it.each([
    [{ port: 70_000 }, `"port" in ${path} needs a number`],
    [{ verbose: 'perhaps' }, `"verbose" in ${path} needs`],
    [{ announce: '/nothing' }, `"announce" in ${path} needs`],
    [{ prot: 1 }, `"prot" in ${path} is no setting`],
    [{ config: 'other.json' }, `"config" in ${path} is no setting`],
    ['{"__proto__": 1}', `"__proto__" in ${path} is no setting`],
    ['[]', `${path} needs to hold one JSON object`],
    ['{"iceServers": canary', `${path} is not JSON`],
    [`{}${' '.repeat(70_000)}`, `${path} is too large`],
  ])('is refused by name: %j', (value, message) => {
    const config = file(value)
    expect(() => readConfig(['--config', config], {})).toThrow(UsageError)
    expect(() => readConfig(['--config', config], {})).toThrow(message)
    expect(() => readConfig(['--config', config], {})).not.toThrow('canary')
  })

  it('is refused when it is not there', () => {
    expect(() => readConfig(['--config', join(folder, 'none.json')], {})).toThrow('--config (CONFIG) needs a file')
  })
})

describe('the table of settings', () => {
  it.each(PRESETS)('has values that fit their own schema with preset %s', (preset) => {
    expect(readConfig(['--preset', preset], {})).toMatchObject({ preset })
  })

  it('names each flag and variable once, and all of them in the help', () => {
    const flags = rows().map(([, { flag }]) => flag)
    const variables = rows().flatMap(([, { env }]) => env ?? [])
    expect(new Set(flags).size).toBe(flags.length)
    expect(new Set(variables).size).toBe(variables.length)
    for (const flag of flags) expect(USAGE).toContain(`  --${flag}`)
    for (const name of variables) expect(USAGE).toContain(name)
  })

  it('refuses what needs a second setting', () => {
    expect(() => readConfig(['--tls-cert', 'a.pem'], {})).toThrow('--tls-cert (TLS_CERT) and --tls-key (TLS_KEY)')
  })
})
