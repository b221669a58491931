/**
 * What people do with links and with their own device, by gestures alone, on a phone and at a desk: trying a link, settings,
 * another language, the whole cafe to a file and back, closing it. Pictures as in journeys.test.ts.
 */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { relayPeer } from '../../src/net/relays.ts'
import { inOrder, type Moves, moves, SCREENS, WAIT } from '../fixtures/journey.ts'
import { type Pictures, pictures } from '../fixtures/pictures.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const PASSPHRASE = 'two cups of tea'

describe.each(SCREENS)('on a $size', ({ size, scheme, screen }) => {
  let relay: RelayProcess
  let second: RelayProcess
  let host: Person
  let other: Person
  let seen: Pictures
  const own: Moves = moves(screen)
  const { button, heading } = own

  inOrder(`journeys-device-${size}`, () => ({ host, other }))
  beforeAll(async () => {
    ;[relay, second] = await Promise.all([startRelay(), startRelay()])
    seen = await pictures('journeys-device', size, scheme)
    host = await visit(relay.url, { screen })
  }, 120_000)
  afterAll(async () => {
    await Promise.all([host, other].map((person) => person?.browser.close()))
    await Promise.all([relay, second].map((one) => one?.close()))
  })

  const settings = async (page: Page, you: string, line: string, title: string): Promise<void> => {
    await own.press(page.getByRole('navigation').getByRole('link', { name: you, exact: true }))
    await own.press(page.getByRole('link', { name: line }))
    await heading(page, title)
  }

  /** What the list of relays tells of this one. */
  const says = (page: Page, { relay: [address = ''] }: RelayProcess, what: string): Promise<void> =>
    page
      .locator(`cafe-relays li:has([title="${relayPeer(address)}"])`)
      .getByText(what, { exact: true })
      .waitFor(WAIT)

  test('a file is tried as a link, seen as a cafe would, and gone', async () => {
    const { page } = host
    await own.press(page.getByRole('link', { name: 'See what happens with a link' }))
    await heading(page, 'See what happens with a link')
    await seen.take(page, 'tester', { main: true })
    const note = { name: 'My note.txt', mimeType: 'text/plain', buffer: Buffer.from('Water the plants.\n'.repeat(20)) }
    await own.choose(page.locator('cafe-try input[type=file]'), note)
    const trial = page.locator('cafe-trial')
    await trial.locator('cafe-text').getByText('Water the plants.').first().waitFor(WAIT)
    await own.press(trial.getByText('What happened'))
    await trial.locator('cafe-happened td', { hasText: 'this device' }).first().waitFor(WAIT)
    await seen.take(page, 'tried')
    await own.press(trial.getByRole('button', { name: 'Remove it now' }))
    await page.getByText('It is gone from this device.').waitFor(WAIT)
    await own.type(page.getByRole('textbox', { name: /link/i }), '/ipfs/nonsense', 'Enter')
    await page.locator('cafe-why h2').waitFor(WAIT)
    await seen.take(page, 'does-not-open')
  })

  test('an account is made in the settings of somebody who only came to look', async () => {
    const { page } = host
    await own.press(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'You' }))
    await own.press(page.getByRole('radio', { name: /Stay unlocked/ }))
    await own.makeAccount(page)
    await heading(page, 'You')
  })

  test('settings tell of storage and relays, and why others can reach this device', async () => {
    const { page } = host
    await settings(page, 'You', 'Settings of this device', 'Settings')
    await page
      .locator('cafe-storage')
      .getByText(/used of/)
      .waitFor(WAIT)
    await page.locator('cafe-relays').getByText('Reachable').waitFor(WAIT)
    await seen.take(page, 'settings', { main: true })
    await own.press(page.getByRole('link', { name: 'Can others reach you?' }))
    await heading(page, 'Can others reach you?')
    await button(page, 'Copy the report').waitFor(WAIT)
    await seen.take(page, 'doctor')
    await own.press(page.getByText('See the report'))
    await page.locator('cafe-doctor pre').waitFor(WAIT)
  })

  test('another relay is added by its address, takes the seat while the first is away, and gives it back when it is removed', async () => {
    const { page } = host
    const [address] = second.relay
    await settings(page, 'You', 'Settings of this device', 'Settings')
    const relays = page.locator('cafe-relays')
    const field = relays.getByRole('textbox', { name: 'Address of another relay' })
    for (const nonsense of ['relay.example', String(address).slice(0, -1), `${address}/p2p-circuit`]) {
      await own.type(field, nonsense, 'Enter')
      await relays.getByText('This is not the address of a relay.').waitFor(WAIT)
      await own.paste(field, '')
    }
    await seen.take(page, 'no-relay')
    await own.type(field, String(address), 'Enter')
    // A node has a seat at one; the others wait to take its place.
    await says(page, second, 'Connected')
    await own.type(field, String(address), 'Enter')
    await relays.getByText('This relay is in use already.').waitFor(WAIT)
    await page.reload()
    await says(page, second, 'Connected')
    await says(page, relay, 'Reachable')
    await relay.stop()
    await says(page, relay, 'No answer')
    await says(page, second, 'Reachable')
    await relay.restart()
    await says(page, relay, 'Connected')
    await seen.take(page, 'own-relay')
    await own.press(relays.getByRole('button', { name: /^Remove the relay/ }))
    await says(page, relay, 'Reachable')
    expect(await relays.getByRole('listitem').count()).toBe(1)
  })

  test('a cafe is opened, and all of it speaks German', async () => {
    const { page } = host
    await own.press(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'My cafe' }))
    await own.paste(page.getByRole('textbox', { name: 'Name of your cafe' }), 'Corner Cafe')
    await own.press(button(page, 'Open the cafe'))
    await heading(page, 'Corner Cafe')
    await settings(page, 'You', 'Settings of this device', 'Settings')
    await own.pick(page.getByRole('combobox', { name: 'Language' }), 'de')
    await heading(page, 'Einstellungen')
    const relays = page.locator('cafe-relays')
    const field = relays.getByRole('textbox', { name: 'Adresse eines weiteren Relays' })
    await own.type(field, 'relay.example', 'Enter')
    await relays.getByText('Das ist nicht die Adresse eines Relays.').waitFor(WAIT)
    await seen.take(page, 'einstellungen')
    await own.type(field, String(second.relay[0]), 'Enter')
    await says(page, second, 'Verbunden')
    await own.press(relays.getByRole('button', { name: /^Das Relay .* entfernen$/ }))
    await expect.poll(() => relays.getByRole('listitem').count(), WAIT).toBe(1)
    await own.press(page.getByRole('navigation').getByRole('link', { name: 'Café', exact: true }))
    await heading(page, 'Corner Cafe')
    await seen.take(page, 'mein-cafe')
    await own.press(page.getByRole('navigation').getByRole('link', { name: 'Start', exact: true }))
    await own.press(page.getByRole('link', { name: /Link/ }).last())
    await page.locator('cafe-try').waitFor(WAIT)
    await seen.take(page, 'linktester')
    await settings(page, 'Du', 'Einstellungen dieses Geräts', 'Einstellungen')
    await own.pick(page.getByRole('combobox', { name: 'Sprache' }), 'en')
    await heading(page, 'Settings')
  })

  test('a cafe is saved to a file, and the file opens it on another device once this one is gone', async () => {
    const { page } = host
    await own.go(page, 'My cafe', 'Corner Cafe')
    await own.press(page.getByText('Back up or move the cafe'))
    const carry = page.locator('cafe-carry')
    await own.paste(carry.getByLabel('Passphrase'), PASSPHRASE)
    await seen.take(page, 'save')
    const download = page.waitForEvent('download', WAIT)
    await own.press(carry.getByRole('button', { name: 'Save to a file' }))
    const buffer = await readFile(await (await download).path())
    await carry.getByText('Saved.').waitFor(WAIT)
    other = await visit(relay.url, { screen })
    await own.press(other.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'My cafe' }))
    await own.press(other.page.getByText('Bring a cafe here'))
    const here = other.page.locator('cafe-carry')
    await own.choose(here.getByLabel('File of a cafe'), { name: 'cafe.car', mimeType: 'application/car', buffer })
    await own.paste(here.getByLabel('Passphrase'), PASSPHRASE)
    const bring = here.getByRole('button', { name: 'Open the cafe of this file here' })
    await own.press(bring)
    await here.getByRole('alert').waitFor(WAIT)
    await seen.take(other.page, 'bring-refused')
    await host.browser.close()
    // Others may take a moment to notice.
    const comes = async (): Promise<boolean> => {
      if (await bring.isVisible()) await bring.click({ timeout: 1000 }).catch(() => undefined)
      return other.page.getByRole('heading', { level: 1, name: 'Corner Cafe' }).isVisible()
    }
    await expect.poll(comes, { ...WAIT, interval: 2000 }).toBe(true)
  })

  test('the cafe is closed', async () => {
    const { page } = other
    await heading(page, 'Corner Cafe')
    await own.press(button(page, 'Close the cafe'))
    const dialog = page.locator('cafe-closing')
    await dialog.getByRole('textbox', { name: /What should your guests be told/ }).waitFor(WAIT)
    await seen.take(page, 'closing')
    await own.press(dialog.getByRole('button', { name: 'Close the cafe' }))
    await heading(page, 'Open a cafe')
  })

  test('the main screens look as they did', ({ skip }) => {
    skip(seen.blind !== undefined, seen.blind)
    expect(seen.changed).toEqual([])
  })
})
