/** The relay's settings: flags over environment over defaults; anything unusable is refused by name. */
import { describe, expect, it } from 'vitest'
import { type RelayConfig, readConfig, UsageError } from '../../relay/config.ts'
import { POLICIES } from '../../relay/policy.ts'

const PEER = '12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf'

const read = (args: string[], env: Record<string, string> = {}): RelayConfig => {
  const config = readConfig(args, env)
  if (config === 'help') throw new Error('unexpected help')
  return config
}

describe('relay settings', () => {
  it('default to this machine only', () => {
    expect(read([])).toEqual({
      preset: 'table',
      acmeDomain: [],
      acmeDirectory: 'https://acme-v02.api.letsencrypt.org/directory',
      acmeAcceptTerms: false,
      lan: false,
      port: 8080,
      relayPort: 9090,
      host: 'localhost',
      data: '.data/relay',
      app: 'dist/app',
      noApp: false,
      door: true,
      json: false,
      verbose: false,
      announce: [],
      cafePort: 9091,
      cafeData: '.data/cafe',
      iceServers: [],
      httpsPort: 8443,
      drain: 0,
      log: 'text',
      policy: POLICIES.table,
      metrics: 'local',
    })
  })

  it('take a relay without the app', () => {
    expect(read(['--no-app'])).toMatchObject({ noApp: true, app: 'dist/app' })
  })

  it('give by preset, and what is set differs from it', () => {
    const more = ['--seats', '100', '--rate', '2MiB', '--day-bytes', '5GiB']
    const { policy } = read(['--preset', 'public', ...more], { GUESTS: 'any', SEATS: '7', TICKETS: `${PEER}, ${PEER}` })
    const own = { seats: 100, knownSeats: 99, guests: 'any', tickets: [PEER, PEER], rate: 2 * 1024 ** 2 }
    expect(policy).toEqual({ ...POLICIES.public, ...own, dayBytes: 5 * 1024 ** 3 })
    expect(read(['--metrics', 'any']).metrics).toBe('any')
  })

  it.each([
    ['--preset', 'huge'],
    ['--guests', 'some'],
    ['--seats', '0'],
    ['--seats', '1025'],
    ['--ticket', 'nobody'],
    ['--rate', '1'],
    ['--seat-rate', '4MB'],
    ['--hour-bytes', '-1'],
    ['--metrics', 'all'],
  ])('refuse %s %s by name', (flag, value) => {
    expect(() => read([flag, value])).toThrow(flag)
    expect(() => read([flag, value])).toThrow(UsageError)
  })

  it('open the door, but not where the relay is for strangers, unless it is said', () => {
    expect(read(['--preset', 'family']).door).toBe(true)
    expect(read(['--preset', 'public']).door).toBe(false)
    expect(read(['--preset', 'public', '--door', 'on']).door).toBe(true)
    expect(read([], { DOOR: 'off' }).door).toBe(false)
    expect(() => read(['--door', 'ajar'])).toThrow(/--door.* needs on or off/)
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

  it('take the app away by a switch, whose name is not that of its folder', () => {
    expect(read(['--no-app', '--port', '0'])).toMatchObject({ app: 'dist/app', noApp: true })
    expect(read(['--no-verbose'])).toMatchObject({ verbose: false, noApp: false })
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

  it('leave the app out without taking its folder for a switch', () => {
    expect(read(['--no-app'])).toMatchObject({ noApp: true, app: 'dist/app' })
  })

  it('answer a call for help', () => {
    expect(readConfig(['--help', '--port', '1'], {})).toBe('help')
  })

  it('for the network listens there, with WebRTC, whatever else was said', () => {
    expect(readConfig(['--lan'], {})).toMatchObject({ lan: true, host: '0.0.0.0', webrtcPort: 9090, httpsPort: 8443 })
    expect(readConfig(['--lan', '--port', '0'], {})).toMatchObject({ webrtcPort: 0, httpsPort: 0 })
    const said = ['--lan', '--host', '192.168.1.2', '--webrtc-port', '7000']
    expect(readConfig(said, {})).toMatchObject({ host: '192.168.1.2', webrtcPort: 7000 })
    expect(() => readConfig(['--lan', '--tls-cert', 'a', '--tls-key', 'b'], {})).toThrow('--lan')
  })
})
