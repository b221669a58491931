/**
 * In networks of the test's own, none of which leads anywhere else: a guest with nothing but the app and a QR code joins a
 * cafe on the same network, and they go on without the relay; a guest that cannot reach the cafe itself is served through the
 * relay, and is told so; and two devices with no relay at all pair by codes.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '../fixtures/chromium.ts'
import { canNetwork, createNetwork, type Network, type Place } from '../fixtures/netns.ts'
import { installed, type Person, ready, SAMPLE_BYTES, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const MiB = 1024 * 1024
const able = canNetwork('e2e/lan')

let network: Network
const closing: Array<() => Promise<void>> = []

const here = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const one = await starting
  closing.push(() => one.close())
  return one
}
const relayAt = (place: Place): Promise<RelayProcess> => here(startRelay(['--host', '0.0.0.0'], place.prefix))
const visitAt = async (place: Place, url: string, flags: readonly string[] = []): Promise<Person> => {
  const person = await visit(url, { program: place.program(findChromium()), flags })
  closing.push(() => person.browser.close())
  return person
}

/** Somebody whose browser has the app from somewhere that cannot be reached any more. */
const visitInstalled = async (place: Place, flags: readonly string[] = []): Promise<Person> => {
  const shop = await here(startRelay(flags, place.prefix))
  const person = await visitAt(place, shop.url)
  await installed(person.page)
  await shop.stop('SIGKILL')
  await person.page.reload()
  await ready(person.page)
  return person
}

const keep = ({ page }: Person, size: number, seed: number) =>
  page.evaluate(
    async ([size, seed, source]) => {
      const sample: (size: number, seed: number) => Uint8Array<ArrayBuffer> = new Function(`return ${source}`)()
      const started = performance.now()
      const { link, cafes } = await cafe.pins.add(new Blob([sample(size as number, seed as number)]))
      return { link, states: cafes.map(({ state }) => state), ms: performance.now() - started }
    },
    [size, seed, SAMPLE_BYTES] as const,
  )

const pathsTo = async ({ page }: Person, peer: string) => {
  const { connections } = await page.evaluate(() => cafe.node.status())
  return connections.filter(({ peerId }) => peerId === peer).map(({ path }) => path)
}

const join = ({ page }: Person, invite: string) =>
  page.evaluate(async (invite) => {
    await cafe.account.create()
    return cafe.account.register(invite)
  }, invite)

describe.skipIf(!able)('on a network without internet', () => {
  beforeAll(() => {
    network = createNetwork()
  })
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  afterAll(() => network.close())

  test('two hosts join by the text of a QR code, exchange 64 MiB directly, and go on when the relay dies', async () => {
    const [left, right] = [network.place('la'), network.place('lb')]
    network.join([left, '10.77.0.1/24'], [right, '10.77.0.2/24'])
    const relay = await relayAt(left)
    const [host, guest] = await Promise.all([visitAt(left, relay.url), visitInstalled(right)])
    const { invite, peerId } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
    expect(invite.length).toBeLessThanOrEqual(300)

    const session = await join(guest, invite)
    expect(session).toMatchObject({ cafe: peerId, name: 'Corner Cafe' })
    await expect.poll(() => pathsTo(guest, peerId), { timeout: 20_000 }).toContain('direct')
    const { states, ms } = await keep(guest, 64 * MiB, 1)
    expect(states).toEqual(['pinned'])
    expect(await pathsTo(guest, peerId)).toContain('direct')
    console.info(`64 MiB in ${Math.round(ms)} ms: ${((64 * MiB) / 1e6 / (ms / 1000)).toFixed(1)} MB/s`)

    await relay.stop('SIGKILL')
    await expect
      .poll(() => guest.page.evaluate(async () => (await cafe.node.status()).relay), { timeout: 20_000 })
      .toBe('waiting')
    expect((await keep(guest, 4 * MiB, 2)).states).toEqual(['pinned'])
    expect(await pathsTo(guest, peerId)).toEqual(['direct'])
  })

  test('a guest with no way to the cafe is served through the relay, and is told', async () => {
    const [host, middle, guest] = [network.place('na'), network.place('nr'), network.place('nb')]
    network.join([host, '10.78.1.2/24'], [middle, '10.78.1.1/24'])
    network.join([guest, '10.78.2.2/24'], [middle, '10.78.2.1/24'])
    const relay = await relayAt(middle)
    const way = relay.relay.find((address) => address.includes('/10.78.1.1/')) as string
    // The owner's app was told of the relay; the visitor's knows nothing but the invite.
    const [owner, visitor] = await Promise.all([visitInstalled(host, ['--announce', way]), visitInstalled(guest)])
    const seated = () =>
      owner.page.evaluate(async () => (await cafe.node.status()).addresses.some((way) => way.includes('/10.78.2.1/')))
    await expect.poll(seated, { timeout: 30_000 }).toBe(true)
    const { invite, peerId } = await owner.page.evaluate(() => cafe.host.open({ name: 'Far Cafe' }))
    expect(await join(visitor, invite)).toMatchObject({ name: 'Far Cafe' })
    expect((await keep(visitor, 2 * MiB, 3)).states).toEqual(['pinned'])
    expect(await pathsTo(visitor, peerId)).toEqual(['relayed'])
    await visitor.page.locator('cafe-status summary').click()
    await visitor.page.locator('cafe-status').getByText('through relay').first().waitFor()
  })

  test('two devices with no relay anywhere pair by codes, and one keeps a file with the other', async () => {
    const [left, right] = [network.place('pa'), network.place('pb')]
    network.join([left, '10.79.0.1/24'], [right, '10.79.0.2/24'])
    const [host, guest] = await Promise.all([visitInstalled(left), visitInstalled(right)])
    const { peerId } = await host.page.evaluate(() => cafe.host.open({ name: 'Picnic' }))
    // By the screen, as people do: the text of each code is what its QR code shows.
    const shown = async ({ page }: Person): Promise<string> => {
      const button = page.locator('cafe-pair wa-copy-button')
      await button.waitFor()
      return button.evaluate((copy) => (copy as HTMLElement & { value: string }).value)
    }
    const paste = async ({ page }: Person, code: string): Promise<void> => {
      await page.getByLabel('Or paste it').fill(code)
      await page.getByRole('button', { name: 'Continue' }).click()
    }
    await Promise.all([host, guest].map(({ page }) => page.evaluate(() => location.assign('#pair'))))
    await host.page.getByRole('button', { name: 'Show a code' }).click()
    await guest.page.getByRole('button', { name: 'Read the other’s code' }).click()
    await paste(guest, await shown(host))
    const answer = await shown(guest)
    await host.page.getByRole('button', { name: 'It shows a code now' }).click()
    await paste(host, answer)
    await host.page.getByText('Connected directly with').waitFor()
    const invite = await guest.page.getByRole('link', { name: 'See its invite' }).getAttribute('href')
    expect(await join(guest, (invite as string).slice('#join='.length))).toMatchObject({ cafe: peerId, name: 'Picnic' })
    expect((await keep(guest, 8 * MiB, 4)).states).toEqual(['pinned'])
    expect(await pathsTo(guest, peerId)).toEqual(['direct'])
  })
})
