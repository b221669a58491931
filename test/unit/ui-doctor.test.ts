/** The doctor: each finding by what it was given, a check that fails does not end the others, and a report without secrets. */
import { expect, test } from 'vitest'
import type { PeerIdText } from '../../src/core/ids.ts'
import { examine, type Patient } from '../../src/ui/doctor/examine.ts'
import { CHECKS, type Finding, report } from '../../src/ui/doctor/finding.ts'
import type { Place } from '../../src/ui/doctor/place.ts'

const PEER = '12D3KooWQaLkvXbJ4cR6fT8yZ1nM5pS7uE9wG2hD3iF4jKmNoPqR' as PeerIdText
/** What must not be in a report, planted wherever the doctor looks. */
const SECRETS = ['Zoe’s secret place', 'abandon ability able about', 'uAgSECRETKEY', 'pWFhTOKEN', '192.168.7.7', 'Zoe']

const place: Place = {
  features: () => ({
    ...{ storage: true, crypto: true, sharedWorker: true },
    ...{ serviceWorker: true, webRTC: true, locks: true },
  }),
  storage: async () => ({ persisted: true, used: 1e6, quota: 5e9 }),
  service: async () => ({ controls: true, waits: false, build: '0123456789abcdef' }),
  clock: async () => 400,
  loopback: async () => ({ connected: true, kinds: ['mdns'] }),
  answers: async () => true,
  now: () => 7,
}

interface World {
  readonly place?: Partial<Place>
  readonly relays?: readonly unknown[]
  readonly host?: unknown
  readonly probe?: () => Promise<unknown>
}

const RELAY = { peerId: PEER, addresses: ['/ip4/192.168.7.7/tcp/1/ws'], configured: true, connected: true, seat: true }
const HOST = {
  open: true,
  mode: 'ask',
  name: 'Zoe’s secret place',
  invite: 'pWFhTOKEN',
  door: { open: true, url: 'https://x/c/1/' },
}

function world({ place: more, relays = [RELAY], host = HOST, probe = async () => ({ ms: 4, path: 'direct' }) }: World) {
  const cafe = {
    node: { status: async () => ({ tabs: 1 }), relays: async () => relays, probe },
    host: { status: async () => host },
    account: { cafes: async () => [{ cafe: PEER, name: 'Zoe’s secret place', state: 'active' }] },
  }
  // Only what the doctor asks for is there.
  return { place: { ...place, ...more }, cafe: cafe as unknown as Patient['cafe'] }
}

async function findings(given: World): Promise<Finding[]> {
  const all: Finding[] = []
  for await (const finding of examine(world(given), { signal: new AbortController().signal })) all.push(finding)
  return all
}
const levelOf = (all: readonly Finding[], check: string) => all.find((one) => one.check === check)?.level

test('where all is well every check says so, in order', async () => {
  const all = await findings({})
  expect(all.map(({ check }) => check)).toEqual(CHECKS)
  expect(all.map(({ level }) => level)).toEqual(CHECKS.map(() => 'good'))
})

test('each trouble is told, with what to do', async () => {
  const cases: readonly (readonly [string, string, World])[] = [
    ['browser', 'bad', { place: { features: () => ({ ...place.features(), storage: false }) } }],
    ['browser', 'attention', { place: { features: () => ({ ...place.features(), sharedWorker: false }) } }],
    ['storage', 'attention', { place: { storage: async () => ({ persisted: false, used: 0, quota: 5e9 }) } }],
    ['storage', 'bad', { place: { storage: async () => ({ persisted: true, used: 5e9, quota: 5e9 }) } }],
    ['service', 'attention', { place: { service: async () => ({ controls: false, waits: false, build: undefined }) } }],
    ['service', 'attention', { place: { service: async () => ({ controls: true, waits: true, build: undefined }) } }],
    ['clock', 'bad', { place: { clock: async () => -3_600_000 } }],
    ['clock', 'attention', { place: { clock: async () => undefined } }],
    ['relay', 'bad', { relays: [] }],
    ['relay', 'bad', { relays: [{ ...RELAY, connected: false, seat: false }] }],
    ['relay', 'attention', { relays: [{ ...RELAY, seat: false }] }],
    ['direct', 'attention', { place: { loopback: async () => ({ connected: false, kinds: [] }) } }],
    ['outside', 'bad', { relays: [{ ...RELAY, seat: false }] }],
    ['outside', 'bad', { place: { answers: async () => false } }],
    ['cafe', 'attention', { probe: () => Promise.reject(new Error('away')) }],
  ]
  for (const [check, level, given] of cases) {
    const all = await findings(given)
    expect([check, levelOf(all, check)]).toEqual([check, level])
    expect(all.find((one) => one.check === check)?.advice, check).toBeTruthy()
  }
})

test('the report says how the cafe admits, and of which build the service worker is, if that is one', async () => {
  const told = async (build: string | undefined) =>
    report(await findings({ place: { service: async () => ({ controls: true, waits: false, build }) } }), '1')
  expect(await told('0123456789abcdef')).toContain('good service controls=true waits=false build=0123456789abcdef\n')
  expect(await told(undefined)).toContain('good service controls=true waits=false\n')
  expect(await told('Zoe’s secret place')).toContain('build=unknown\n')
  expect(await told(undefined)).toContain('good outside seats=1 admits=ask answers=true')
})

test('nothing is said of a cafe that is not open', async () => {
  expect(levelOf(await findings({ host: { open: false } }), 'outside')).toBeUndefined()
})

test('a check that fails is told, and the others run', async () => {
  const all = await findings({ place: { storage: () => Promise.reject(new Error('abandon ability able about')) } })
  expect(levelOf(all, 'storage')).toBe('bad')
  expect(all.map(({ check }) => check)).toEqual(CHECKS)
})

test('no secret that was planted comes into the report, and identifiers only by their ends', async () => {
  const given: World = {
    place: {
      storage: () => Promise.reject(new Error(SECRETS.join(' '))),
      clock: () => Promise.reject(new Error('uAgSECRETKEY')),
    },
  }
  const all = await findings(given)
  expect(all.some(({ text }) => text.includes('Zoe'))).toBe(true)
  const text = report(all, '1.2.3')
  for (const secret of [...SECRETS, PEER]) expect(text).not.toContain(secret)
  expect(text).toContain('good relay relay=12D3Ko…NoPqR'.replace('NoPqR', PEER.slice(-6)))
  expect(text.split('\n')[0]).toBe('Popup Cafe 1.2.3')
})
