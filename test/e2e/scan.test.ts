/** The camera reads what another screen shows; and it is said before it is asked for, and where it was refused. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cameraFlags, filmCode } from '../fixtures/camera.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const folder = mkdtempSync(join(tmpdir(), 'cafe-scan-'))
const video = join(folder, 'code.y4m')
let relay: RelayProcess
let host: Person
let guest: Person

beforeAll(async () => {
  relay = await startRelay()
  host = await visit(relay.url)
  filmCode(await host.page.evaluate(async () => (await cafe.host.open({ name: 'Corner Cafe' })).invite), video)
  guest = await visit(relay.url, { flags: cameraFlags(video) })
  await guest.page.evaluate(() => cafe.account.create())
})
afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('an invite is scanned from the host’s screen', async () => {
  const { page } = guest
  await page.evaluate(() => location.assign('#join'))
  await page.getByRole('button', { name: 'Scan the invite' }).click()
  await page.getByText('You are invited to').waitFor()
  await page.getByText('Corner Cafe').first().waitFor()
  // The camera is off again.
  expect(await page.locator('video').count()).toBe(0)
})

test('where the camera is refused, it is said what to do instead', async () => {
  const { page, browser } = guest
  await browser.context.clearPermissions()
  const session = await browser.context.newCDPSession(page)
  await session.send('Browser.setPermission', { permission: { name: 'camera' }, setting: 'denied' })
  await page.evaluate(() => location.assign('#pair'))
  await page.getByRole('button', { name: 'Read the other’s code' }).click()
  await page.getByText('does not let Popup Cafe use the camera').waitFor()
  await page.getByLabel('Or paste it').fill('nonsense')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('This is not the code that is needed now').waitFor()
})
