/** The doctor in a real browser: all is well, the relay is gone, and a report that says nothing it should not. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 90_000 }
const SECRET = 'Zanzibar Tearoom'
let relay: RelayProcess
let host: Person
let guest: Person
/** Names and words of the report that may be among the words of an account, too. */
const OURS = /^(?:build|clock|direct|false|good|host|open|outside|path|seat|service|true|unknown|used)$/
/** Whatever opens something, or names somebody. */
let secrets: string[]

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  const { invite, peerId } = await host.page.evaluate((name) => cafe.host.open({ name, mode: 'open' }), SECRET)
  const made = await guest.page.evaluate(async (invite) => {
    const { words, address } = await cafe.account.create()
    await cafe.account.register(invite)
    return [words, ...words.split(' '), address]
  }, invite)
  secrets = [SECRET, invite, new URL(invite).hash.slice(6), peerId, ...made, '127.0.0.1']
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

/** Lines of the doctor, once it is done: check and level. */
async function look({ page }: Person): Promise<string[]> {
  await page.goto('about:blank')
  await page.goto(`${relay.url}#doctor`)
  await page.getByRole('button', { name: 'Copy the report' }).waitFor(WAIT)
  return page
    .locator('cafe-doctor li')
    .evaluateAll((lines) =>
      lines.map((line) => `${line.getAttribute('data-check')} ${line.getAttribute('data-level')}`),
    )
}

test('a guest hears that all is well, and how its cafe answers', async () => {
  const lines = await look(guest)
  expect(lines).toEqual([
    'browser good',
    // A headless browser keeps nothing for good.
    'storage attention',
    'service good',
    'worker good',
    'clock good',
    'relay good',
    'direct good',
    'cafe good',
  ])
  await guest.page.getByText(new RegExp(`${SECRET} answers (directly|through the relay) in \\d+ ms`)).waitFor(WAIT)
})

test('a host hears that others find its cafe', async () => {
  expect(await look(host)).toContain('outside good')
  await host.page.getByText('It admits anybody.').waitFor()
})

test('the report has no name, word, code or whole identifier in it', async () => {
  for (const { page } of [host, guest]) {
    const text = (await page.locator('cafe-doctor .report').textContent()) ?? ''
    expect(text).toMatch(/^Popup Cafe \d/)
    expect(text).toContain('good relay')
    expect(text).toMatch(/good service .* build=[0-9a-f]{16}$/m)
    expect(text.includes(' admits=open')).toBe(page === host.page)
    const words = new Set(text.split(/[\s=…]+/).filter((word) => !OURS.test(word)))
    expect(secrets.filter((secret) => (/^[a-z]+$/.test(secret) ? words.has(secret) : text.includes(secret)))).toEqual(
      [],
    )
  }
})

test('the chip says of each connection whether it is direct, in every language', async () => {
  const { page } = guest
  await page.waitForFunction(
    async () => (await cafe.node.status()).connections.some(({ path }) => path === 'direct'),
    undefined,
    { ...WAIT, polling: 300 },
  )
  for (const [language, direct] of [
    ['de', 'direkt'],
    ['en', 'direct'],
  ] as const) {
    await page.goto(`${relay.url}#settings`)
    await page.getByRole('combobox', { name: /Language|Sprache/ }).selectOption(language, WAIT)
    await page.locator('cafe-status summary').click(WAIT)
    await page.locator('cafe-status .tag').getByText(direct, { exact: true }).first().waitFor(WAIT)
    await page.keyboard.press('Escape')
  }
})

test('without the relay it says what is in the way, and what to do', async () => {
  await guest.page.goto(`${relay.url}#doctor`)
  await relay.stop()
  await guest.page.waitForFunction(async () => (await cafe.node.status()).relay === 'waiting', undefined, {
    ...WAIT,
    polling: 300,
  })
  await guest.page.getByRole('button', { name: 'Look again' }).click(WAIT)
  await guest.page.locator('cafe-doctor li[data-check=relay][data-level=bad]').getByText('We keep trying').waitFor(WAIT)
  await guest.page.locator('cafe-doctor li[data-check=clock][data-level=bad]').waitFor(WAIT)
  await guest.page.goto(`${relay.url}#you`)
  await guest.page.locator('cafe-status summary').click(WAIT)
  await guest.page.getByText('who is connected directly stays connected').waitFor(WAIT)
  await guest.page.getByRole('link', { name: 'See what is in the way' }).click(WAIT)
  await guest.page.getByRole('heading', { level: 1, name: 'Can others reach you?' }).waitFor(WAIT)
})
