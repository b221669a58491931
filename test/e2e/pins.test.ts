/** What a person sees of proofs: a file is proved, a damaged copy is found and repaired, a lost one is said to be lost. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const NAME = 'holiday.bin'
const WAIT = { timeout: 60_000 }

let relay: RelayProcess
let host: Person
let guest: Person
let other: Person | undefined
let invite: string
let words: string

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  ;({ invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' })))
  ;({ words } = await guest.page.evaluate(async (link) => {
    const account = await cafe.account.create()
    await cafe.account.register(link)
    return account
  }, invite))
  await guest.page.goto(`${relay.url}#files`)
})

afterAll(async () => {
  await Promise.all([host, guest, other].map((person) => person?.browser.close()))
  await relay?.close()
})

/** Changes the first byte of every block in a page's store, or changes it back; gives how many there are. */
const flip = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const name = 'popup-cafe/blocks'
    const db = await done(indexedDB.open(name))
    const store = db.transaction(name, 'readwrite').objectStore(name)
    const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
    for (const [i, key] of keys.entries()) {
      const bytes = (values[i] as Uint8Array).slice()
      bytes[0] = (bytes[0] as number) ^ 1
      await done(store.put(bytes, key))
    }
    db.close()
    return keys.length
  })

/** Digest of every block a page's store has. */
const digests = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const name = 'popup-cafe/blocks'
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    const values = await new Promise<Uint8Array<ArrayBuffer>[]>((resolve) => {
      const request = db.transaction(name).objectStore(name).getAll()
      request.onsuccess = () => resolve(request.result)
    })
    db.close()
    const all = await Promise.all(values.map((bytes) => crypto.subtle.digest('SHA-256', bytes)))
    return all.map((digest) => [...new Uint8Array(digest)].join()).sort()
  })

test('a kept file is checked, and says when it was last proved', async () => {
  const { page } = guest
  await page.locator('input[type=file]').setInputFiles({
    name: NAME,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(crypto.getRandomValues(new Uint8Array(65_536))).subarray(),
  })
  const row = page.locator('cafe-pin', { hasText: NAME })
  await row.getByText('Corner Cafe').waitFor(WAIT)
  expect(await row.innerText()).not.toContain('last proved')
  await row.getByRole('button', { name: `Check that ${NAME}` }).click()
  await row.getByText('last proved').waitFor(WAIT)
  await page.getByRole('status').getByText(`${NAME} is kept whole.`).waitFor({ state: 'attached' })
})

test('damage at the cafe is found, and repaired from this device', async () => {
  const whole = await digests(host.page)
  expect(await flip(host.page)).toBeGreaterThan(0)
  expect(await digests(host.page)).not.toEqual(whole)
  const row = guest.page.locator('cafe-pin', { hasText: NAME })
  const proved = () => guest.page.evaluate(async () => (await cafe.pins.list())[0]?.cafes[0])
  const before = await proved()
  await row.getByRole('button', { name: `Check that ${NAME}` }).click()
  await expect.poll(async () => ((await proved())?.proved ?? 0) > (before?.proved ?? 0), WAIT).toBe(true)
  expect(await proved()).toMatchObject({ state: 'pinned' })
  expect(await digests(host.page)).toEqual(whole)
})

test('what is lost on both sides is said to be lost, and comes back when one has it again', async () => {
  await flip(host.page)
  await flip(guest.page)
  const { page } = guest
  const row = page.locator('cafe-pin', { hasText: NAME })
  await row.getByRole('button', { name: `Check that ${NAME}` }).click()
  await row.getByText(/not at Corner Cafe:.*(damaged|lost)/).waitFor(WAIT)
  await page.getByRole('status').getByText('is not kept whole everywhere').waitFor({ state: 'attached' })
  await flip(guest.page)
  await row.getByRole('button', { name: `Try again to keep ${NAME}` }).click()
  await row.getByRole('button', { name: `Check that ${NAME}` }).waitFor(WAIT)
  await row.getByRole('button', { name: `Check that ${NAME}` }).click()
  await page
    .getByRole('status')
    .getByText(`${NAME} is kept whole.`)
    .waitFor({ state: 'attached', ...WAIT })
})

test('a second device with the same words lists the file by its name and opens it', async () => {
  other = await visit(relay.url)
  const { page } = other
  await page.evaluate(
    async ([phrase, link]) => {
      await cafe.account.restore(phrase)
      await cafe.account.register(link)
    },
    [words, invite] as const,
  )
  await page.goto(`${relay.url}#files`)
  await page.locator('cafe-pin', { hasText: NAME }).getByText('Corner Cafe').waitFor(WAIT)
  const size = await page.evaluate(async () => {
    const [pin] = await cafe.pins.list()
    return (await (await fetch(pin?.link as string)).arrayBuffer()).byteLength
  })
  expect(size).toBe(65_536)
})
