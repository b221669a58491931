/** Settings and commands of the cafe in Node, as they are typed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../relay/cafe/commands.ts'
import { CAFE_USAGE, readWish } from '../../relay/cafe/config.ts'
import { UsageError } from '../../relay/config.ts'

const read = (...args: string[]) => readWish(args, {}, 1_000)

describe('the settings of a cafe in Node', () => {
  it('default to this machine only, and change nothing that was decided before', () => {
    expect(read()).toEqual({
      kind: 'run',
      config: {
        ...{
          port: 8091,
          cafePort: 9091,
          httpsPort: 8444,
          host: 'localhost',
          data: '.data/cafe',
          app: 'http://cafe.localhost:8080',
        },
        ...{ relay: [], announce: [], json: false, verbose: false },
      },
    })
  })

  it('come from the environment, and from flags before it', () => {
    const env = { CAFE_NAME: 'One', CAFE_MODE: 'ask', CAFE_APP: 'https://cafe.example/', PORT: '0' }
    expect(readWish(['--name', 'Two', '--budget', '1.5 GB'], env, 0)).toMatchObject({
      config: {
        name: 'Two',
        mode: 'ask',
        budget: 1.5e9,
        app: 'https://cafe.example',
        port: 0,
        cafePort: 0,
        httpsPort: 0,
      },
    })
  })

  it('come from a file after both, which may hold nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cafe-config-'))
    const file = join(folder, 'cafe.json')
    try {
      writeFileSync(file, '{"name": "Three", "mode": "open", "cafePort": 4000, "budget": "2GB", "verbose": true}')
      const wish = readWish(['--config', file, '--mode', 'ask', '--no-verbose'], { CAFE_NAME: 'One' }, 0)
      const config = { name: 'One', mode: 'ask', cafePort: 4000, budget: 2e9, verbose: false }
      expect(wish).toMatchObject({ kind: 'run', config })
      expect(readWish(['status'], { CAFE_CONFIG: file }, 0)).toMatchObject({ kind: 'tell', verb: 'status' })
      writeFileSync(file, '{"label": "x"}')
      expect(() => read('--config', file)).toThrow('"label", which is no setting')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('are explained, as are all commands', () => {
    expect(read('--help')).toEqual({ kind: 'help' })
    expect(read('token', '-h')).toEqual({ kind: 'help' })
    const told = [...Object.keys(COMMANDS), 'import', 'receive'].filter((verb) => !CAFE_USAGE.includes(verb))
    expect(told).toEqual([])
    expect(CAFE_USAGE).toContain('--cafe-port <n>')
  })

  it.each([
    ['--mode', 'closed'],
    ['--budget', 'much'],
    ['--relay', '/dns4/relay.example/tcp/443/wss'],
    ['--app', 'cafe.example'],
    ['--port', '70000'],
    ['--tls-cert', 'without its key'],
    ['--nonsense', '1'],
    ['dance', 'now'],
  ])('refuses %s %s by name', (...args) => {
    expect(() => read(...args)).toThrow(UsageError)
  })
})

describe('commands', () => {
  it.each([
    [
      ['token', '--uses', '3', '--days', '7', '--quota', '2GB', '--service', 'pin'],
      { uses: 3, expires: 1_000 + 7 * 86_400_000, quota: 2e9, services: ['pin'] },
    ],
    [['token', '--quota', 'small'], { quota: 'small' }],
    [['revoke', 'abc'], { id: 'abc' }],
    [['evict', 'P…', '--notice', 'Bye.'], { address: 'P…', notice: 'Bye.' }],
    [['mode', 'ask'], { mode: 'ask' }],
    [['budget', '20GB'], { bytes: 2e10 }],
    [['close'], {}],
  ])('%j', (args, input) => {
    expect(read(...args)).toMatchObject({ kind: 'tell', verb: args[0], input })
  })

  it('refuse numbers that are none', () => {
    expect(() => read('token', '--uses', 'many')).toThrow(UsageError)
    expect(() => read('budget')).toThrow(UsageError)
  })
})
