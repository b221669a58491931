/** What people get wrong, or try on: each with its own error, and nothing stored at the cafe. */
import { base64url } from 'multiformats/bases/base64'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { formatInvite, parseInvite } from '../../src/net/invite.ts'
import type { CafeConsole } from '../../src/worker/console-api.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let host: Person
let other: Person
let guest: Person
let invite: string

/** Runs a call in a page and gives its error's code and data, or what it resolved to. */
async function outcome<T>(person: Person, run: (input: T) => Promise<unknown>, input: T): Promise<unknown> {
  return person.page.evaluate(
    async ([source, value]) => {
      try {
        return { value: await new Function(`return (${source})`)()(value) }
      } catch (error) {
        const { code, data } = error as { code: string; data: unknown }
        return { code, data }
      }
    },
    [run.toString(), input] as const,
  )
}

const register = (link: string) => outcome(guest, (text) => cafe.account.register(text), link)
const withToken = (token: string): string => formatInvite({ ...parseInvite(invite), token }, relay.url.slice(0, -1))
const clients = () => host.page.evaluate(() => cafe.host.clients())

beforeAll(async () => {
  relay = await startRelay()
  ;[host, other, guest] = await Promise.all([visit(relay.url), visit(relay.url), visit(relay.url)])
  invite = await host.page.evaluate(async () => (await cafe.host.open({ name: 'Corner Cafe' })).invite)
  await guest.page.evaluate(() => cafe.account.create())
})

afterAll(async () => {
  await Promise.all([host, other, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

beforeEach(async () => {
  expect(await clients()).toEqual([])
})

test.each([
  ['no invite at all', 'hello'],
  ['an empty one', ''],
  ['a cut one', 'CUT'],
  ['one of another version', `#join=${base64url.baseEncode(new Uint8Array([0xa1, 0x61, 0x76, 0x02]))}`],
  ['a huge one', `#join=${'A'.repeat(100_000)}`],
])('an invite that is %s is refused before anything is sent', async (_name, text) => {
  const given = text === 'CUT' ? invite.slice(0, -9) : text
  expect(await register(given)).toMatchObject({ code: 'BAD_REQUEST' })
  expect(await clients()).toEqual([])
})

test('a wrong token is refused', async () => {
  const { token } = parseInvite(invite)
  const flipped = `${token?.slice(0, -1)}${token?.endsWith('2') ? '3' : '2'}`
  expect(await register(withToken(flipped))).toMatchObject({ code: 'FORBIDDEN', data: { why: 'token' } })
  expect(await clients()).toEqual([])
})

test('a token of another cafe is refused', async () => {
  const foreign = await other.page.evaluate(async () => (await cafe.host.open({ name: 'Elsewhere' })).invite)
  const { token = '' } = parseInvite(foreign)
  expect(await register(withToken(token))).toMatchObject({ code: 'FORBIDDEN', data: { why: 'token' } })
  expect(await clients()).toEqual([])
})

test('a token that is used up is refused', async () => {
  const once = await host.page.evaluate(async () => (await cafe.host.createToken({ uses: 1 })).invite)
  await other.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, once)
  expect(await register(once)).toMatchObject({ code: 'FORBIDDEN', data: { why: 'token-used' } })
  expect(await clients()).toHaveLength(1)
  await other.page.evaluate(async () => {
    const [joined] = await cafe.account.cafes()
    await cafe.account.deregister(joined?.cafe ?? '')
  })
  expect(await clients()).toEqual([])
})

test('a file over the quota is refused before it is sent, with what is needed and what is free', async () => {
  const small = await host.page.evaluate(async () => (await cafe.host.createToken({ quota: 1_000_000 })).invite)
  await guest.page.evaluate((link) => cafe.account.register(link), small)
  const add = (size: number) => cafe.pins.add(new Blob([new Uint8Array(size)]))
  const refused = await outcome(guest, add, 2_000_000)
  expect(refused).toMatchObject({ code: 'QUOTA', data: { needed: expect.any(Number), free: 1_000_000 } })
  expect(await clients()).toMatchObject([{ roots: 0, bytes: 0 }])
  const list = (await guest.page.evaluate(() => cafe.pins.list())) as Awaited<ReturnType<CafeConsole['pins']['list']>>
  expect(list).toEqual([])
  await guest.page.evaluate(async () => {
    const [joined] = await cafe.account.cafes()
    await cafe.account.deregister(joined?.cafe ?? '')
  })
})

test.each([
  ['a key of a wrong length', '#key=uAgAB', 400],
  ['two keys', `#key=u${'A'.repeat(44)}&key=u${'A'.repeat(44)}`, 400],
  ['a key in query and fragment', `?key=u${'A'.repeat(44)}#key=u${'A'.repeat(44)}`, 400],
  ['no CID', '', 400],
])('a link with %s gets a clear page', async (name, tail, status) => {
  const cid = name === 'no CID' ? 'nonsense' : 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
  const answer = await guest.page.evaluate(
    async ([path]) => {
      const response = await fetch(path as string, { headers: { Accept: 'text/html' } })
      return { status: response.status, type: response.headers.get('content-type'), body: await response.text() }
    },
    [`/ipfs/${cid}${tail}`],
  )
  expect(answer).toMatchObject({ status, type: expect.stringContaining('text/html') })
  expect(answer.body).not.toContain('AAAAAAAA')
})
