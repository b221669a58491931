/**
 * Cafes in two browsers that learn of each other through their relay: each has the other's signed word about itself, a search
 * at one goes on to the other, and their hosts see which cafes theirs knows.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

let relay: RelayProcess
let ada: Person
let ben: Person
let corner: Opened
let other: Opened
const PATIENCE = { timeout: 90_000 }

type Opened = Awaited<ReturnType<typeof openCafe>>

beforeAll(async () => {
  relay = await startRelay()
  ;[ada, ben] = await Promise.all([visit(relay.url), visit(relay.url)])
})
afterAll(async () => {
  await Promise.all([ada, ben].map((person) => person?.browser.close()))
  await relay?.close()
})

const openCafe = ({ page }: Person, name: string) => page.evaluate((name) => cafe.host.open({ name }), name)
const known = ({ page }: Person) =>
  page.evaluate(async () =>
    (await cafe.host.neighbours()).map(({ peerId, name, marked }) => ({ peerId, name, marked })),
  )
/** An account with a name that is registered with a cafe. */
const settle = ({ page }: Person, invite: string, name: string): Promise<void> =>
  page.evaluate(
    async ([invite, name]) => {
      await cafe.account.create()
      await cafe.account.register(invite)
      await cafe.profile.set({ name })
    },
    [invite, name] as const,
  )

test('two cafes at one relay know each other soon after the second has opened', async () => {
  corner = await openCafe(ada, 'Corner Cafe')
  await expect
    .poll(() => ada.page.evaluate(async () => (await (await fetch('/cafes')).json()).cafes.length), PATIENCE)
    .toBe(1)
  other = await openCafe(ben, 'Other Cafe')
  await expect.poll(() => known(ben), PATIENCE).toEqual([{ peerId: corner.peerId, name: 'Corner Cafe', marked: null }])
  await expect.poll(() => known(ada), PATIENCE).toEqual([{ peerId: other.peerId, name: 'Other Cafe', marked: null }])
}, 200_000)

test('a search at one finds who is a client of the other', async () => {
  // Each host is a client of the other's cafe: so whoever searches at Ben's finds him at Ada's, one hop away.
  await Promise.all([settle(ada, other.invite, 'Ada Lovelace'), settle(ben, corner.invite, 'Ben Nevis')])
  const address = await ben.page.evaluate(async () => {
    await cafe.contact.show({ visibility: 'listed' })
    return (await cafe.account.status())?.address
  })
  const found = () =>
    ada.page.evaluate(async () => {
      const { people } = await cafe.contact.find('nevis')
      return people.map(({ address, name, source, by }) => ({ address, name, source, by }))
    })
  // His card may still have to arrive.
  await expect.poll(found, PATIENCE).toEqual([{ address, name: 'Ben Nevis', source: 'beyond', by: corner.peerId }])
}, 200_000)

test('a host sees them', async () => {
  const { page } = ben
  await page.goto(`${relay.url}#host`)
  await page.getByRole('heading', { name: 'Other cafes' }).waitFor(PATIENCE)
  await page.getByText('Show them').click()
  await page.getByText('Corner Cafe').waitFor(PATIENCE)
}, 200_000)
