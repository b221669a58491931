/**
 * A relay that dies again and again: killed and restarted twenty times within five minutes where `CAFE_LONG=1`. A guest who is connected
 * directly never notices; the cafe takes its seat again each time, and new guests join within seconds of the relay's return.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { often } from '../fixtures/long.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const KILLS = often(20, 6)
/** Milliseconds the relay is away: from a blink to long enough that everybody has tried in vain several times. */
const away = (kill: number): number => 500 + (kill % 5) * 1000
/** Milliseconds from the relay's return within which a new guest must be in. */
const JOINED_WITHIN = 5000

let relay: RelayProcess
let host: Person
let guest: Person
let invite: string
let cafeId: string

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest] = await Promise.all([visit(relay.url), visit(relay.url)])
  ;({ invite, peerId: cafeId } = await host.page.evaluate(() => cafe.host.open({ name: 'Storm Cafe' })))
  await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
})

afterAll(async () => {
  await Promise.all([host, guest].map((person) => person?.browser.close()))
  await relay?.close()
})

/** The guest's direct connection to the cafe: since when it stands. */
const direct = () =>
  guest.page.evaluate(async (peer) => {
    const { connections } = await cafe.node.status()
    return connections.find(({ peerId, path }) => peerId === peer && path === 'direct')?.since
  }, cafeId)

/** Begins to pin small files one after the other in the guest's page, until `stopPinning`. */
const startPinning = () =>
  guest.page.evaluate(() => {
    const log = { pinned: 0, bad: [] as string[], stop: false }
    const run = async () => {
      while (!log.stop) {
        const note = new File([crypto.getRandomValues(new Uint8Array(50_000))], 'note')
        const outcome = await cafe.pins.add(note).then(({ cafes: [at] }) => at?.state ?? 'nowhere', String)
        if (outcome === 'pinned') log.pinned++
        else log.bad.push(outcome)
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
    }
    Object.assign(globalThis, { log, running: run() })
  })

const stopPinning = () =>
  guest.page.evaluate(async () => {
    const { log, running } = globalThis as unknown as {
      log: { pinned: number; bad: string[]; stop: boolean }
      running: Promise<void>
    }
    log.stop = true
    await running
    return { pinned: log.pinned, bad: log.bad }
  })

/** A new profile with an account, which has the invite and has not used it. */
async function newcomer(): Promise<Person> {
  const person = await visit(relay.url)
  await person.page.evaluate(() => cafe.account.create())
  return person
}

test(`${KILLS} deaths of the relay are nothing to a direct guest, and seconds to a new one`, async () => {
  const since = await direct()
  expect(since).toBeDefined()
  await startPinning()
  const joined: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    // There before, so that what is measured is the cafe's return and the way in, not the start of a browser.
    const { browser, page } = await newcomer()
    try {
      await relay.stop('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, away(kill)))
      await relay.restart()
      const back = Date.now()
      await page.evaluate((link) => cafe.account.register(link), invite)
      joined.push(Date.now() - back)
    } finally {
      await browser.close()
    }
    expect(await direct()).toBe(since)
  }
  const { pinned, bad } = await stopPinning()
  console.log(`relay storm: ${pinned} files pinned meanwhile; joined after ${joined.join(', ')} ms`)
  expect(bad).toEqual([])
  expect(pinned).toBeGreaterThan(KILLS)
  expect(await direct()).toBe(since)
  expect(joined.filter((ms) => ms > JOINED_WITHIN)).toEqual([])
  const clients = await host.page.evaluate(() => cafe.host.clients())
  expect(clients).toHaveLength(1 + KILLS)
}, 600_000)
