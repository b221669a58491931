/**
 * What other people write and call themselves (rule J1), where it reaches somebody: invites, search and contact
 * cards, requests to join, the host's lists and the last words of a cafe. All of it stays text.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWatch, TELL_VIOLATIONS, type Watch } from '../fixtures/payloads.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const WAIT = { timeout: 40_000 }

const data = mkdtempSync(join(tmpdir(), 'cafe-e2e-people-'))
/** With a cafe of its own, where both are: there they find each other, and leave mail. */
let relay: RelayProcess
let watch: Watch
/** Has a cafe whose host is asked, and reads. */
let reader: Person
/** Has a cafe too, and writes nothing that is not hostile. */
let writer: Person
let names: string[]
let readerAddress: string
let writerAddress: string
let writerInvite: string
let readerInvite: string

const nameOf = (i: number): string => names[i % names.length] as string

beforeAll(async () => {
  watch = await startWatch()
  names = watch.names(3)
  relay = await startRelay(['--cafe', 'Corner Cafe', '--cafe-data', data, '--cafe-port', '0'])
  const corner = JSON.parse(/^\{.*/m.exec(relay.output())?.[0] as string).cafe.invite as string
  ;[reader, writer] = await Promise.all([
    visit(relay.url, { before: [TELL_VIOLATIONS] }),
    visit(relay.url, { before: [TELL_VIOLATIONS] }),
  ])
  for (const { browser } of [reader, writer]) watch.over(browser.context)
  const settle = ({ page }: Person, name: string, mode: 'open' | 'ask') =>
    page.evaluate(
      async ({ name, mode, corner }) => {
        const { invite } = await cafe.host.open({ name, mode })
        const { address } = await cafe.account.create()
        await cafe.profile.set({ name })
        await cafe.account.register(corner)
        return [invite, address] as const
      },
      { name, mode, corner },
    )
  ;[readerInvite, readerAddress] = await settle(reader, 'Reader', 'ask')
  ;[writerInvite, writerAddress] = await settle(writer, nameOf(0), 'open')
}, 90_000)

afterAll(async () => {
  await Promise.all([reader, writer].map((person) => person?.browser.close()))
  await relay?.close()
  rmSync(data, { recursive: true, force: true })
  watch?.close()
})

const go = async (hash: string): Promise<Page> => {
  const { page } = reader
  await page.evaluate((hash) => {
    location.hash = hash
  }, hash)
  await page.locator('main h1').first().waitFor(WAIT)
  return page
}

/** The beginning of `text` is to be read in the view, and nothing else came of it. */
const reads = async (text: string): Promise<void> => {
  const { page } = reader
  await expect.poll(() => page.locator('main').innerText(), WAIT).toContain(text.trim().slice(0, 20))
  await watch.nothing(page)
}

describe('what others write', () => {
  test('would be heard of if it became HTML', async () => {
    expect(names.length).toBeGreaterThan(60)
    await watch.control(reader.page)
  })

  test('stays text on the way into their cafe, and in the list of cafes', async () => {
    await go(new URL(writerInvite).hash)
    await reads(nameOf(0))
    await reader.page.evaluate((invite) => cafe.account.register(invite), writerInvite)
    await go('#join')
    await reads(nameOf(0))
    await go('#doctor')
    await reads(nameOf(0))
  })

  test('stays text when they ask to join', async () => {
    const greeting = names.slice(0, 12).join(' ').slice(0, 200)
    await writer.page.evaluate(([invite, greeting]) => cafe.account.register(invite, { greeting }), [
      readerInvite,
      greeting,
    ] as const)
    const page = await go('#host')
    await reads(greeting)
    await page.getByRole('button', { name: /^Yes/ }).click()
    await expect.poll(() => page.evaluate(async () => (await cafe.host.clients()).length), WAIT).toBe(1)
    await watch.nothing(page)
  })

  test('stays text in invites to threads and on contact links', async () => {
    const { page } = reader
    const invite = (names: readonly string[], to?: string) =>
      writer.page.evaluate(
        async ({ names, to }) => {
          const links: string[] = []
          for (const name of names) {
            const { id } = await cafe.thread.create({ name, type: 'open', sharing: 'shared' })
            links.push((await cafe.thread.invite(id, to === undefined ? {} : { to })).link)
          }
          return links
        },
        { names, to },
      )
    const received = () => page.evaluate(async () => (await cafe.mail.requests()).length)
    const invited = () => page.evaluate(async () => (await cafe.thread.invites()).length)
    // From a stranger, who knows where mail for the reader goes.
    await expect
      .poll(
        () => writer.page.evaluate((to) => cafe.contact.refresh(to).then(({ inboxes }) => inboxes), readerAddress),
        WAIT,
      )
      .toBeGreaterThan(0)
    const [first] = await invite(names.slice(20, 24), readerAddress)
    await expect.poll(async () => (await received()) + (await invited()), WAIT).toBe(4)
    for (const view of ['#threads', '#mail', '#news']) {
      await go(view)
      await watch.nothing(page)
    }
    await go('#threads')
    await reads(nameOf(20))
    await go(new URL(first as string).hash)
    await reads(nameOf(20))
    // From somebody one knows, and by a link for anybody.
    const { link } = await writer.page.evaluate(() => cafe.contact.link())
    await go(new URL(link).hash)
    await reads(nameOf(0))
    await page.evaluate((link) => cafe.contact.add({ link }), link)
    await invite(names.slice(24, 32), readerAddress)
    await expect.poll(async () => (await received()) + (await invited()), WAIT).toBe(12)
    await go('#threads')
    await reads(nameOf(30))
    for (const link of await invite(names.slice(40, 44))) {
      await go(new URL(link).hash)
      await page.waitForTimeout(100)
    }
    await reads(nameOf(43))
  })

  test('stays text as names of people: in the address book, and in a search', async () => {
    const { page } = reader
    await writer.page.evaluate(() => cafe.contact.show({ visibility: 'listed', handle: 'mallory' }))
    for (const name of names.slice(1, 5)) {
      await writer.page.evaluate((name) => cafe.profile.set({ name }), name)
      const claimed = () =>
        page.evaluate((who) => cafe.contact.refresh(who).then(({ claimed }) => claimed), writerAddress)
      await expect.poll(claimed, WAIT).toBe(name.trim())
      await go(`#contact=${writerAddress}`)
      await reads(name)
      await go('#people')
      await watch.nothing(page)
    }
    const field = page.getByRole('searchbox', { name: 'Find people' })
    for (const query of names.slice(6, 12)) {
      await field.fill(query)
      await page.waitForTimeout(150)
    }
    await field.fill('mallory')
    await reads(nameOf(4))
  })

  test('stays text as what one chose oneself: files, labels, and what is tried', async () => {
    const { page } = reader
    await page.evaluate(
      async (names) => {
        for (const [i, name] of names.entries()) {
          await cafe.pins.add(new File([`pin ${i}`], name))
          await cafe.host.createToken({ label: name })
        }
      },
      names.slice(34, 42),
    )
    await go('#files')
    await reads(nameOf(41))
    await go('#host')
    await reads(nameOf(41))
    for (const name of names.slice(42, 46)) {
      await page.evaluate((name) => cafe.trials.add(new File([name], name)), name)
      await go('#files')
      await go('#open')
      await reads(name)
    }
    const link = page.getByRole('textbox', { name: /link/i }).first()
    for (const text of watch.payloads.filter((_, i) => i % 40 === 4)) {
      await link.fill(text.replaceAll(/[\r\n]/g, ''))
      await link.press('Enter')
    }
    await watch.nothing(page)
  })

  test('stays text as the last words of a cafe', async () => {
    await go('#join')
    await writer.page.evaluate((farewell) => cafe.host.close({ farewell }), nameOf(70))
    await reads(nameOf(70))
    await writer.page.evaluate(
      async ({ name, address, notice }) => {
        await cafe.host.open({ name, mode: 'open' })
        await cafe.host.evict({ address, notice })
      },
      { name: nameOf(0), address: readerAddress, notice: nameOf(71) },
    )
    await reads(nameOf(71))
  })
})
