/** Looking at content: folders, pictures, sound, why it does not open, saving, sharing, and all of it offline. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putBlocks } from '../fixtures/local-blocks.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { importNames, importTree, MemorySource, noise, utf8 } from '../unit/gateway-help.ts'

const WAIT = { timeout: 60_000 }
const MANY = 10_000
const MIB = 1024 * 1024

/** What the browser's own picker does, but for the question: a file of the origin's private file system. */
const PICKER = `globalThis.showSaveFilePicker = async ({ suggestedName }) => {
  const folder = await navigator.storage.getDirectory()
  return folder.getFileHandle(suggestedName, { create: true })
}`

/** A picture of one colour, and a second of sound. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFElEQVR4nGNkaGBgYGBgYoAAEAAACBQAYXOOMN4AAAAASUVORK5CYII=',
  'base64',
)
function wav(seconds: number): Uint8Array<ArrayBuffer> {
  const rate = 8000
  const bytes = new Uint8Array(44 + rate * seconds)
  const view = new DataView(bytes.buffer)
  const text = (at: number, value: string) => bytes.set(utf8(value), at)
  text(0, 'RIFF')
  view.setUint32(4, 36 + rate * seconds, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate, true)
  view.setUint16(32, 1, true)
  view.setUint16(34, 8, true)
  text(36, 'data')
  view.setUint32(40, rate * seconds, true)
  return bytes.fill(128, 44)
}

let relay: RelayProcess
let host: Person
let guest: Person
let folder: string
let many: string
/** What is in the folder; nobody keeps it, so cleaning up takes it away. */
const source = new MemorySource()

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url, { before: [PICKER] })])
  const invite = await host.page.evaluate(async () => (await cafe.host.open({ name: 'Corner Cafe' })).invite)
  await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
  folder = `/ipfs/${await importTree(source, {
    'letters/first.txt': utf8('Dear Ada,\n'.repeat(20_000)),
    'letters/second.md': utf8('# Second'),
    'photos/a.png': png,
    'photos/b.png': png,
    'photos/c.png': png,
    'one.wav': wav(1),
    'two.wav': wav(1),
    'über uns.pdf': utf8('%PDF-1.4'),
    'site/index.html': utf8('<!doctype html><h1>Our site</h1>'),
  })}`
  many = `/ipfs/${await importNames(
    source,
    Array.from({ length: MANY }, (_, i) => `entry ${i}.txt`),
  )}`
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

const show = async (link: string) => {
  await putBlocks(guest.page, source.blocks)
  await guest.page.goto(`${relay.url}#open=${link}`)
  await guest.page.locator('cafe-open h1').waitFor(WAIT)
}
const names = () => guest.page.locator('cafe-folder .entry .title').allInnerTexts()

describe.each([
  ['a phone', { width: 390, height: 844 }],
  ['a desktop', { width: 1280, height: 800 }],
])('on %s', (_, size) => {
  beforeAll(() => guest.page.setViewportSize(size))

  test('a folder is gone through to a text and back', async () => {
    const { page } = guest
    await show(folder)
    await page.getByRole('link', { name: 'letters' }).waitFor(WAIT)
    expect(await names()).toEqual(['letters', 'photos', 'site', 'one.wav', 'two.wav', 'über uns.pdf'])
    await page.getByRole('link', { name: 'letters' }).click()
    await page.getByRole('link', { name: 'first.txt' }).click()
    const text = page.locator('cafe-text pre')
    await text.getByText('Dear Ada,').waitFor(WAIT)
    const before = (await text.innerText()).length
    await page.getByRole('button', { name: 'Show more' }).click()
    await expect.poll(async () => (await text.innerText()).length, WAIT).toBeGreaterThan(before)
    await page.getByRole('navigation', { name: 'Folders above' }).getByText('letters').click()
    await page.getByRole('link', { name: 'second.md' }).waitFor(WAIT)
    // Nothing reaches over the edge of the screen.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  })

  test('pictures are shown as pictures, one by one with the arrow keys', async () => {
    const { page } = guest
    await show(`${folder}/photos`)
    const small = page.locator('cafe-folder .tiles img').first()
    await expect.poll(() => small.evaluate((img: HTMLImageElement) => img.naturalWidth), WAIT).toBe(2)
    const first = page.getByRole('link', { name: 'a.png' })
    await first.focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.locator(':focus').innerText()).toContain('b.png')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'b.png' }).waitFor(WAIT)
    await page.locator('img.look').waitFor(WAIT)
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'c.png' }).waitFor(WAIT)
    // The keys turn on at once, also while a picture is still being opened.
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('heading', { name: 'b.png' }).waitFor(WAIT)
    await page.locator('img.look').waitFor(WAIT)
    // The buttons for the same lie in the page: the main navigation is neither under them nor over them.
    const turn = page.getByRole('navigation', { name: 'Other files of this folder' })
    await turn.getByRole('link', { name: 'Next' }).click()
    await page.getByRole('heading', { name: 'c.png' }).waitFor(WAIT)
    const main = page.getByRole('navigation', { name: 'Main' })
    expect(await turn.evaluate((element) => getComputedStyle(element).position)).toBe('static')
    await main.getByRole('link', { name: 'Files' }).click()
    await page.getByRole('heading', { name: 'Files' }).waitFor(WAIT)
  })

  test('sound plays, one title after the other', async () => {
    const { page } = guest
    await show(folder)
    await page.getByRole('button', { name: 'Play all 2' }).click()
    const player = page.getByRole('region', { name: 'Player' })
    await player.getByText('1 of 2').waitFor(WAIT)
    // A second later the next one begins by itself.
    await player.getByText('2 of 2').waitFor(WAIT)
    await player.getByRole('button', { name: 'Previous' }).click()
    await player.getByText('1 of 2').waitFor(WAIT)
    expect(await player.locator('audio').evaluate((audio: HTMLAudioElement) => audio.error)).toBeNull()
  })
})

test('ten thousand entries are searched and sorted, and only those in sight are drawn', async () => {
  const { page } = guest
  await show(many)
  await page.getByText('10,000 entries').first().waitFor(WAIT)
  expect(await page.locator('cafe-folder .entry').count()).toBeLessThan(1000)
  await page.getByRole('searchbox').fill('ENTRY 9999')
  await page.getByText('1 match of 10000').waitFor(WAIT)
  expect(await names()).toEqual(['entry 9999.txt'])
  await page.getByRole('searchbox').fill('nowhere')
  await page.getByRole('button', { name: 'Show everything' }).click()
  expect((await names())[2]).toBe('entry 2.txt')
  const before = await page.locator('cafe-folder .entry').count()
  await page.locator('cafe-folder .more').scrollIntoViewIfNeeded()
  await expect.poll(() => page.locator('cafe-folder .entry').count(), WAIT).toBeGreaterThan(before)
})

test('the gateway’s own page lists the same folder without the app, and leads to it', async () => {
  const { page } = guest
  await show(folder)
  const tab = await page.context().newPage()
  await tab.goto(`${relay.url.slice(0, -1)}${many}/`)
  expect(await tab.locator('a.name').count()).toBe(MANY)
  await tab.goto(`${relay.url.slice(0, -1)}${folder}/photos/?view=pictures`)
  const small = tab.locator('img').first()
  await expect.poll(() => small.evaluate((img: HTMLImageElement) => img.naturalWidth), WAIT).toBe(2)
  await tab.getByRole('link', { name: 'Open in Popup Cafe' }).click()
  await tab.locator('cafe-folder').getByText('a.png').waitFor(WAIT)
  await tab.close()
})

// Its own limit: encrypting and keeping 256 MiB alone takes two minutes where others use the cores too.
test('a file of 256 MiB goes to disk with progress, can be stopped, and is the same', async () => {
  const { page } = guest
  const size = 256 * MIB
  const digest = await page.evaluate(async (total) => {
    const part = crypto.getRandomValues(new Uint8Array(65_536))
    const file = new File(
      Array.from({ length: total / part.length }, () => part),
      'film.bin',
    )
    await cafe.pins.add(file)
    return [...part.slice(0, 32)]
  }, size)
  await page.goto(`${relay.url}#files`)
  await page.getByRole('link', { name: 'Open film.bin' }).click()
  const save = page.locator('cafe-open').getByRole('button', { name: 'Save' })
  await save.click()
  await page.getByRole('progressbar').waitFor(WAIT)
  await page.getByText(/MB of 268 MB/).waitFor(WAIT)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('progressbar').waitFor({ ...WAIT, state: 'detached' })
  await save.click()
  await page.getByText('film.bin is saved.').waitFor({ timeout: 300_000 })
  const saved = await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory()
    const file = await (await folder.getFileHandle('film.bin')).getFile()
    const at = async (place: number) => [...new Uint8Array(await file.slice(place, place + 32).arrayBuffer())]
    const parts = [await at(0), await at(65_536 * 2047), await at(65_536 * 4095)]
    await folder.removeEntry('film.bin')
    return { size: file.size, parts }
  })
  expect(saved).toEqual({ size, parts: [digest, digest, digest] })
}, 400_000)

test('a folder is saved as one ZIP', async () => {
  const { page } = guest
  await show(folder)
  await page.getByRole('button', { name: 'Save all' }).click()
  await page.getByText('Folder.zip is saved.').waitFor(WAIT)
  const text = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    return (await (await root.getFileHandle('Folder.zip')).getFile()).text()
  })
  expect(text.startsWith('PK')).toBe(true)
  for (const name of ['letters/first.txt', 'photos/c.png', 'site/index.html', 'über uns.pdf'])
    expect(text).toContain(name)
})

test('where the page may not write files, the browser saves by itself', async () => {
  const { page } = guest
  await show(`${folder}/letters/second.md`)
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'))
  await page.getByRole('button', { name: 'Save', exact: true }).waitFor(WAIT)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('second.md')
  await page.getByText('see its downloads').waitFor(WAIT)
})

test('sharing says what the link can do, and its link opens elsewhere', async () => {
  const { page } = guest
  await page.goto(`${relay.url}#files`)
  await page.locator('input[type=file]').setInputFiles({
    ...{ name: 'secret.txt', mimeType: 'text/plain', buffer: Buffer.from('under the table') },
  })
  await page.getByRole('link', { name: 'Open secret.txt' }).click()
  await page.locator('cafe-text').getByText('under the table').waitFor(WAIT)
  expect(page.url()).not.toContain('key=')
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const dialog = page.locator('cafe-share-link wa-dialog')
  expect(await dialog.getAttribute('label')).toBe('Share secret.txt')
  await dialog.getByText('Whoever has the link can read this file').waitFor(WAIT)
  await dialog.locator('wa-qr-code').waitFor(WAIT)
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue()
  expect(link).toMatch(/\/ipfs\/\w+\/secret\.txt#key=u[^&]+&from=12D3/)
  await host.page.goto(relay.url)
  await host.page.getByRole('textbox', { name: /link/i }).fill(link)
  await host.page.getByRole('button', { name: 'Open the link' }).click()
  await host.page.locator('cafe-text').getByText('under the table').waitFor(WAIT)
  // Only in memory: the history of the page has no key, and a reload has lost it.
  expect(host.page.url()).not.toContain('key=')
  await host.page.reload()
  await host.page.getByText('its key is in the link it was sent with').waitFor(WAIT)
})

test('a file that nobody has says who was asked, and opens when it is there', async () => {
  const { page } = guest
  const late = new MemorySource()
  const link = `/ipfs/${await importTree(late, { 'late.txt': noise(10) })}`
  await show(link)
  const why = page.getByRole('alert')
  await why.getByText('No cafe we asked has this content').waitFor(WAIT)
  await why.getByText(/Corner Cafe .*\./).waitFor(WAIT)
  await putBlocks(page, late.blocks)
  await why.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('late.txt').waitFor(WAIT)
})

test('with the network gone, what is on this device opens as before', async () => {
  const { page } = guest
  await show(folder)
  await page.goto(`${relay.url}#files`)
  await page.getByRole('link', { name: 'Open secret.txt' }).waitFor(WAIT)
  const raw = await page.evaluate(
    async () => (await cafe.pins.list()).find(({ name }) => name === 'secret.txt')?.link ?? '',
  )
  await relay.stop()
  await page.context().setOffline(true)
  await page.getByRole('link', { name: 'Open secret.txt' }).click()
  await page.locator('cafe-text').getByText('under the table').waitFor(WAIT)
  await page.evaluate((hash) => {
    location.hash = hash
  }, `open=${folder}/photos`)
  const small = page.locator('cafe-folder .tiles img').first()
  await expect.poll(() => small.evaluate((img: HTMLImageElement) => img.naturalWidth), WAIT).toBe(2)
  const tab = await page.context().newPage()
  await tab.goto(relay.url.slice(0, -1) + raw)
  await tab.getByText('under the table').waitFor(WAIT)
  await tab.close()
})
