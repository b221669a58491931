/**
 * Each journey through the app as people make it, with a finger on a phone and with a mouse at a desk: nothing is done but by
 * gestures. Pictures of every step are left in `test/output/journeys`, in light and dark; those of the main screens are
 * compared with the ones of before (see fixtures/pictures.ts).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPhoto } from '../fixtures/hands.ts'
import { inOrder, type Moves, moves, SCREENS, WAIT } from '../fixtures/journey.ts'
import { type Pictures, pictures } from '../fixtures/pictures.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const PASSPHRASE = 'a cup of tea'

describe.each(SCREENS)('on a $size', ({ size, scheme, screen }) => {
  let relay: RelayProcess
  /** Of the host and of Ben, who go and come back. */
  let profiles: string[]
  let host: Person
  let ada: Person
  let ben: Person
  let seen: Pictures
  const own: Moves = moves(screen)
  const { button, heading } = own
  let invite: string
  let words: string[]

  inOrder(`journeys-${size}`, () => ({ host, ada, ben }))
  beforeAll(async () => {
    relay = await startRelay()
    seen = await pictures('journeys', size, scheme)
    profiles = await Promise.all(['host', 'ben'].map((who) => mkdtemp(join(tmpdir(), `popup-cafe-${who}-`))))
    ;[host, ada, ben] = await Promise.all([come(0), visit(relay.url, { screen }), come(1)])
  }, 120_000)
  afterAll(async () => {
    await Promise.all([host, ada, ben].map((person) => person?.browser.close()))
    await relay?.close()
    for (const profile of profiles ?? []) await rm(profile, { recursive: true, force: true, maxRetries: 3 })
  })

  /** The host or Ben, for the first time or again. */
  const come = (who: 0 | 1): Promise<Person> => visit(relay.url, { screen, profile: profiles[who] as string })
  const post = (page: Page, text: string): Locator => page.locator('cafe-post').filter({ hasText: text })

  test('a cafe is opened', async () => {
    const { page } = host
    await seen.take(page, 'home', { main: true })
    await own.press(page.getByRole('link', { name: 'Open a cafe' }))
    await heading(page, 'Open a cafe')
    await seen.take(page, 'open-a-cafe', { main: true })
    await own.paste(page.getByRole('textbox', { name: 'Name of your cafe' }), 'Corner Cafe')
    await own.press(button(page, 'Open the cafe'))
    await heading(page, 'Corner Cafe')
    const reach = page.getByText(/can join/).first()
    await reach.waitFor(WAIT)
    invite = await page.getByRole('textbox', { name: 'Invite link' }).inputValue()
    await seen.take(page, 'my-cafe', { main: true })
  })

  test('it is joined by its link', async () => {
    const { page } = ada
    await own.open(page, invite)
    await page.getByText('Corner Cafe').first().waitFor(WAIT)
    await seen.take(page, 'join', { main: true })
    words = await own.begin(page, 'Corner Cafe')
    await seen.take(page, 'files-empty', { main: true })
  })

  test('it is joined by pasting the link', async () => {
    const { page } = ben
    await own.press(page.getByRole('link', { name: 'Join a cafe' }))
    await heading(page, 'Join a cafe')
    // The account first: a link is asked for once there is somebody to join.
    await own.press(page.getByRole('radio', { name: /Stay unlocked/ }))
    await own.makeAccount(page)
    await heading(page, 'Join a cafe')
    const field = page.getByRole('textbox', { name: 'Invite link' })
    await own.paste(field, 'not an invite')
    await own.press(button(page, 'Continue'))
    await page.getByText('This is not an invite.').waitFor(WAIT)
    await seen.take(page, 'join-wrong-link')
    await own.paste(field, invite)
    await own.press(button(page, 'Continue'))
    // The account was made here to join: that is not asked again.
    await heading(page, 'Files')
    await page
      .locator('cafe-files input[type=file]')
      .first()
      .waitFor({ ...WAIT, state: 'attached' })
  })

  test('a photo is kept, opened, and its link passed on', async () => {
    const { page } = ada
    await own.choose(page.locator('cafe-files input[type=file]').first(), await drawPhoto(page, 'holiday.png'))
    await page.getByText(/Safe at 1 of 1 cafe/).waitFor(WAIT)
    await own.press(button(page, 'No, thanks')) // the app as an app
    await seen.take(page, 'files')
    await own.press(page.getByRole('link', { name: 'Open holiday.png' }))
    await page.locator('img.look').waitFor(WAIT)
    await own.press(button(page, 'Share'))
    await page.locator('cafe-share-link wa-qr-code').first().waitFor(WAIT)
    await seen.take(page, 'share')
    const link = await page.locator('cafe-share-link').getByRole('textbox', { name: 'Link' }).inputValue()
    await own.key(page, 'Escape')
    // The host opens the link that was passed on, by pasting it on the first screen.
    await own.go(host.page, 'Home', /.+/)
    await own.type(host.page.getByRole('textbox', { name: /link/i }), link, 'Enter')
    await host.page.locator('img.look').waitFor(WAIT)
    await seen.take(host.page, 'opened-by-another')
  })

  test('an account gets a name, is proved to be safe, and is locked', async () => {
    const { page } = ada
    await own.go(page, 'You', 'You')
    const profile = page.locator('cafe-profile')
    await own.paste(profile.getByRole('textbox', { name: /^Name/ }), 'Ada Lovelace')
    await own.press(profile.getByRole('button', { name: 'Save' }))
    await profile.getByText('Saved.').waitFor({ ...WAIT, state: 'attached' })
    await own.press(page.locator('cafe-findable').getByRole('radio', { name: /Everybody who searches/ }))
    await own.press(button(page, 'Start a drill'))
    await page.getByText(/came back from your cafes, the same to the last bit/).waitFor(WAIT)
    await seen.take(page, 'you')
    await own.press(page.getByRole('link', { name: 'Passphrase, devices and accounts' }))
    await own.press(page.getByText('Set a passphrase'))
    await own.paste(page.getByRole('textbox', { name: /^New passphrase/ }), PASSPHRASE)
    await seen.take(page, 'account')
    await own.press(button(page, 'Save'))
    await own.press(button(page, 'Lock now'))
    await page.getByRole('heading', { name: 'Unlock your account' }).waitFor(WAIT)
    await seen.take(page, 'locked')
    await own.type(page.getByRole('textbox', { name: 'Passphrase', exact: true }), PASSPHRASE, 'Enter')
    await page.getByRole('heading', { name: 'Your account' }).waitFor(WAIT)
  })

  test('a thread is started, and another joins it by a link', async () => {
    const { page } = ada
    await own.go(page, 'Threads', 'Threads')
    await seen.take(page, 'threads-empty', { main: true })
    await own.press(button(page, 'New thread'))
    await own.type(page.getByRole('textbox', { name: 'Name' }), 'Summer in Rome', 'Enter')
    await heading(page, 'Summer in Rome')
    // On a phone it is below what the thread is about, which is folded.
    if (size === 'phone') await own.press(page.getByText('Members and more'))
    await own.press(button(page, 'Invite'))
    await own.press(button(page, 'Make a link'))
    const link = await page.getByRole('textbox', { name: 'Invite link' }).inputValue()
    await seen.take(page, 'thread-invite')
    await own.key(page, 'Escape')
    await own.open(ben.page, link)
    await ben.page.getByText('Summer in Rome').first().waitFor(WAIT)
    await seen.take(ben.page, 'thread-invited')
    await own.press(button(ben.page, 'Join the thread'))
    await heading(ben.page, 'Summer in Rome')
  })

  test('they talk: a post, a photo, a comment, a like', async () => {
    const { page } = ada
    await own.paste(page.getByRole('textbox', { name: 'Write a post' }), 'The house is booked')
    await own.press(button(page, 'Post'))
    await post(page, 'The house is booked').waitFor(WAIT)
    await own.choose(page.getByLabel('Files to post'), await drawPhoto(page, 'terrace.png'))
    await own.paste(page.getByRole('textbox', { name: 'Write a post' }), 'The terrace')
    await seen.take(page, 'composer')
    await own.press(button(page, 'Post'))
    // What comes above would move what Ben presses.
    await post(ben.page, 'The terrace').locator('img').first().waitFor(WAIT)
    const seenByBen = post(ben.page, 'The house is booked')
    await own.press(seenByBen.getByRole('button', { name: 'Comment' }))
    await own.paste(ben.page.getByRole('textbox', { name: /Your comment/ }), 'Wonderful!')
    await own.press(button(ben.page, 'Send'))
    await seenByBen.getByText('Wonderful!').waitFor(WAIT)
    await own.press(seenByBen.getByRole('button', { name: 'Like' }))
    await post(page, 'The house is booked')
      .getByText(/likes this/)
      .waitFor(WAIT)
    const small = page.getByRole('link', { name: /Open terrace.png/ }).locator('img')
    await expect.poll(() => small.evaluate((img: HTMLImageElement) => img.naturalWidth), WAIT).toBeGreaterThan(0)
    await seen.take(page, 'thread')
    await own.go(page, /News/, 'News')
    const news = page.getByText(/commented on your post/).first()
    await news.waitFor(WAIT)
    await seen.take(page, 'news')
    await own.press(news)
    await heading(page, 'Summer in Rome')
  })

  test('what is written while nobody is there waits, is kept, and arrives', async () => {
    const { page } = ada
    await Promise.all([host.browser.close(), ben.browser.close()])
    await own.paste(page.getByRole('textbox', { name: 'Write a post' }), 'See you in June')
    await own.press(button(page, 'Post'))
    const state = post(page, 'See you in June').locator('cafe-post-state summary')
    await state.getByText('Waiting to be sent').waitFor(WAIT)
    await own.press(state)
    await seen.take(page, 'waits')
    host = await come(0)
    await state.getByText(/ at 1 cafe$/).waitFor(WAIT)
    ben = await come(1)
    await own.press(ben.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Threads/ }))
    await own.press(ben.page.getByRole('link', { name: /Summer in Rome/ }))
    await post(ben.page, 'See you in June').waitFor(WAIT)
    await state.getByText(/ has it$/).waitFor(WAIT)
    await seen.take(page, 'arrived')
  })

  test('somebody is found, looked at, and kept', async () => {
    const { page } = ben
    await own.go(page, 'People', 'People')
    await seen.take(page, 'people', { main: true })
    const field = page.getByRole('searchbox', { name: 'Find people' })
    await own.type(field, 'nobody of this name', 'Enter')
    await page.getByText('Nobody called that at your cafe', { exact: false }).waitFor(WAIT)
    await seen.take(page, 'people-none')
    await own.type(field, 'ada lovelace', 'Enter')
    await own.press(page.getByRole('link', { name: /Ada Lovelace/ }).first())
    await heading(page, 'Ada Lovelace')
    await page.getByRole('heading', { name: 'Common threads' }).waitFor(WAIT)
    await own.press(button(page, 'Add to contacts'))
    await button(page, 'Rename').waitFor(WAIT)
    await seen.take(page, 'contact')
  })

  test('whoever loses the device types twelve words', async () => {
    await ada.browser.close()
    ada = await visit(relay.url, { screen })
    const { page } = ada
    await own.open(page, invite)
    await own.paste(page.getByRole('textbox', { name: /words/ }), words.join(' '))
    await own.press(page.getByRole('radio', { name: /Stay unlocked/ }))
    await seen.take(page, 'words')
    await own.press(button(page, 'Bring my account back'))
    await page.getByRole('link', { name: 'Open holiday.png' }).waitFor(WAIT)
    await page.getByText(/Safe at 1 of 1 cafe/).waitFor(WAIT)
    await seen.take(page, 'brought-back')
    await own.go(page, /Threads/, 'Threads')
    await page.getByRole('link', { name: /Summer in Rome/ }).waitFor(WAIT)
  })

  test('the main screens look as they did', ({ skip }) => {
    skip(seen.blind !== undefined, seen.blind)
    expect(seen.changed).toEqual([])
  })
})
