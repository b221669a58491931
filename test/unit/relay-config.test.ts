/** The relay's settings: flags over environment over defaults; anything unusable is refused by name. */
import { describe, expect, it } from 'vitest'
import { type RelayConfig, readConfig, UsageError } from '../../relay/config.ts'

const read = (args: string[], env: Record<string, string> = {}): RelayConfig => {
  const config = readConfig(args, env)
  if (config === 'help') throw new Error('unexpected help')
  return config
}

describe('relay settings', () => {
  it('default to this machine only', () => {
    expect(read([])).toEqual({
      preset: 'table',
      port: 8080,
      relayPort: 9090,
      host: 'localhost',
      data: '.data/relay',
      app: 'dist/app',
      noApp: false,
      json: false,
      verbose: false,
      announce: [],
      iceServers: [],
    })
  })

  it('come from the environment, and from flags before it', () => {
    const env = {
      PORT: '1',
      RELAY_PORT: '2',
      HOST: '0.0.0.0',
      DATA: 'd',
      ANNOUNCE: '/dns4/a/tcp/1/ws, /dns4/b/tcp/2/wss',
    }
    expect(read([], env)).toMatchObject({ port: 1, relayPort: 2, host: '0.0.0.0', data: 'd' })
    expect(read([], env).announce).toEqual(['/dns4/a/tcp/1/ws', '/dns4/b/tcp/2/wss'])
    expect(read(['--port', '0', '--host', '::1', '--announce', '/dns4/c/tcp/3/ws'], env)).toMatchObject({
      port: 0,
      relayPort: 2,
      host: '::1',
      announce: ['/dns4/c/tcp/3/ws'],
    })
  })

  it('take any free relay port where any free port was asked for and no other was named', () => {
    expect(read(['--port', '0'])).toMatchObject({ port: 0, relayPort: 0 })
    expect(read([], { PORT: '0' })).toMatchObject({ port: 0, relayPort: 0 })
    expect(read(['--port', '0', '--relay-port', '7'])).toMatchObject({ port: 0, relayPort: 7 })
  })

  it('treat an empty variable as absent', () => {
    expect(read([], { PORT: '', HOST: '' })).toMatchObject({ port: 8080, host: 'localhost' })
  })

  it('take ICE servers as urls or as a JSON list', () => {
    expect(read(['--ice-servers', 'stun:s.example:3478,turns:t.example']).iceServers).toEqual([
      { urls: ['stun:s.example:3478'] },
      { urls: ['turns:t.example'] },
    ])
    const list = [{ urls: 'turn:t.example:3478?transport=udp', username: 'u', credential: 'c' }]
    expect(read([], { ICE_SERVERS: JSON.stringify(list) }).iceServers).toEqual([
      { urls: ['turn:t.example:3478?transport=udp'], username: 'u', credential: 'c' },
    ])
  })

  it.each([
    [['--port', '65536'], '--port (PORT)'],
    [['--port', 'http'], '--port (PORT)'],
    [['--relay-port', '-1'], '--relay-port'],
    [['--host', 'example.org'], '--host (HOST)'],
    [['--announce', 'example.org'], '--announce (ANNOUNCE)'],
    [['--ice-servers', 'https://example.org'], '--ice-servers (ICE_SERVERS)'],
    [['--ice-servers', '[{"urls":"stun:a","extra":1}]'], '--ice-servers (ICE_SERVERS)'],
    [['--ice-servers', '[oops'], '--ice-servers (ICE_SERVERS)'],
    [['--bogus'], '--bogus'],
    [['positional'], 'positional'],
  ])('refuse %j and name the flag', (args, named) => {
    expect(() => readConfig(args, {})).toThrow(UsageError)
    expect(() => readConfig(args, {})).toThrow(named)
  })

  it('answer a call for help', () => {
    expect(readConfig(['--help', '--port', '1'], {})).toBe('help')
  })
})
