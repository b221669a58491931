/** Accounts, passphrases and devices as a person meets them, and what is left of them on disk. */
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeSeed } from '../../src/crypto/strkey.ts'
import { accountSeed } from '../../src/crypto/wallet.ts'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { askedPlaces, pickWords, readWords } from '../fixtures/words.ts'

const LOCK = 'a cup of tea'

let relay: RelayProcess
let profile: string
let browser: Browser | undefined
let phrase: string[]
let address: string

beforeAll(async () => {
  relay = await startRelay()
  profile = await mkdtemp(join(tmpdir(), 'popup-cafe-wallet-'))
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await relay?.close()
  await rm(profile, { recursive: true, force: true, maxRetries: 3 })
})

/** Starts the browser of the profile, with a page at a fragment. */
async function start(hash: string): Promise<Page> {
  browser = await launch({ profile })
  const page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await page.goto(`${relay.url}${hash}`)
  await ready(page)
  return page
}
async function stop(): Promise<void> {
  await browser?.close()
  browser = undefined
}

const SOURCES = new URL('../../src/ui/', import.meta.url).pathname
const OWN_WORDS = new Set(
  globSync(['**/*.ts', '**/*.css', '**/*.svg'], { cwd: SOURCES })
    .flatMap(
      (file) =>
        readFileSync(SOURCES + file, 'utf8')
          .toLowerCase()
          .match(/[a-z]+/g) ?? [],
    )
    .concat(
      readFileSync(`${SOURCES}../../index.html`, 'utf8')
        .toLowerCase()
        .match(/[a-z]+/g) ?? [],
    ),
)

/** Words of the account that stand in the page: as text, in attributes, or as values. */
const inPage = (page: Page, phrase: readonly string[]) => {
  // Words that the app itself may say are no sign of anything.
  const words = phrase.filter((word) => !OWN_WORDS.has(word))
  if (words.length < 4) throw new Error('too few words to tell')
  return page.evaluate((words) => {
    const values = [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value)
    const text = ` ${document.documentElement.outerHTML} ${values.join(' ')} `.toLowerCase()
    return words.filter((word) => new RegExp(`[^a-z]${word}[^a-z-]`).test(text)).length
  }, words)
}

/** Makes the page believe that nobody looks at it, or somebody does again. */
const look = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

describe('an account with a passphrase', () => {
  test('is made only once the choice is made, and shows its words', async () => {
    const page = await start('#account')
    await page.getByRole('button', { name: 'Make my account' }).click()
    expect(await page.evaluate(() => cafe.account.status())).toBeNull()
    await page.getByRole('radio', { name: /Ask for a passphrase/ }).check()
    await page.getByRole('textbox', { name: /New passphrase/ }).fill(LOCK)
    await page.getByRole('button', { name: 'Make my account' }).click()
    phrase = await readWords(page)
    expect(phrase).toHaveLength(12)
    expect(await inPage(page, phrase)).toBeGreaterThan(3)
    const status = await page.evaluate(() => cafe.account.status())
    expect(status).toMatchObject({ index: 0, lock: true, locked: false, seed: true })
    address = status?.address ?? ''
  })

  test('takes its words off the page while nobody looks, and when they are asked back', async () => {
    const page = browser?.context.pages()[0] as Page
    await look(page, 'hidden')
    expect(await inPage(page, phrase)).toBe(0)
    await look(page, 'visible')
    await page.getByRole('button', { name: 'Show the words' }).click()
    expect(await page.locator('cafe-words li').count()).toBe(12)
    await page.getByRole('button', { name: 'I wrote them down' }).click()
    await page.getByRole('heading', { name: 'Let us make sure' }).waitFor()
    // What is picked from stands there; the list in its order does not, and nothing does while nobody looks.
    expect(await page.locator('cafe-words li').count()).toBe(0)
    expect(await page.locator('cafe-words fieldset').count()).toBe(3)
    await look(page, 'hidden')
    expect(await inPage(page, phrase)).toBe(0)
    await look(page, 'visible')
    await page.getByRole('button', { name: 'Show the words' }).click()
    await page.getByRole('button', { name: 'I wrote them down' }).click()
  })

  test('refuses wrong words, whatever else the person does, and takes the right ones', async () => {
    const page = browser?.context.pages()[0] as Page
    const [place = 0] = await askedPlaces(page)
    const group = page.getByRole('group', { name: `Word ${place + 1}`, exact: true })
    const wrong = (await group.getByRole('button').allInnerTexts()).find((word) => word.trim() !== phrase[place])
    await group.getByRole('button', { name: wrong?.trim() as string, exact: true }).click()
    await page.getByText('That is not the word you were shown').waitFor()
    expect(await page.locator('cafe-words fieldset[disabled]').count()).toBe(0)
    await page.getByRole('link', { name: 'My cafe' }).click()
    await page.getByRole('heading', { name: 'Let us make sure' }).waitFor()
    await page.evaluate(() => {
      location.hash = '#account'
    })
    await pickWords(page, (place) => phrase[place] as string)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    expect(await page.locator('cafe-words').count()).toBe(0)
    expect(await inPage(page, phrase)).toBe(0)
  })

  test('is locked when the browser starts again: nothing of it can be had, but a cafe can be opened', async () => {
    await stop()
    const page = await start('#files')
    await page.getByRole('heading', { name: 'Unlock your account' }).waitFor()
    const failed = await page.evaluate(async () => {
      const codeOf = (call: Promise<unknown>) =>
        call.then(
          () => '',
          ({ code, data }) => `${code} ${data.what}`,
        )
      return Promise.all([codeOf(cafe.pins.list()), codeOf(cafe.account.cafes()), codeOf(cafe.devices.list())])
    })
    expect(failed).toEqual(Array(3).fill('SEALED account'))
    expect(await page.evaluate(() => cafe.account.status())).toMatchObject({ address, locked: true })
    await page.evaluate(() => cafe.host.open({ name: 'Night Cafe' }))
    expect(await page.evaluate(() => cafe.host.status())).toMatchObject({ open: true, name: 'Night Cafe' })
  })

  test('opens by its passphrase and by no other', async () => {
    const page = browser?.context.pages()[0] as Page
    const field = page.getByRole('textbox', { name: 'Passphrase', exact: true })
    await field.fill('a cup of milk')
    await page.getByRole('button', { name: 'Unlock' }).click()
    await page.getByText('This is not the passphrase.').waitFor({ timeout: 60_000 })
    await field.fill(LOCK)
    await page.getByRole('button', { name: 'Unlock' }).click()
    await page.getByRole('heading', { name: 'Files' }).waitFor({ timeout: 60_000 })
    expect(await page.evaluate(() => cafe.account.status())).toMatchObject({ address, locked: false })
  })
})

/** How many files below `folder` hold one of the needles, in UTF-8 or as UTF-16. */
async function findOnDisk(folder: string, needles: readonly Buffer[]): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const bytes = await readFile(join(entry.parentPath, entry.name))
    if (needles.some((needle) => bytes.includes(needle))) found.push(entry.name)
  }
  return found
}
const asText = (text: string): Buffer[] => [Buffer.from(text), Buffer.from(text, 'utf16le')]
/** Everything the words of an account could be known by. */
function secretsOf(words: readonly string[]): Buffer[] {
  const seed = accountSeed(words.join(' '))
  const raw = Buffer.from(seed.reveal())
  const pairs = [words.slice(0, 3), words.slice(4, 7), words.slice(-3)].map((some) => some.join(' '))
  const texts = [encodeSeed(seed), raw.toString('hex'), raw.toString('base64'), ...pairs]
  return [raw, ...texts.flatMap(asText)]
}

describe('the profile on disk', () => {
  test('holds neither seed nor words of a locked account, in any spelling', async () => {
    await stop()
    expect(await findOnDisk(profile, asText(address))).not.toEqual([])
    expect(await findOnDisk(profile, secretsOf(phrase))).toEqual([])
  })

  test('holds the key of one that stays unlocked, which is what is said where it is chosen', async () => {
    const other = await mkdtemp(join(tmpdir(), 'popup-cafe-open-'))
    try {
      const open = await launch({ profile: other })
      const page = open.context.pages()[0] ?? (await open.context.newPage())
      await page.goto(relay.url)
      await ready(page)
      const { words } = await page.evaluate(() => cafe.account.create())
      await open.close()
      const seed = Buffer.from(accountSeed(words).reveal())
      // So the search above would have found it.
      expect(await findOnDisk(other, [seed])).not.toEqual([])
    } finally {
      await rm(other, { recursive: true, force: true, maxRetries: 3 })
    }
  })
})

describe('a second device', () => {
  let other: Person | undefined
  afterAll(() => other?.browser.close())

  test('is given the account by a link and a number, without words', async () => {
    const page = await start('#account')
    await page.evaluate((lock) => cafe.account.unlock(lock), LOCK)
    other = await visit(`${relay.url}#account`)
    await other.page.getByText('I have an account on another device').click()
    await other.page.getByRole('button', { name: 'Show a link' }).click()
    const link = await other.page.getByRole('textbox', { name: /Link of this device/ }).inputValue()
    expect(link).toContain('#link=')
    await page.getByRole('button', { name: 'Link a device' }).click()
    await page.getByRole('textbox', { name: 'Link of the other device' }).fill(link)
    await page.getByRole('button', { name: 'Continue' }).click()
    const here = await page.getByLabel('Number to compare').innerText({ timeout: 60_000 })
    const there = await other.page.getByLabel('Number to compare').innerText({ timeout: 60_000 })
    expect(here).toMatch(/^\d{4} \d{4}$/)
    expect(there).toBe(here)
    await page.getByRole('textbox', { name: 'Your passphrase' }).fill(LOCK)
    await page.getByRole('button', { name: 'The same: link it' }).click()
    await other.page.getByRole('button', { name: 'It is the same', exact: true }).click()
    await other.page
      .getByRole('radio', { name: /Stay unlocked/ })
      .last()
      .check({ timeout: 60_000 })
    await other.page.getByRole('button', { name: 'Use it here' }).click()
    await page.getByText('has your account now').waitFor({ timeout: 60_000 })
    await other.page.getByRole('heading', { name: 'Your account' }).waitFor({ timeout: 60_000 })
    expect(await other.page.evaluate(() => cafe.account.status())).toMatchObject({ address, lock: false, seed: true })
  }, 180_000)

  test('is listed at both, and put out by the first', async () => {
    const page = browser?.context.pages()[0] as Page
    const peers = (page: Page) =>
      page.evaluate(async () => (await cafe.devices.list()).map(({ peerId }) => peerId).sort())
    await expect.poll(() => peers(page).then(({ length }) => length)).toBe(2)
    expect(await peers(other?.page as Page)).toEqual(await peers(page))
    await page.goto(`${relay.url}#account`)
    await page.getByRole('button', { name: /^Remove Chrome/ }).click()
    await page.getByRole('textbox', { name: 'Your passphrase' }).fill('a cup of milk')
    await page.getByRole('button', { name: 'Remove the device' }).click()
    await page.getByText('This is not the passphrase.').waitFor({ timeout: 60_000 })
    await page.getByRole('textbox', { name: 'Your passphrase' }).fill(LOCK)
    await page.getByRole('button', { name: 'Remove the device' }).click()
    await page.getByText('removed', { exact: true }).waitFor({ timeout: 60_000 })
    const revoked = await page.evaluate(async () =>
      (await cafe.devices.list()).filter(({ revoked }) => revoked !== null),
    )
    expect(revoked).toMatchObject([{ here: false }])
  }, 120_000)
})

describe('a second account', () => {
  test('of the same words has another address and its own files, and one is in use at a time', async () => {
    const page = browser?.context.pages()[0] as Page
    const second = await page.evaluate(
      ({ words, proof }) => cafe.account.restore(words, { index: 1, add: true, proof }),
      { words: phrase.join(' '), proof: LOCK },
    )
    expect(second).toMatchObject({ index: 1, lock: false, locked: false })
    expect(second.address).not.toBe(address)
    expect(await page.evaluate(() => cafe.account.list())).toMatchObject([
      { address, current: false, lock: true },
      { address: second.address, current: true, lock: false },
    ])
    expect(await page.evaluate(() => cafe.devices.list())).toHaveLength(1)
    await page.getByRole('heading', { name: 'Accounts on this device' }).waitFor()
    await page.getByRole('button', { name: `Use ${address.slice(0, 6)}`, exact: false }).click()
    await page.getByRole('heading', { name: 'Unlock your account' }).waitFor()
    expect(await page.evaluate(() => cafe.account.status())).toMatchObject({ address, locked: true })
    await page.evaluate((lock) => cafe.account.unlock(lock), LOCK)
    expect(await page.evaluate(() => cafe.devices.list())).toHaveLength(2)
  }, 120_000)
})
