/** The app as an app: what Chromium says of its manifest, links and files of the system, installing, no network, staying awake. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installed, type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 60_000 }
let relay: RelayProcess
let person: Person
let invite: string

/** A screen that can be kept on, as the test wants it: a headless browser has none. */
const WAKE_LOCK = `Object.defineProperty(navigator, 'wakeLock', { value: { async request() {
  if (globalThis.refuseWake) throw new DOMException('no', 'NotAllowedError')
  const lock = new EventTarget()
  lock.released = false
  lock.release = async () => { lock.released = true; globalThis.wakeLocks--; lock.dispatchEvent(new Event('release')) }
  globalThis.wakeLocks = (globalThis.wakeLocks ?? 0) + 1
  return lock
} } })`

/** Has the test open files with the app, as a system does with an installed one. */
const LAUNCHES = `Object.defineProperty(globalThis, 'launchQueue', { value: {
  setConsumer(take) { globalThis.launch = take }
} })`

/** Says that it is one, and has nothing that asks to be installed. */
const IPHONE = `Object.defineProperty(navigator, 'userAgent', {
  value: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1'
})
addEventListener('beforeinstallprompt', (event) => event.stopImmediatePropagation())`

beforeAll(async () => {
  relay = await startRelay()
  person = await visit(relay.url, { before: [WAKE_LOCK, LAUNCHES] })
})

afterAll(async () => {
  await person?.browser.close()
  await relay?.close()
})

const wakeLocks = () => person.page.evaluate(() => (globalThis as { wakeLocks?: number }).wakeLocks ?? 0)

test('Chromium reads the manifest without a complaint, and all its pictures are there', async () => {
  const session = await person.browser.context.newCDPSession(person.page)
  const { errors, data = '' } = await session.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const { icons, screenshots, shortcuts } = JSON.parse(data)
  const pictures = [...icons, ...screenshots, ...shortcuts.flatMap(({ icons }: { icons: unknown[] }) => icons)]
  const types = await person.page.evaluate(
    (sources) => Promise.all(sources.map(async (src) => (await (await fetch(src)).blob()).type.split('/')[0])),
    pictures.map(({ src }: { src: string }) => src),
  )
  expect(types).toEqual(pictures.map(() => 'image'))
  // What it says of a browser that has no window to install into is none of ours.
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  const ours = installabilityErrors.map(({ errorId }) => errorId).filter((id) => /manifest|icon|start-url/.test(id))
  expect(ours).toEqual([])
  await session.detach()
})

test('installing is offered only after something was achieved, and a no is for good', async () => {
  const { page } = person
  const could = () =>
    page.evaluate(() => {
      const event = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt: async () => {} })
      dispatchEvent(event)
      return event.defaultPrevented
    })
  expect(await could()).toBe(true)
  const offer = page.getByRole('region', { name: 'Have Popup Cafe as an app' })
  expect(await offer.count()).toBe(0)
  invite = await page.evaluate(async () => (await cafe.host.open({ name: 'Corner Cafe', mode: 'open' })).invite)
  await offer.waitFor(WAIT)
  await offer.getByRole('button', { name: 'No, thanks' }).click()
  await offer.waitFor({ ...WAIT, state: 'detached' })
  await page.reload()
  await ready(page)
  await page.waitForFunction(() => customElements.get('cafe-install') !== undefined)
  await could()
  await page.getByText(/Corner Cafe.* is open/).waitFor(WAIT)
  expect(await offer.count()).toBe(0)
})

test('on iOS, where a page cannot ask for it, a sentence says how it is installed', async () => {
  const other = await visit(relay.url, { before: [IPHONE] })
  try {
    const { page } = other
    await page.evaluate(() => cafe.host.open({ name: 'Pocket Cafe', mode: 'open' }))
    const offer = page.getByRole('region', { name: 'Have Popup Cafe as an app' })
    await offer.getByText('Add to Home Screen').waitFor(WAIT)
    expect(await offer.getByRole('button').allTextContents()).toEqual(['No, thanks'])
  } finally {
    await other.browser.close()
  }
})

test('a file that the system opens with the app waits until the person says what is to be done', async () => {
  const { page } = person
  await page.waitForFunction(() => 'launch' in globalThis, undefined, WAIT)
  await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory()
    const handle = await folder.getFileHandle('menu.txt', { create: true })
    const writing = await handle.createWritable()
    await writing.write('Soup')
    await writing.close()
    const { launch } = globalThis as unknown as { launch(given: { files: FileSystemFileHandle[] }): void }
    launch({ files: [handle] })
  })
  await page.waitForURL(/#files/, WAIT)
  const shared = page.locator('cafe-shared')
  await shared.getByText('menu.txt').waitFor(WAIT)
  await shared.getByText('It waits here until you have joined a cafe.').waitFor(WAIT)
  await shared.getByRole('button', { name: 'Discard' }).click()
  await shared.getByText('menu.txt').waitFor({ ...WAIT, state: 'detached' })
})

test('a host keeps the device awake by a switch, until the cafe closes; and hears when the browser refuses', async () => {
  const { page } = person
  await page.goto(`${relay.url}#host`)
  const turn = page.getByRole('checkbox', { name: /Keep this device awake/ })
  await turn.check(WAIT)
  await expect.poll(wakeLocks).toBe(1)
  await page.evaluate(() => {
    location.hash = '#files'
  })
  await page.getByRole('heading', { name: 'Files' }).waitFor(WAIT)
  expect(await wakeLocks()).toBe(1)
  await page.evaluate(() => {
    location.hash = '#host'
  })
  await turn.uncheck(WAIT)
  await expect.poll(wakeLocks).toBe(0)
  await page.evaluate(() => Object.assign(globalThis, { refuseWake: true }))
  await turn.check()
  await page.getByText('The browser refused').waitFor(WAIT)
})

test('a web+cafe link leads to the invite, and the key of content into no address that stays', async () => {
  const { page } = person
  const go = (link: string) => page.goto(`${relay.url}#go=${encodeURIComponent(link)}`)
  await go(`web+cafe:${new URL(invite).hash.slice(1)}`)
  await page.getByText('Corner Cafe').first().waitFor(WAIT)
  expect(new URL(page.url()).hash).toMatch(/^#join/)
  await go('web+cafe:/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy#key=uAgBBBB')
  await page.waitForURL(/#open=/, WAIT)
  expect(page.url()).not.toContain('uAgBBBB')
  await go('web+cafe:javascript:alert(1)')
  await page.getByRole('heading', { name: 'A cafe in a browser tab' }).waitFor(WAIT)
})

test('the look is chosen in the settings, against the system, and stays', async () => {
  const { page } = person
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`${relay.url}#settings`)
  await page.getByRole('combobox', { name: 'Look' }).selectOption('dark')
  const ink = () => page.evaluate(() => getComputedStyle(document.body).color)
  const dark = await ink()
  await page.reload()
  await ready(page)
  expect(await ink()).toBe(dark)
  await page.getByRole('combobox', { name: 'Look' }).selectOption('system')
  await expect.poll(ink).not.toBe(dark)
})

test('the language is chosen in the settings, and the page speaks it at once', async () => {
  const { page } = person
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de')
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor(WAIT)
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('')
  await page.getByRole('heading', { name: 'Settings' }).waitFor(WAIT)
})

test('the settings say which version this is, that it is the newest, and what the browser keeps', async () => {
  const { page } = person
  await page.getByText(/Popup Cafe \d+\.\d+\.\d+/).waitFor(WAIT)
  await page.getByRole('button', { name: 'Look for a newer one' }).click()
  await page.getByText('This is the newest version.').waitFor(WAIT)
  const storage = page.getByRole('region', { name: 'Storage' })
  await storage.getByText('May be evicted').waitFor(WAIT)
  await storage.getByRole('button', { name: 'Keep my data for good' }).click()
  // A headless browser says no, and so it is told.
  await storage.getByText('The browser said no.').waitFor(WAIT)
  await page.getByRole('region', { name: 'Relays' }).getByText('Reachable').waitFor(WAIT)
})

test('without any network at all the app opens, and says that it is offline', async () => {
  const { page, browser } = person
  await page.goto(`${relay.url}#settings`)
  await installed(page)
  await browser.context.setOffline(true)
  await relay.stop()
  await page.goto('about:blank')
  await page.goto(`${relay.url}#settings`)
  await page.getByRole('heading', { name: 'Settings' }).waitFor(WAIT)
  await page.locator('cafe-status summary', { hasText: 'Offline' }).waitFor(WAIT)
  await page.getByRole('button', { name: 'Look for a newer one' }).click()
  await page.getByText('The host of the app cannot be reached.').waitFor(WAIT)
  await browser.context.setOffline(false)
  await relay.restart()
})
