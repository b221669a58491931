/**
 * What people copy to run it: the systemd unit is verified and rated by systemd itself where that is there, and by rules of
 * our own; the compose file is checked against the image it runs. Both name only settings and roles that the program has.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CAFE_USAGE } from '../../relay/cafe/config.ts'
import { USAGE } from '../../relay/config.ts'
import { argumentsOf, ROOT, readRecipe, stagesOf } from '../fixtures/image.ts'

const read = (name: string): string => readFileSync(join(ROOT, 'relay/deploy', name), 'utf8')
const UNIT = 'popup-cafe@.service'

/** Settings of a unit by key; of one that is given twice, both. */
function settingsOf(unit: string): Map<string, string[]> {
  const settings = new Map<string, string[]>()
  for (const [, key = '', value = ''] of unit.matchAll(/^(\w+)=(.*)$/gm))
    settings.set(key, [...(settings.get(key) ?? []), value])
  return settings
}

describe('the systemd unit', () => {
  const settings = settingsOf(read(UNIT))
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cafe-unit-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** What `systemd-analyze` says of an instance of the unit, `more` appended; undefined where it is not there. */
  function analyze(args: readonly string[], more = ''): string | undefined {
    const file = join(folder, 'popup-cafe@relay.service')
    writeFileSync(file, `${read(UNIT).replaceAll('/usr/local/bin/popup-cafe', process.execPath)}\n${more}\n`)
    const { error, stdout, stderr } = spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8' })
    if (error) {
      console.log('no systemd-analyze here: only our own rules are checked')
      return undefined
    }
    return `${stdout}${stderr}`
  }

  it('says nothing that systemd does not know', () => {
    const verify = ['verify', '--man=no', '--recursive-errors=no']
    const good = analyze(verify)
    if (good === undefined) return
    expect(good).toBe('')
    expect(analyze(verify, '[Service]\nProtectSytem=strict')).toContain('ProtectSytem')
    expect(analyze(verify, `[Service]\n${read('public.conf').replaceAll(/^#.*$/gm, '')}`)).toBe('')
  })

  it('is rated as exposed little', () => {
    const rated = analyze(['security', '--offline=true', '--no-pager', '--threshold=20'])
    if (rated === undefined) return
    const level = Number(/exposure level for .*: ([\d.]+)/.exec(rated)?.[1])
    expect(level).toBeGreaterThan(0)
    expect(level).toBeLessThanOrEqual(2)
  })

  it.each([
    ['DynamicUser', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateTmp', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['AmbientCapabilities', ''],
    ['StateDirectory', 'popup-cafe/%i'],
    ['KillSignal', 'SIGTERM'],
    ['Restart', 'on-failure'],
  ])('has %s=%s', (key, value) => {
    expect(settings.get(key)).toEqual([value])
  })

  it('bounds memory, and waits for what is running when it stops', () => {
    expect(settings.get('MemoryMax')?.[0]).toMatch(/^\d+[MG]$/)
    expect(Number(settings.get('TimeoutStopSec')?.[0])).toBeGreaterThanOrEqual(30)
  })

  it('has no part that would forbid what V8 does: making code', () => {
    expect(settings.has('MemoryDenyWriteExecute')).toBe(false)
  })

  it('gives a capability only where the drop-in for a public relay is added, and that one alone', () => {
    const added = settingsOf(read('public.conf'))
    const both = [...(added.get('CapabilityBoundingSet') ?? []), ...(added.get('AmbientCapabilities') ?? [])]
    expect(both).toEqual(['CAP_NET_BIND_SERVICE', 'CAP_NET_BIND_SERVICE'])
  })
})

interface Service {
  readonly image: string
  readonly build: string
  readonly environment?: Readonly<Record<string, string>>
  readonly command: readonly [role: string, ...flags: string[]]
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly stop_grace_period: string
  readonly mem_limit: string
  readonly tmpfs: readonly string[]
}

describe('the compose file', () => {
  const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(read('compose.yaml'), {
    merge: true,
  })
  const services = Object.entries(compose.services)
  const last = stagesOf(readRecipe()).at(-1)?.steps ?? []
  const ofImage = (keyword: string): string[] =>
    last.filter((step) => step.getKeyword() === keyword).flatMap((step) => argumentsOf(step))

  it('has both roles, by the names that the program knows', () => {
    expect(services.map(([, { command }]) => command[0]).sort()).toEqual(['cafe', 'relay'])
  })

  it.each(services)('runs %s with nothing to write to but its data', (_name, service) => {
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toContain('no-new-privileges:true')
    expect(service.tmpfs).toEqual(['/tmp'])
    expect(service.volumes.map((volume) => volume.split(':')[1])).toEqual(ofImage('VOLUME'))
    for (const volume of service.volumes) expect(compose.volumes).toHaveProperty(volume.split(':')[0] as string)
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThanOrEqual(30)
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
  })

  it.each(services)('opens for %s only ports that the image exposes', (_name, service) => {
    expect(service.ports.length).toBeGreaterThan(0)
    expect(ofImage('EXPOSE')).toEqual(expect.arrayContaining(service.ports.map((port) => port.split(':').at(-1))))
  })

  it('gives no two services one port of the machine, nor one place for data', () => {
    const ports = services.flatMap(([, service]) => service.ports.map((port) => port.split(':').at(-2)))
    expect(new Set(ports).size).toBe(ports.length)
    const volumes = services.flatMap(([, service]) => service.volumes)
    expect(new Set(volumes).size).toBe(volumes.length)
  })

  it.each(services)('builds %s of the recipe', (_name, { build, image }) => {
    expect(resolve(ROOT, 'relay/deploy', build)).toBe(resolve(ROOT))
    expect(image).toBe('popup-cafe')
  })
})

describe('settings that are named there', () => {
  const has = (name: string): boolean => new RegExp(`(^|\\s)${name}(\\s|$)`, 'm').test(USAGE + CAFE_USAGE)

  it('are settings of the relay or the cafe: variables', () => {
    const compose: { services: Record<string, Service> } = parse(read('compose.yaml'), { merge: true })
    const units = `${read(UNIT)}${read('public.conf')}`
    const env = stagesOf(readRecipe()).flatMap(({ steps }) => steps.filter((step) => step.getKeyword() === 'ENV'))
    const names = [
      ...[...units.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name as string),
      ...Object.values(compose.services).flatMap(({ environment }) => Object.keys(environment ?? {})),
      ...env.flatMap(argumentsOf).map((pair) => pair.split('=')[0] as string),
    ]
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !has(name))).toEqual(['NODE_ENV'])
  })

  it('and flags, in what the README says of it', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const section = /\n## Deploy\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
    const ofDocker = ['--name', '--read-only', '--profile', '--now']
    const flags = [...section.matchAll(/[\s`](--[a-z][\w-]+)/g)].map(([, flag]) => flag as string)
    expect(flags).toContain('--tls-cert')
    expect(flags.filter((flag) => flag !== '--help' && !ofDocker.includes(flag) && !has(flag))).toEqual([])
  })
})
