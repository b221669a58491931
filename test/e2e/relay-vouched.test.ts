/** A cafe in a tab at a relay for strangers: an invited guest joins and keeps a file there, and nobody else gets through. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
const people: Person[] = []
const person = async (): Promise<Person> => {
  const made = await visit(relay.url)
  people.push(made)
  await made.page.waitForFunction(async () => (await cafe.node.status()).relay === 'connected', undefined, {
    polling: 50,
  })
  return made
}

beforeAll(async () => {
  relay = await startRelay(['--preset', 'public'])
}, 60_000)
afterAll(async () => {
  await Promise.all(people.map(({ browser }) => browser.close()))
  await relay.close()
})

it('lets an invited guest join and pin, and no stranger through', async () => {
  const [host, guest] = [await person(), await person()]
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Vouched Cafe' }))
  const pinned = await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
    const added = await cafe.pins.add(new File([crypto.getRandomValues(new Uint8Array(50_000))], 'a.bin'))
    return { cafes: (await cafe.account.cafes()).length, cid: added.cid }
  }, invite)
  expect(pinned.cafes).toBe(1)
  expect(pinned.cid).toBeTruthy()
  const { roots } = (await host.page.evaluate(() => cafe.host.status())) as { roots: number }
  expect(roots).toBe(1)

  // The same place without the token: whoever knows where the cafe is, and no more.
  const stranger = await person()
  const { formatInvite, parseInvite } = await import('../../src/net/invite.ts')
  const { token: _, ...place } = parseInvite(invite)
  const bare = formatInvite(place, new URL(relay.url).origin)
  const refused = await stranger.page.evaluate(async (link) => {
    await cafe.account.create()
    return cafe.account.register(link).then(
      () => 'joined',
      (error: { code: string; data: object }) => ({ code: error.code, ...error.data }),
    )
  }, bare)
  expect(refused).toMatchObject({ code: 'UNREACHABLE', why: 'guests' })
}, 240_000)
