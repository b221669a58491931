/** Settings and commands of the cafe in Node, as they are typed. */
import { describe, expect, it } from 'vitest'
import { readWish } from '../../relay/cafe/config.ts'
import { UsageError } from '../../relay/config.ts'

const read = (...args: string[]) => readWish(args, {}, 1_000)

describe('the settings of a cafe in Node', () => {
  it('default to this machine only, and change nothing that was decided before', () => {
    expect(read()).toEqual({
      kind: 'run',
      config: {
        ...{ port: 8091, cafePort: 9091, host: 'localhost', data: '.data/cafe', app: 'http://cafe.localhost:8080' },
        ...{ relay: [], announce: [], json: false, verbose: false },
      },
    })
  })

  it('come from the environment, and from flags before it', () => {
    const env = { CAFE_NAME: 'One', CAFE_MODE: 'ask', CAFE_APP: 'https://cafe.example/', PORT: '0' }
    expect(readWish(['--name', 'Two', '--budget', '1.5 GB'], env, 0)).toMatchObject({
      config: { name: 'Two', mode: 'ask', budget: 1.5e9, app: 'https://cafe.example', port: 0, cafePort: 0 },
    })
  })

  it.each([
    ['--mode', 'closed'],
    ['--budget', 'much'],
    ['--relay', '/dns4/relay.example/tcp/443/wss'],
    ['--app', 'cafe.example'],
    ['--port', '70000'],
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
