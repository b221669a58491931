/**
 * Each journey through the app as people make it, with a finger on a phone and with a mouse at a desk: nothing is done but by
 * gestures. Pictures of every step are left in `test/output/journeys`, in light and dark; those of the main screens are
 * compared with the ones of before (see fixtures/pictures.ts).
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPhoto, type Hands, hands } from '../fixtures/hands.ts'
import { type Pictures, pictures } from '../fixtures/pictures.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'
import { askedPlaces, readWords } from '../fixtures/words.ts'

const WAIT = { timeout: 60_000 }
const SCREENS = [
  { size: 'phone', scheme: 'light', screen: { width: 390, height: 844, touch: true } },
  { size: 'desktop', scheme: 'dark', screen: { width: 1280, height: 800 } },
] as const

describe.each(SCREENS)('on a $size', ({ size, scheme, screen }) => {
  let relay: RelayProcess
  let host: Person
  let ada: Person
  let ben: Person
  let seen: Pictures
  let own: Hands
  let invite: string
  let words: string[]
  let threadLink: string

  beforeAll(async () => {
    relay = await startRelay()
    ;[host, ada, ben] = await Promise.all([
      visit(relay.url, { screen }),
      visit(relay.url, { screen }),
      visit(relay.url, { screen }),
    ])
    seen = await pictures('journeys', size, scheme)
    own = hands({ touch: 'touch' in screen })
  }, 120_000)
  afterAll(async () => {
    await Promise.all([host, ada, ben].map((person) => person?.browser.close()))
    await relay?.close()
  })

  const button = (page: Page, name: string | RegExp): Locator =>
    page
      .getByRole('button', { name, exact: typeof name === 'string' })
      .filter({ visible: true })
      .first()
  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor(WAIT)
  const go = async (page: Page, line: string | RegExp, title: string | RegExp): Promise<void> => {
    await own.press(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: line }))
    await heading(page, title)
  }

  /** What everybody does who comes with an invite and has no account yet. */
  async function join(page: Page): Promise<string[]> {
    await own.open(page, invite)
    await page.getByText('Corner Cafe').first().waitFor(WAIT)
    await own.press(page.getByRole('radio', { name: /Stay unlocked/ }))
    await own.press(button(page, 'Make my account'))
    const words = await readWords(page)
    await own.press(button(page, 'I wrote them down'))
    for (const place of await askedPlaces(page)) {
      const group = page.getByRole('group', { name: `Word ${place + 1}`, exact: true })
      await own.press(group.getByRole('button', { name: words[place] as string, exact: true }))
    }
    await heading(page, 'Files')
    return words
  }

  test('a cafe is opened', async () => {
    const { page } = host
    await seen.take(page, 'home', { main: true })
    await own.press(page.getByRole('link', { name: 'Open a cafe' }))
    await heading(page, 'Open a cafe')
    await seen.take(page, 'open-a-cafe', { main: true })
    await own.paste(page.getByRole('textbox', { name: 'Name of your cafe' }), 'Corner Cafe')
    await own.press(button(page, 'Open the cafe'))
    await heading(page, 'Corner Cafe')
    await page
      .getByText(/can join/)
      .first()
      .waitFor(WAIT)
    invite = await page.getByRole('textbox', { name: 'Invite link' }).inputValue()
    await seen.take(page, 'my-cafe', { main: true })
  })

  test('it is joined by its link', async () => {
    const { page } = ada
    await own.open(page, invite)
    await page.getByText('Corner Cafe').first().waitFor(WAIT)
    await seen.take(page, 'join', { main: true })
    words = await join(page)
    await seen.take(page, 'files-empty', { main: true })
  })

  test('a photo is kept, opened and shared', async () => {
    const { page } = ada
    await own.choose(page.locator('cafe-files input[type=file]').first(), await drawPhoto(page, 'holiday.png'))
    await page.getByText(/Safe at 1 of 1 cafe/).waitFor(WAIT)
    await own.press(button(page, 'No, thanks')) // the app as an app
    await seen.take(page, 'files')
    await own.press(page.getByRole('link', { name: 'Open holiday.png' }))
    await page.locator('img.look').waitFor(WAIT)
    await seen.take(page, 'photo')
    await own.press(button(page, 'Share'))
    await page.locator('cafe-share-link wa-qr-code').first().waitFor(WAIT)
    await seen.take(page, 'share')
    await page.keyboard.press('Escape')
    // The host opens the link that was passed on, by pasting it on the first screen.
    const link = await page.evaluate(async () => (await cafe.pins.list())[0]?.link ?? '')
    await go(host.page, 'Home', /.+/)
    const field = host.page.getByRole('textbox', { name: /link/i })
    await own.type(field, `${relay.url.replace(/\/$/, '')}${link}`, 'Enter')
    await host.page.locator('img.look').waitFor(WAIT)
    await seen.take(host.page, 'opened-by-another')
  })

  test('an account gets a name, and a page about its devices and passphrase', async () => {
    const { page } = ada
    await go(page, 'You', 'You')
    const profile = page.locator('cafe-profile')
    await own.paste(profile.getByRole('textbox', { name: /^Name/ }), 'Ada Lovelace')
    await own.press(profile.getByRole('button', { name: 'Save' }))
    await profile.getByText('Saved.').waitFor({ ...WAIT, state: 'attached' })
    await seen.take(page, 'you')
    await own.press(page.getByRole('link', { name: /passphrase/i }).first())
    await page.locator('cafe-wallet').waitFor(WAIT)
    await seen.take(page, 'account')
  })

  test('a thread is started, and another joins it by a link', async () => {
    const { page } = ada
    await go(page, 'Threads', 'Threads')
    await seen.take(page, 'threads-empty', { main: true })
    await own.press(button(page, 'New thread'))
    await own.paste(page.getByRole('textbox', { name: 'Name' }), 'Summer in Rome')
    await page.keyboard.press('Enter')
    await heading(page, 'Summer in Rome')
    // On a phone it is below what the thread is about, which is folded.
    if (size === 'phone') await own.press(page.getByText('Members and more'))
    await own.press(button(page, 'Invite'))
    await own.press(button(page, 'Make a link'))
    threadLink = await page.getByRole('textbox', { name: 'Invite link' }).inputValue()
    await seen.take(page, 'thread-invite')
    await page.keyboard.press('Escape')
    await join(ben.page)
    await own.open(ben.page, threadLink)
    await ben.page.getByText('Summer in Rome').first().waitFor(WAIT)
    await seen.take(ben.page, 'thread-invited')
    await own.press(button(ben.page, 'Join the thread'))
    await heading(ben.page, 'Summer in Rome')
  })

  test('they talk: a post, a photo, a comment, a like', async () => {
    const { page } = ada
    await own.paste(page.getByRole('textbox', { name: 'Write a post' }), 'The house is booked')
    await own.press(button(page, 'Post'))
    await page.locator('cafe-post').filter({ hasText: 'The house is booked' }).waitFor(WAIT)
    await own.choose(page.getByLabel('Files to post'), await drawPhoto(page, 'terrace.png'))
    await own.paste(page.getByRole('textbox', { name: 'Write a post' }), 'The terrace')
    await own.press(button(page, 'Post'))
    const seenByBen = ben.page.locator('cafe-post').filter({ hasText: 'The house is booked' })
    await own.press(seenByBen.getByRole('button', { name: 'Comment' }))
    await own.paste(ben.page.getByRole('textbox', { name: /Your comment/ }), 'Wonderful!')
    await own.press(button(ben.page, 'Send'))
    await seenByBen.getByText('Wonderful!').waitFor(WAIT)
    await own.press(seenByBen.getByRole('button', { name: 'Like' }))
    await page
      .locator('cafe-post')
      .getByText(/likes this/)
      .waitFor(WAIT)
    const small = page.getByRole('link', { name: /Open terrace.png/ }).locator('img')
    await expect.poll(() => small.evaluate((img: HTMLImageElement) => img.naturalWidth), WAIT).toBeGreaterThan(0)
    await seen.take(page, 'thread')
    await go(page, /News/, 'News')
    await page
      .getByText(/commented on your post/)
      .first()
      .waitFor(WAIT)
    await seen.take(page, 'news')
  })

  test('people are looked for', async () => {
    const { page } = ada
    await go(page, 'People', 'People')
    await seen.take(page, 'people', { main: true })
    await own.type(page.getByRole('searchbox', { name: 'Find people' }), 'nobody of this name', 'Enter')
    await page
      .getByText(/nobody/i)
      .last()
      .waitFor(WAIT)
    await seen.take(page, 'people-none')
  })

  test('settings of the device are seen, and why others can reach it', async () => {
    const { page } = host
    await go(page, 'You', 'You')
    await page.goto(`${relay.url}#settings`)
    await heading(page, 'Settings')
    await seen.take(page, 'settings')
    await own.press(page.getByRole('link', { name: 'Can others reach you?' }))
    await heading(page, /reach/i)
    await seen.take(page, 'doctor')
  })

  test('whoever loses the device types twelve words', async () => {
    await ada.browser.close()
    ada = await visit(relay.url, { screen })
    const { page } = ada
    await own.open(page, invite)
    await own.paste(page.getByRole('textbox', { name: /words/ }), words.join(' '))
    await own.press(page.getByRole('radio', { name: /Stay unlocked/ }))
    await own.press(button(page, 'Bring my account back'))
    await page.getByRole('link', { name: 'Open holiday.png' }).waitFor(WAIT)
    await page.getByText(/Safe at 1 of 1 cafe/).waitFor(WAIT)
    await seen.take(page, 'brought-back')
    await go(page, 'Threads', 'Threads')
    await page.getByRole('link', { name: /Summer in Rome/ }).waitFor(WAIT)
  })

  test('the cafe is closed', async () => {
    const { page } = host
    await go(page, 'My cafe', 'Corner Cafe')
    await own.press(button(page, 'Close the cafe'))
    await page.locator('cafe-host > cafe-confirm').getByRole('button', { name: 'Cancel' }).waitFor(WAIT)
    await seen.take(page, 'closing')
    await own.press(page.locator('cafe-host > cafe-confirm').getByRole('button', { name: 'Close the cafe' }))
    await heading(page, 'Open a cafe')
  })

  test('the main screens look as they did', () => {
    expect(seen.changed).toEqual([])
  })
})
