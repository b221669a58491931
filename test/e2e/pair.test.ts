/** Two browsers connect with nobody in between, by showing each other codes; then the one is the other's guest. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installed, type Person, ready, SAMPLE_BYTES, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SIZE = 4 * 1024 * 1024

let relay: RelayProcess
let host: Person
let guest: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  await Promise.all([installed(host.page), installed(guest.page)])
  // From here on there is no relay, and nobody who serves the app.
  await relay.stop('SIGKILL')
  await Promise.all([host, guest].map(({ page }) => page.reload()))
  await Promise.all([ready(host.page), ready(guest.page)])
})
afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

describe('without a relay', () => {
  test('codes connect two devices, and the guest joins the cafe and keeps a file there', async () => {
    const { peerId } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
    await guest.page.evaluate(() => cafe.account.create())
    const offer = await host.page.evaluate(async () => (await cafe.pair.offer()).code)
    const answer = await guest.page.evaluate(async (code) => (await cafe.pair.answer(code)).code, offer)
    const [there, here] = await Promise.all([
      guest.page.evaluate(() => cafe.pair.connected()),
      host.page.evaluate((code) => cafe.pair.accept(code), answer),
    ])
    expect(there).toMatchObject({ peerId, invite: expect.stringContaining('#join=') })
    expect(here.invite).toBeUndefined()
    const session = await guest.page.evaluate((invite) => cafe.account.register(invite), there.invite as string)
    expect(session).toMatchObject({ name: 'Corner Cafe', state: 'active' })
    const pin = await guest.page.evaluate(
      async ([size, source]) => {
        const sample: (size: number) => Uint8Array<ArrayBuffer> = new Function(`return ${source}`)()
        return cafe.pins.add(new Blob([sample(size as number)]))
      },
      [SIZE, SAMPLE_BYTES] as const,
    )
    expect(pin.cafes).toMatchObject([{ cafe: peerId, state: 'pinned' }])
    const { connections } = await guest.page.evaluate(() => cafe.node.status())
    expect(connections).toMatchObject([{ peerId, path: 'direct', transport: 'webrtc' }])
  })
  test('a code is good once, for the other device, and in its turn', async () => {
    const codes = await host.page.evaluate(async () => (await cafe.pair.offer()).code)
    const refused = await host.page.evaluate(async (own) => {
      const why = (error: { code: string; data: object }) => ({ code: error.code, ...error.data })
      return [await cafe.pair.answer(own).catch(why), await cafe.pair.accept(own).catch(why)]
    }, codes)
    expect(refused).toEqual([
      { code: 'CONFLICT', what: 'own code' },
      { code: 'BAD_REQUEST', what: 'offer' },
    ])
    const answer = await guest.page.evaluate(async (code) => (await cafe.pair.answer(code)).code, codes)
    const again = await guest.page.evaluate(
      (code) => cafe.pair.answer(code).catch((error) => ({ code: error.code, ...error.data })),
      codes,
    )
    expect(again).toEqual({ code: 'CONFLICT', what: 'used code' })
    // A newer offer takes the place of the one that was answered.
    const late = await host.page.evaluate(async (code) => {
      await cafe.pair.offer()
      return cafe.pair.accept(code).catch((error) => ({ code: error.code, ...error.data }))
    }, answer)
    expect(late).toEqual({ code: 'NOT_FOUND', what: 'offer' })
    // What was made by an earlier pairing stands.
    const { connections } = await guest.page.evaluate(() => cafe.node.status())
    expect(connections.length).toBe(1)
  })
})
