/**
 * What somebody does who was sent the address of a cafe and never heard of any of this: from that address to their photo,
 * open on another device after the first was wiped, in at most twelve gestures. A gesture is a click, a field filled by one
 * paste, a chosen file, an address opened.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../fixtures/chromium.ts'
import { drawPhoto, hands } from '../fixtures/hands.ts'
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
    await choose(picker, await drawPhoto(page, 'holiday.png'))
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
