/** Encrypted media plays and can be sought: the player asks for ranges, the service worker decrypts just those. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

/** Seconds of 48 kHz, 16 bit, stereo sound: 23 MB, far more than a player reads ahead. */
const SECONDS = 120

let relay: RelayProcess
let host: Person
let guest: Person
let stranger: Person

beforeAll(async () => {
  relay = await startRelay()
  ;[host, guest, stranger] = await Promise.all([visit(relay.url), visit(relay.url), visit(relay.url)])
  const invite = await host.page.evaluate(async () => (await cafe.host.open({ name: 'Corner Cafe' })).invite)
  await guest.page.evaluate(async (link) => {
    await cafe.account.create()
    await cafe.account.register(link)
  }, invite)
})

afterAll(async () => {
  await Promise.all([host, guest, stranger].map((person) => person?.browser.close()))
  await relay?.close()
})

test('a stranger seeks in a recording by its link, without fetching all of it', async () => {
  const { link, size } = await guest.page.evaluate(async (seconds) => {
    const rate = 48_000
    const samples = rate * seconds * 2
    const wav = new DataView(new ArrayBuffer(44 + samples * 2))
    const text = (at: number, value: string) => {
      for (const [i, c] of [...value].entries()) wav.setUint8(at + i, c.charCodeAt(0))
    }
    text(0, 'RIFF')
    wav.setUint32(4, 36 + samples * 2, true)
    text(8, 'WAVEfmt ')
    wav.setUint32(16, 16, true)
    wav.setUint16(20, 1, true)
    wav.setUint16(22, 2, true)
    wav.setUint32(24, rate, true)
    wav.setUint32(28, rate * 4, true)
    wav.setUint16(32, 4, true)
    wav.setUint16(34, 16, true)
    text(36, 'data')
    wav.setUint32(40, samples * 2, true)
    for (let i = 0; i < samples; i += 97) wav.setInt16(44 + i * 2, Math.sin(i / 50) * 9000, true)
    return cafe.pins.add(new File([wav.buffer], 'night train.wav', { type: 'audio/wav' }))
  }, SECONDS)

  const played = await stranger.page.evaluate(async (url) => {
    const audio = new Audio(url)
    audio.muted = true
    const event = (name: string) =>
      new Promise((resolve, reject) => {
        audio.addEventListener(name, resolve, { once: true })
        audio.addEventListener('error', () => reject(new Error(audio.error?.message)), { once: true })
      })
    audio.preload = 'metadata'
    await event('loadedmetadata')
    const { duration } = audio
    const sought = event('seeked')
    audio.currentTime = duration - 10
    await sought
    await audio.play()
    await event('timeupdate')
    const blocks = await new Promise<number>((resolve) => {
      indexedDB.open('popup-cafe/blocks').onsuccess = ({ target }) => {
        const db = (target as IDBOpenDBRequest).result
        db.transaction('popup-cafe/blocks').objectStore('popup-cafe/blocks').count().onsuccess = (counted) =>
          resolve((counted.target as IDBRequest<number>).result)
      }
    })
    audio.pause()
    return { duration, at: audio.currentTime, blocks }
  }, link)
  expect(played.duration).toBeCloseTo(SECONDS, 1)
  expect(played.at).toBeGreaterThanOrEqual(SECONDS - 10)
  expect(played.blocks).toBeGreaterThan(2)
  // Leaves of 256 KiB: well below all of them were fetched to play the last ten seconds.
  expect(played.blocks).toBeLessThan((0.9 * size) / (256 * 1024))
})

test('the link itself, opened in a tab, is a player', async () => {
  const [pin] = await guest.page.evaluate(() => cafe.pins.list())
  const response = await stranger.page.goto(relay.url.slice(0, -1) + pin?.link)
  expect(response?.status()).toBeLessThan(300)
  expect(response?.headers()).toMatchObject({
    'content-type': expect.stringMatching(/^audio\//),
    'cache-control': expect.stringContaining('no-store'),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  await stranger.page.waitForFunction(
    () => (document.querySelector('video, audio') as HTMLMediaElement)?.duration > 100,
  )
})
