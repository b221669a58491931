/**
 * Half a gigabyte whose upload is cut off twice at random points by closing the browser: once while the file is read, once
 * while it is sent. Nothing a cafe has confirmed is sent again.
 */
import { randomFillSync } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { type Person, ready, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const MiB = 1024 * 1024
/** `CUT_OFF_MIB` makes it smaller, for a look at the steps. */
const SIZE = Number(process.env.CUT_OFF_MIB ?? 512) * MiB
const MINUTE = 60_000
/** What a path may carry for so many bytes of blocks: its framing, and blocks that were on their way, unconfirmed, when it was cut. */
const carried = (bytes: number): number => 1.15 * bytes + 16 * MiB

interface Seen {
  encrypted: number
  sent: number
  total: number
}
declare global {
  var peers: RTCPeerConnection[]
  var seen: Seen
}

/** Keeps every connection of a page, to ask each how much it has received. */
const COUNT = `globalThis.peers = []
const Real = RTCPeerConnection
globalThis.RTCPeerConnection = class extends Real { constructor(...how) { super(...how); peers.push(this) } }`

let relay: RelayProcess
let host: Person
let profile: string
let film: string
let browser: Browser | undefined
let page: Page

beforeAll(async () => {
  relay = await startRelay()
  host = await visit(relay.url, { before: [COUNT] })
  profile = await mkdtemp(join(tmpdir(), 'popup-cafe-guest-'))
  film = await writeFilm()
  const { invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' }))
  await reopen()
  await page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
})

afterAll(async () => {
  await Promise.all([host?.browser.close(), browser?.close()])
  await relay?.close()
  for (const path of [profile, film]) await rm(path, { recursive: true, force: true, maxRetries: 3 })
})

/** A file of random bytes on the disk: one that is made in a page cannot be read in the next browser at this size. */
async function writeFilm(): Promise<string> {
  const path = join(tmpdir(), `popup-cafe-film-${process.pid}.bin`)
  const file = await open(path, 'w')
  const piece = Buffer.alloc(4 * MiB)
  for (let at = 0; at < SIZE; at += piece.length) await file.write(randomFillSync(piece))
  await file.close()
  return path
}

/** The guest's browser is closed, whatever it does, and started again with the same profile. */
async function reopen(): Promise<void> {
  await browser?.close()
  browser = await launch({ profile })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await page.goto(`${relay.url}#files`)
  await ready(page)
}

/** Gives the same file each time, as a person chooses it from the disk; progress is in `seen`. */
async function add(): Promise<void> {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'film' })
    document.body.append(input)
  })
  await page.locator('#film').setInputFiles(film)
  await page.evaluate((size) => {
    globalThis.seen = { encrypted: 0, sent: 0, total: size }
    const [file] = (document.getElementById('film') as HTMLInputElement).files as FileList
    const onProgress = (progress: Seen) => Object.assign(globalThis.seen, progress)
    // Its end is the end of the page, mostly; what became of it is looked at in the list.
    cafe.pins.add(file as File, { onProgress }).catch(() => {})
  }, SIZE)
}

const progress = (): Promise<Seen> => page.evaluate(() => globalThis.seen)
/** Waits until progress passes a point, and gives it. */
async function passed(what: 'encrypted' | 'sent', bytes: number): Promise<Seen> {
  await expect
    .poll(async () => (await progress())[what], { timeout: 4 * MINUTE, interval: 100 })
    .toBeGreaterThanOrEqual(bytes)
  return progress()
}

/** Bytes that the host's open connections have received. */
const received = (): Promise<number> =>
  host.page.evaluate(async () => {
    let bytes = 0
    for (const peer of globalThis.peers.filter(({ connectionState }) => connectionState === 'connected')) {
      for (const [, report] of (await peer.getStats()) as unknown as Map<
        string,
        { type: string; bytesReceived?: number }
      >)
        if (report.type === 'transport') bytes += report.bytesReceived ?? 0
    }
    return bytes
  })

let confirmed = 0

test('closed while the file is read: the person is told, and giving it again goes on', {
  timeout: 10 * MINUTE,
}, async () => {
  await add()
  // Early, since a device reads faster than it sends, and goes on reading while its browser closes.
  const { encrypted, sent } = await passed('encrypted', (0.05 + Math.random() / 5) * SIZE)
  await reopen()
  console.info(`cut off at ${Math.round(encrypted / MiB)} MiB read, ${Math.round(sent / MiB)} MiB confirmed`)

  await page.getByRole('heading', { name: 'Not finished' }).waitFor()
  await page.getByText(basename(film)).waitFor()
  expect(await page.evaluate(() => cafe.pins.list())).toEqual([])
  await add()
  // It is known to be there without being sent: told at once, as far as it was confirmed.
  const again = await passed('sent', sent)
  expect(await received()).toBeLessThan(carried(again.sent - sent))
  confirmed = sent
})

test('closed while it is sent: the rest follows by itself', { timeout: 10 * MINUTE }, async () => {
  const point = (0.5 + Math.random() / 3) * SIZE
  await passed('encrypted', SIZE)
  const { sent, total } = await passed('sent', Math.max(point, confirmed))
  const before = await received()
  expect(await page.evaluate(async () => (await cafe.pins.list())[0]?.cafes[0]?.state)).toBe('queued')
  await reopen()
  console.info(`cut off at ${Math.round(sent / MiB)} MiB confirmed; ${Math.round(before / MiB)} MiB were received then`)
  const state = () => page.evaluate(async () => (await cafe.pins.list())[0]?.cafes[0]?.state)
  await expect.poll(state, { timeout: 5 * MINUTE, interval: 500 }).toBe('pinned')
  const after = await received()
  console.info(`${Math.round(after / MiB)} MiB received after it, of ${Math.round((total - sent) / MiB)} MiB left`)
  expect(after).toBeLessThan(carried(total - sent))
  expect(await page.evaluate(() => cafe.pins.unfinished())).toEqual([])
  const audited = await page.evaluate(async () => cafe.pins.audit((await cafe.pins.list())[0]?.cid as string))
  expect(audited.cafes).toMatchObject([{ state: 'pinned', proved: expect.any(Number) }])
})
