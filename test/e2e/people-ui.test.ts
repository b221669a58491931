/** People as a person uses them: found by name one hop away, looked at, written to; and a card that is handed on. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const SLOW = { timeout: 60_000 }

let relay: RelayProcess
let corner: Person
let blue: Person
let ada: Person
let ben: Person
let address: string

beforeAll(async () => {
  relay = await startRelay()
  ;[corner, blue, ada, ben] = (await Promise.all([1, 2, 3, 4].map(() => visit(relay.url)))) as [
    Person,
    Person,
    Person,
    Person,
  ]
  const [here, there] = await Promise.all([open(corner, 'Corner Cafe'), open(blue, 'Blue Cafe')])
  await Promise.all([settle(ada, here, 'Ada Lovelace'), settle(ben, there, 'Ben Nevis')])
  address = await ben.page.evaluate(async () => {
    await cafe.contact.show({ visibility: 'listed' })
    return (await cafe.account.status())?.address as string
  })
}, 90_000)

afterAll(async () => {
  await Promise.all([corner, blue, ada, ben].map((person) => person?.browser.close()))
  await relay?.close()
})

const open = async ({ page }: Person, name: string): Promise<string> =>
  (await page.evaluate((name) => cafe.host.open({ name }), name)).invite

/** An account with a name that is registered with a cafe. */
const settle = ({ page }: Person, invite: string, name: string): Promise<void> =>
  page.evaluate(
    async ({ invite, name }) => {
      await cafe.account.create()
      await cafe.account.register(invite)
      await cafe.profile.set({ name })
    },
    { invite, name },
  )

const go = ({ page }: Person, hash: string): Promise<void> =>
  page.evaluate((hash) => {
    location.hash = hash
  }, hash)

test('somebody at another cafe is found by name as one types, through the own cafe', async () => {
  const { page } = ada
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).click()
  const field = page.getByRole('searchbox', { name: 'Find people' })
  const result = page.getByRole('link', { name: /Ben Nevis/ })
  // The cafes may still have to meet, and the card to arrive.
  const found = async (): Promise<boolean> => {
    await field.fill('')
    await field.pressSequentially('nevis b')
    return result.waitFor({ timeout: 4000 }).then(
      () => true,
      () => false,
    )
  }
  await expect.poll(found, SLOW).toBe(true)
  await page.getByRole('heading', { name: 'At cafes they know' }).waitFor()
  await page.getByText('1 person. Asked your cafe and the one it knows.').waitFor(SLOW)
  await result.click()
  await page.getByRole('heading', { level: 1, name: 'Ben Nevis' }).waitFor()
  expect(page.url()).toContain(`#contact=${address}`)
  await page.getByText('Found through Corner Cafe, at a cafe it knows').waitFor()
  const groups = page.getByLabel(/^Address: P/)
  expect((await groups.textContent())?.replace(/\s/g, '')).toBe(address)
})

test('a thread with them is one button away; they get the invite, join, and are on its page', async () => {
  const { page } = ada
  await page.getByRole('button', { name: 'Start a thread' }).click()
  await page.getByRole('heading', { level: 1, name: /Ben Nevis/ }).waitFor(SLOW)
  await page.waitForURL(/#thread=[0-9a-f]{64}$/)
  await go(ben, '#threads')
  await ben.page.getByRole('button', { name: /^(Join|Accept) “Ada Lovelace & Ben Nevis”/ }).click(SLOW)
  // Each sees the conversation under the name of the other.
  await ben.page.getByRole('heading', { level: 1, name: /Ada Lovelace/ }).waitFor(SLOW)
  await ben.page.waitForURL(/#thread=[0-9a-f]{64}$/)
  const member = page.getByRole('list', { name: 'Members' }).getByRole('link', { name: 'Ben Nevis' })
  await member.click(SLOW)
  await page.getByRole('heading', { name: 'Common threads' }).waitFor()
})

test('they are kept under a name of one’s own, blocked and let in again', async () => {
  const { page } = ada
  await go(ada, `#contact=${address}`)
  await page.getByRole('button', { name: 'Add to contacts' }).click()
  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: /What you call them/ }).fill('Ben from work')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'Ben from work' }).waitFor()
  await page.getByText('calls themselves Ben Nevis').waitFor()
  await page.getByRole('button', { name: 'Block', exact: true }).click()
  await page.locator('cafe-confirm').getByRole('button', { name: 'Block' }).click()
  await page.getByText('You have blocked them').waitFor()
  await page.getByRole('button', { name: 'Unblock' }).click()
  await page.getByText('You have blocked them').waitFor({ state: 'hidden' })
  await go(ada, '#people')
  await page
    .getByRole('list', { name: 'Your contacts' })
    .getByRole('link', { name: /Ben from work/ })
    .waitFor()
})

test('a contact link shows whose it is before anything is kept', async () => {
  await go(ada, '#people')
  const link = await ada.page.getByRole('textbox', { name: 'Contact link' }).inputValue()
  const { page } = ben
  await go(ben, '#people')
  await page.getByRole('searchbox', { name: 'Find people' }).fill(link)
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor(SLOW)
  expect(await page.evaluate(() => cafe.contact.list())).toEqual([])
  await page.getByRole('button', { name: 'Add to contacts' }).click()
  await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor(SLOW)
  expect(await page.evaluate(async () => (await cafe.contact.list()).map(({ name }) => name))).toEqual(['Ada Lovelace'])
})
