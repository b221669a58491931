/**
 * What somebody does who was sent the address of a cafe and never heard of any of this: from that address to their photo,
 * open on another device after the first was wiped, in at most twelve gestures. A gesture is a click, a field filled by one
 * paste, a chosen file, an address opened.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../fixtures/chromium.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { askedPlaces, readWords } from '../fixtures/words.ts'

const MOST = 12
const WAIT = { timeout: 60_000 }

let relay: RelayProcess
let host: Person
let invite: string

beforeAll(async () => {
  relay = await startRelay()
  host = await visit(relay.url)
  ;({ invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' })))
})
afterAll(async () => {
  await host?.browser.close()
  await relay?.close()
})

/** A person's hands, which count. */
function hands() {
  const done: string[] = []
  const note = (what: string): void => void done.push(what)
  return {
    done,
    async open(page: Page, address: string): Promise<void> {
      note('open the address')
      await page.goto(address)
    },
    async press(what: Locator): Promise<void> {
      await what.waitFor(WAIT)
      note(`press ${(await what.innerText().catch(() => '')).trim() || (await what.getAttribute('aria-label'))}`)
      await what.click()
    },
    async paste(field: Locator, text: string): Promise<void> {
      await field.waitFor(WAIT)
      note('paste into a field')
      await field.fill(text)
    },
    async choose(field: Locator, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
      note(`choose ${file.name}`)
      await field.setInputFiles(file)
    },
  }
}

/** A picture that a page can draw: 400 pixels square. */
const drawPhoto = (page: Page) =>
  page.evaluate(async () => {
    const canvas = new OffscreenCanvas(400, 400)
    const context = canvas.getContext('2d')
    for (let i = 0; i < 40; i++) {
      if (context) context.fillStyle = `hsl(${i * 9} 70% 50%)`
      context?.fillRect((i % 8) * 50, Math.floor(i / 8) * 80, 50, 80)
    }
    const blob = await canvas.convertToBlob({ type: 'image/png' })
    return [...new Uint8Array(await blob.arrayBuffer())]
  })

test('from the address alone to the photo on another device, in at most twelve gestures', async () => {
  const { done, open, press, paste, choose } = hands()
  const first = await launch()
  let words: string[]
  try {
    const page = first.context.pages()[0] ?? (await first.context.newPage())
    // The address they were sent: where they begin.
    await page.goto(invite)
    await press(page.getByRole('radio', { name: /Stay unlocked/ }))
    await press(page.getByRole('button', { name: 'Make my account' }))
    words = await readWords(page)
    await press(page.getByRole('button', { name: 'I wrote them down' }))
    for (const place of await askedPlaces(page)) {
      const group = page.getByRole('group', { name: `Word ${place + 1}`, exact: true })
      await press(group.getByRole('button', { name: words[place] as string, exact: true }))
    }
    const picker = page.locator('input[type=file]')
    await picker.waitFor({ state: 'attached', ...WAIT })
    const photo = Buffer.from(await drawPhoto(page))
    await choose(picker, { name: 'holiday.png', mimeType: 'image/png', buffer: photo })
    await page.getByText(/Safe at 1 of 1 cafe/).waitFor(WAIT)
  } finally {
    // The device is lost: its profile is deleted with the browser.
    await first.close()
  }
  const second = await launch()
  try {
    const page = second.context.pages()[0] ?? (await second.context.newPage())
    await open(page, invite)
    await paste(page.getByRole('textbox', { name: /words/ }), words.join(' '))
    await press(page.getByRole('radio', { name: /Stay unlocked/ }))
    await press(page.getByRole('button', { name: 'Bring my account back' }))
    await press(page.getByRole('link', { name: 'Open holiday.png' }))
    const image = page.locator('img.look')
    await image.waitFor(WAIT)
    await expect.poll(() => image.evaluate((one) => (one as HTMLImageElement).naturalWidth), WAIT).toBe(400)
    expect(page.url()).not.toContain('key=')
  } finally {
    await second.close()
  }
  console.log(`${done.length} gestures: ${done.join(', ')}`)
  expect(done.length).toBeLessThanOrEqual(MOST)
})
