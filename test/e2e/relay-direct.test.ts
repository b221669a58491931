/**
 * A page that is told of its relay by an address of WebRTC-direct alone: it gets its seat over it, and a guest who knows the
 * relay by WebSocket joins its cafe and keeps a file there.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChangingHost, changingHost } from '../fixtures/changing-host.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: ChangingHost
let owner: Person
let guest: Person

beforeAll(async () => {
  relay = await startRelay(['--webrtc-port', '0'])
  host = await changingHost(relay.url, ({ url }, answer) => {
    if (url !== '/config.json') return
    const config = JSON.parse(answer.body.toString()) as { relay: string[] }
    const direct = config.relay.filter((address) => address.includes('/webrtc-direct/'))
    answer.body = Buffer.from(JSON.stringify({ ...config, relay: direct }))
  })
  owner = await visit(host.url)
  guest = await visit(relay.url)
})

afterAll(async () => {
  await guest?.browser.close()
  await owner?.browser.close()
  await host?.close()
  await relay?.close()
})

test('a cafe has its seat by the hash of the relay’s certificate, and takes a guest', async () => {
  const { addresses, invite } = await owner.page.evaluate(() => cafe.host.open({ name: 'By hash', mode: 'invite' }))
  expect(addresses.length).toBeGreaterThan(0)
  const { connections } = await owner.page.evaluate(() => cafe.node.status())
  const ways = connections.map(({ address }) => address)
  expect(ways).toEqual([expect.stringContaining('/webrtc-direct/certhash/')])

  const pinned = await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    const { state } = await cafe.account.register(link)
    const { cid } = await cafe.pins.add(new File([crypto.getRandomValues(new Uint8Array(50_000))], 'a.bin'))
    return { state, cid }
  }, invite)
  expect(pinned.state).toBe('active')
  await expect
    .poll(() => guest.page.evaluate(async () => (await cafe.pins.list())[0]?.cafes[0]?.state), { timeout: 30_000 })
    .toBe('pinned')
})
