/** The Tab key goes through the main screens in the order in which they are read, on a phone and on a desktop. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { against, stopsOf } from '../fixtures/focus-order.ts'
import { WAIT } from '../fixtures/keyboard.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let ada: Person
let thread: string

beforeAll(async () => {
  relay = await startRelay()
  ;[host, ada] = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  const address = await host.page.evaluate(async () => {
    await cafe.account.create()
    return (await cafe.account.status())?.address as string
  })
  thread = await ada.page.evaluate(
    async ({ invite, address }) => {
      await cafe.account.create()
      await cafe.account.register(invite)
      await cafe.host.open({ name: 'Blue Cafe' })
      for (const name of ['letter.txt', 'poem.txt']) await cafe.pins.add(new File([`A ${name}`], name))
      await cafe.contact.add({ address, name: 'Ben' })
      const { id } = await cafe.thread.create({ name: 'Summer in Rome' })
      for (const words of ['The house is booked', 'So is the train']) await cafe.thread.post(id, words)
      return id
    },
    { invite, address },
  )
}, 180_000)

afterAll(async () => {
  await Promise.all([host, ada].map((person) => person?.browser.close()))
  await relay?.close()
})

/** Shows the view, and waits for what it has to show. */
async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, hash)
  await page.locator('main:not([data-settling]) h1').first().waitFor(WAIT)
  await page.locator('main .waiting').waitFor({ ...WAIT, state: 'detached' })
}

describe.each([
  ['a phone', { width: 390, height: 844 }],
  ['a desktop', { width: 1280, height: 800 }],
])('on %s', (_, size) => {
  beforeAll(() => ada.page.setViewportSize(size))

  test.each([
    ['home', '#'],
    ['one’s cafe', '#host'],
    ['joining', '#join'],
    ['you', '#you'],
    ['the account', '#account'],
    ['files', '#files'],
    ['threads', '#threads'],
    ['a thread', '#thread='],
    ['people', '#people'],
    ['mail', '#mail'],
    ['settings', '#settings'],
    ['trying links', '#open'],
  ])('%s', async (_, hash) => {
    const { page } = ada
    await show(page, hash === '#thread=' ? `${hash}${thread}` : hash)
    const stops = await stopsOf(page)
    expect(stops.filter(({ nav }) => nav).length).toBeGreaterThan(4)
    expect(stops.filter(({ nav }) => !nav).length).toBeGreaterThan(2)
    expect(against(stops)).toEqual([])
  })

  test('what is drawn the other way round is found', async () => {
    const { page } = ada
    await show(page, '#settings')
    const style = await page.addStyleTag({ content: 'cafe-settings { display: flex; flex-direction: column-reverse }' })
    expect(against(await stopsOf(page))).not.toEqual([])
    await style.evaluate((element) => (element as Element).remove())
  })
})
