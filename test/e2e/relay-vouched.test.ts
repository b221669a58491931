/**
 * A cafe in a tab at a relay for strangers: an invited guest joins and keeps a file there, comes back with nothing but words, and
 * links a device; nobody else gets through.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 60_000, interval: 300 }

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

it('lets somebody back with nothing but twelve words, and a device that is linked', async () => {
  const [host, guest] = [await person(), await person()]
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Lost and Found' }))
  const had = await guest.page.evaluate(async (link) => {
    const { words } = await cafe.account.create()
    await cafe.account.register(link)
    const { id } = await cafe.thread.create({ name: 'Garden' })
    await cafe.thread.post(id, 'the only copy')
    const added = await cafe.pins.add(new File(['a letter'], 'letter.txt'))
    return { words, id, link: added.link }
  }, invite)
  const isSafe = () => guest.page.evaluate(async () => (await cafe.account.safety()).safe)
  await expect.poll(isSafe, WAIT).toBe(1)
  // The only device is lost: the browser, its profile, and with them the invite.
  await guest.browser.close()

  const back = await person()
  const threads = await back.page.evaluate(async (words) => {
    await cafe.account.restore(words)
    return (await cafe.recover.start()).threads.map(({ name, state }) => [name, state])
  }, had.words)
  expect(threads).toEqual([['Garden', 'done']])
  const read = (where: Person) =>
    where.page.evaluate(async (link) => {
      const response = await fetch(link)
      return response.ok ? response.text() : response.status
    }, had.link)
  await expect.poll(() => read(back), WAIT).toBe('a letter')

  // A further device: it shows a link, the other follows, and the cafe lets it in.
  const linked = await person()
  const cafes = await link(linked, back)
  await expect
    .poll(() => linked.page.evaluate(async () => (await cafe.account.cafes()).map(({ state }) => state)), WAIT)
    .toEqual(['active'])
  expect(cafes).toBe(1)
}, 300_000)

/** Gives the account of `from` to `to`, as two people with two screens do. @returns at how many cafes it is. */
async function link(to: Person, from: Person): Promise<number> {
  const offered = to.page.evaluate(async () => {
    const steps = { link: '', code: '' }
    Object.assign(globalThis, { steps })
    const { cafes } = await cafe.devices.offer({ onProgress: (step) => void Object.assign(steps, step) })
    return cafes
  })
  const step = (name: 'link' | 'code') =>
    to.page.evaluate((name) => (Reflect.get(globalThis, 'steps') as { link: string; code: string })[name], name)
  await expect.poll(() => step('link'), WAIT).not.toBe('')
  const { code } = await from.page.evaluate((shown) => cafe.devices.follow(shown), await step('link'))
  await expect.poll(() => step('code'), WAIT).toBe(code)
  const giving = from.page.evaluate(() => cafe.devices.give())
  await to.page.evaluate(() => cafe.devices.match(true))
  await giving
  const cafes = await offered
  await to.page.evaluate(() => cafe.devices.keep())
  return cafes
}
