/** Who may come and who must go, by people with browsers: asked, admitted, refused, locked out, removed, left. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let guest: Person
const PATIENCE = { timeout: 60_000 }

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  await guest.page.evaluate(() => cafe.account.create())
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

/** How the guest stands with its one cafe. */
const standing = () =>
  guest.page.evaluate(async () => {
    const [session] = await cafe.account.cafes()
    return session && { state: session.state, why: session.why, notice: session.notice }
  })

test('a cafe that asks its host is opened on the screen, and its link carries no token', async () => {
  const { page } = host
  await page.goto(`${relay.url}#host`)
  await page.getByRole('textbox', { name: /name/i }).fill('Corner Cafe')
  await page.getByRole('radio', { name: /Ask me/ }).check()
  await page.getByRole('button', { name: 'Open the cafe' }).click()
  await page.getByRole('heading', { name: 'Corner Cafe' }).waitFor()
  await page.getByText('Nobody is waiting for an answer').waitFor()
  expect(await page.evaluate(() => cafe.host.status())).toMatchObject({ open: true, mode: 'ask' })
  expect(await page.evaluate(() => cafe.host.tokens())).toEqual([])
})

/** The guest opens the link on the host's screen and asks to join. */
async function ask(greeting: string): Promise<void> {
  const invite = await host.page.getByRole('textbox', { name: 'Invite link' }).inputValue()
  const { page } = guest
  await page.goto(invite)
  await page.getByRole('textbox', { name: /Who are you/ }).fill(greeting)
  await page.getByRole('button', { name: 'Ask to join' }).click()
  await page.getByRole('heading', { name: 'Waiting for the host' }).waitFor(PATIENCE)
}

test('who is refused sees it, and can only forget the cafe', async () => {
  await ask('Mallory')
  await host.page.getByText('“Mallory”').waitFor(PATIENCE)
  await host.page.getByRole('button', { name: 'No, not Mallory' }).click()
  await guest.page.getByText('The host said no.').waitFor(PATIENCE)
  expect(await standing()).toEqual({ state: 'ended', why: 'refused', notice: '' })
  await guest.page.getByRole('button', { name: 'Forget Corner Cafe' }).click()
  await expect.poll(standing, PATIENCE).toBe(undefined)
})

test('who asks waits over reloads of both sides, and is in when the host taps yes', async () => {
  // Another account and device: a no holds for a day.
  await guest.browser.close()
  guest = await visit(relay.url)
  await guest.page.evaluate(() => cafe.account.create())
  await ask('Ada, from the choir')
  await guest.page.reload()
  await host.page.reload()
  await Promise.all([ready(guest.page), ready(host.page)])
  await guest.page.getByRole('heading', { name: 'Waiting for the host' }).waitFor(PATIENCE)
  expect(await standing()).toMatchObject({ state: 'waiting' })
  await host.page.getByRole('button', { name: 'Yes, let Ada, from the choir in' }).click(PATIENCE)
  await guest.page.getByRole('button', { name: 'Choose files' }).waitFor(PATIENCE)
  expect(await standing()).toMatchObject({ state: 'active' })
  await host.page.getByText('Nobody is waiting for an answer').waitFor(PATIENCE)
})

test('who is removed learns why, with a way back; a new invite lets them in again', async () => {
  const pinned = await guest.page.evaluate(() => cafe.pins.add(new File(['a letter'], 'letter.txt')))
  expect(pinned.cafes).toMatchObject([{ state: 'pinned' }])
  await host.page.getByRole('button', { name: /^Remove P/ }).click(PATIENCE)
  await host.page.getByRole('textbox', { name: /What should they be told/ }).fill('We close for the winter.')
  await host.page.getByRole('button', { name: 'Remove and erase' }).click()
  await guest.page.getByText('“We close for the winter.”').waitFor(PATIENCE)
  await guest.page.getByText('The host removed you').waitFor()
  expect(await guest.page.getByRole('link', { name: 'Use a new invite to Corner Cafe' }).getAttribute('href')).toBe(
    '#join',
  )
  expect(await standing()).toEqual({ state: 'ended', why: 'evicted', notice: 'We close for the winter.' })
  expect(await host.page.evaluate(() => cafe.host.status())).toMatchObject({ clients: 0, roots: 0, bytes: 0 })
  await expect
    .poll(() => guest.page.evaluate(async () => (await cafe.pins.list())[0]?.cafes), PATIENCE)
    .toMatchObject([{ state: 'failed', reason: 'UNAUTHORIZED' }])
  const asked = guest.page.evaluate(async () => cafe.account.ask((await cafe.account.cafes())[0]?.cafe ?? ''))
  await expect(asked).rejects.toThrow()
  const { invite } = await host.page.evaluate(() => cafe.host.createToken({ label: 'for Ada', uses: 1 }))
  expect(await guest.page.evaluate((link) => cafe.account.register(link), invite)).toMatchObject({ state: 'active' })
})

test('withdrawing an invite stops an upload of who came with it', async () => {
  const { page } = guest
  await page.evaluate(() => {
    const state = { outcome: '', sent: 0, at: 0 }
    Object.assign(globalThis, { upload: state })
    const bytes = new Uint8Array(400 * 1024 * 1024)
    for (let at = 0; at < bytes.length; at += 4096) crypto.getRandomValues(bytes.subarray(at, at + 64))
    void cafe.pins
      .add(new File([bytes], 'film.bin'), {
        onProgress: ({ sent }) => {
          state.sent = sent
        },
      })
      .then(
        () => 'pinned',
        (error: { code?: string }) => String(error.code),
      )
      .then((outcome) => Object.assign(state, { outcome, at: Date.now() }))
  })
  const upload = () =>
    page.evaluate(() => (globalThis as unknown as { upload: { outcome: string; sent: number; at: number } }).upload)
  await expect.poll(async () => (await upload()).sent, PATIENCE).toBeGreaterThan(4 * 1024 * 1024)
  await host.page.getByRole('button', { name: 'Withdraw the invite for Ada' }).click()
  const dialog = host.page.getByRole('button', { name: 'Withdraw the invite', exact: true })
  await host.page.evaluate(() => {
    addEventListener('click', () => Object.assign(globalThis, { clicked: Date.now() }), { capture: true })
  })
  await dialog.click()
  await expect.poll(async () => (await upload()).outcome, { ...PATIENCE, interval: 50 }).not.toBe('')
  const { outcome, sent, at } = await upload()
  // Both browsers run on this machine's clock.
  const before = await host.page.evaluate(() => (globalThis as unknown as { clicked: number }).clicked)
  console.log(JSON.stringify({ name: 'revoke_stops_upload', value: at - before, unit: 'ms', sent }))
  expect(outcome).toBe('UNAUTHORIZED')
  expect(sent).toBeLessThan(400 * 1024 * 1024)
  expect(at - before).toBeLessThan(15_000)
  await page.getByText('The invite you joined with was withdrawn').waitFor(PATIENCE)
  expect(await standing()).toMatchObject({ state: 'ended', why: 'revoked' })
})

test('who leaves gets a receipt that the cafe signed', async () => {
  const { invite } = await host.page.evaluate(() => cafe.host.createToken({ label: 'again', uses: 1 }))
  await guest.page.evaluate(async (link) => {
    await cafe.account.register(link)
    await cafe.pins.add(new File(['a poem'], 'poem.txt'))
  }, invite)
  await guest.page.getByRole('button', { name: 'Leave Corner Cafe' }).click(PATIENCE)
  await guest.page.getByRole('button', { name: 'Leave the cafe' }).click()
  await guest.page.getByText('Cafes you left').click(PATIENCE)
  await guest.page.getByText(/Erased \d+ files?,.* 1 device,? and 1 session/).waitFor()
  const [kept] = await guest.page.evaluate(async () => {
    const receipts = await cafe.account.receipts()
    return receipts.map(({ cafe, receipt, envelope }) => ({ cafe, receipt, size: envelope.byteLength }))
  })
  const { peerId } = await host.page.evaluate(() => cafe.node.status())
  expect(kept).toMatchObject({ cafe: peerId, receipt: { cafe: peerId, erased: { clients: 1, sessions: 1 } } })
  expect(kept?.receipt.erased['pins']).toBeGreaterThan(0)
  expect(await standing()).toBe(undefined)
  expect(await host.page.evaluate(() => cafe.host.clients())).toEqual([])
})
