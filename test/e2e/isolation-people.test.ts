/**
 * What other people write and call themselves (rule J1), where it reaches somebody: invites, search and contact
 * cards, requests to join, the host's lists and the last words of a cafe. All of it stays text.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Meeting, meet } from '../fixtures/hostile-people.ts'

const WAIT = { timeout: 40_000 }

let meeting: Meeting
let { watch, reader, writer, names, nameOf, go, reads } = {} as Meeting

beforeAll(async () => {
  meeting = await meet()
  ;({ watch, reader, writer, names, nameOf, go, reads } = meeting)
}, 90_000)
afterAll(() => meeting?.close())

describe('what others write', () => {
  test('would be heard of if it became HTML', async () => {
    expect(names.length).toBeGreaterThan(60)
    await watch.control(reader.page)
  })

  test('stays text on the way into their cafe, and in the list of cafes', async () => {
    await go(new URL(writer.invite).hash)
    await reads(nameOf(0))
    await reader.page.evaluate((invite) => cafe.account.register(invite), writer.invite)
    await go('#join')
    await reads(nameOf(0))
    await go('#doctor')
    await reads(nameOf(0))
  })

  test('stays text when they ask to join', async () => {
    const greeting = names.slice(0, 12).join(' ').slice(0, 200)
    await writer.page.evaluate(([invite, greeting]) => cafe.account.register(invite, { greeting }), [
      reader.invite,
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
        () => writer.page.evaluate((to) => cafe.contact.refresh(to).then(({ inboxes }) => inboxes), reader.address),
        WAIT,
      )
      .toBeGreaterThan(0)
    const [first] = await invite(names.slice(20, 24), reader.address)
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
    await invite(names.slice(24, 32), reader.address)
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
        page.evaluate((who) => cafe.contact.refresh(who).then(({ claimed }) => claimed), writer.address)
      await expect.poll(claimed, WAIT).toBe(name.trim())
      await go(`#contact=${writer.address}`)
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
      { name: nameOf(0), address: reader.address, notice: nameOf(71) },
    )
    await reads(nameOf(71))
  })
})
