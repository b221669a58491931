/**
 * The join flow, the gateway and the link shell in Firefox, against a cafe in Chromium, over WebRTC between the two. In
 * Firefox a SharedWorker ends with its last page, so what Chromium does by `extendedLifetime` has to be done otherwise.
 */
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureFirefox, type Firefox, launchFirefox } from '../fixtures/firefox.ts'
import { type Person, visit } from '../fixtures/profiles.ts'
import { type RelayProcess, startRelay } from '../fixtures/relay.ts'

const MINUTE = 60_000
const firefox = ensureFirefox()
if ('missing' in firefox) console.warn(`skipped: Firefox, because there is ${firefox.missing}`)

const ready = (page: Page) =>
  page.waitForFunction(() => 'cafe' in globalThis && navigator.serviceWorker.controller !== null, { timeout: MINUTE })

describe.skipIf('missing' in firefox)('in Firefox', () => {
  let relay: RelayProcess
  let host: Person
  let guest: Firefox
  let peerId: string
  let invite: string
  let picture: { cid: string; key: string; link: string }

  beforeAll(async () => {
    if ('missing' in firefox) return
    relay = await startRelay()
    ;[host, guest] = await Promise.all([visit(relay.url), launchFirefox(firefox.path)])
    ;({ peerId, invite } = await host.page.evaluate(() => cafe.host.open({ name: 'Corner Cafe' })))
  }, MINUTE)
  afterAll(async () => {
    await Promise.all([host?.browser.close(), guest?.close()])
    await relay?.close()
  })

  test('a guest joins by the invite with mouse and keyboard', async () => {
    const { page } = guest
    await page.goto(invite)
    await page.locator('input[name=keep][value=open]').click()
    await page.locator('::-p-text(Make my account)').click()
    await page.waitForSelector('cafe-words li')
    const words = await page.$$eval('cafe-words li', (words) => words.map((word) => word.textContent.trim()))
    expect(words).toHaveLength(12)
    await page.locator('::-p-text(I wrote them down)').click()
    await page.waitForSelector('cafe-words fieldset')
    for (const group of await page.$$('cafe-words fieldset')) {
      const place = await group.evaluate(({ dataset }) => Number(dataset['place']) - 1)
      for (const button of await group.$$('button')) {
        if ((await button.evaluate(({ textContent }) => textContent.trim())) === words[place]) await button.click()
      }
    }
    await page.waitForSelector('::-p-xpath(//h1[normalize-space()="Files"]|//h2[normalize-space()="Files"])')
    await ready(page)
    expect(await page.evaluate(() => cafe.account.cafes())).toMatchObject([{ cafe: peerId, name: 'Corner Cafe' }])
  })

  test('the connection to the cafe in Chromium is direct WebRTC', async () => {
    const { connections } = await guest.page.evaluate(() => cafe.node.status())
    expect(connections).toContainEqual(expect.objectContaining({ peerId, path: 'direct', transport: 'webrtc' }))
  })

  test('a file of 4 MiB is pinned and read back through the gateway, whole and in part', async () => {
    const { page } = guest
    const result = await page.evaluate(async () => {
      const bytes = new Uint8Array(4 * 1024 * 1024)
      for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
      const { cid, key, cafes } = await cafe.pins.add(new File([bytes], 'clip.bin'))
      const whole = new Uint8Array(await (await fetch(`/ipfs/${cid}#key=${key}`)).arrayBuffer())
      const part = await fetch(`/ipfs/${cid}#key=${key}`, { headers: { Range: 'bytes=1000000-1999999' } })
      const middle = new Uint8Array(await part.arrayBuffer())
      const equal = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i])
      return { cafes, whole: equal(whole, bytes), middle: equal(middle, bytes.subarray(1000000, 2000000)) }
    })
    expect(result).toMatchObject({ cafes: [{ cafe: peerId, state: 'pinned' }], whole: true, middle: true })
  })

  test('after a reload of its only tab it is the same peer with the same session', async () => {
    const { page } = guest
    const before = await page.evaluate(async () => (await cafe.node.status()).peerId)
    await page.reload()
    await ready(page)
    const after = await page.evaluate(async () => ({
      peerId: (await cafe.node.status()).peerId,
      cafes: await cafe.account.cafes(),
    }))
    expect(after).toMatchObject({ peerId: before, cafes: [{ cafe: peerId }] })
    picture = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(64, 48)
      canvas.getContext('2d')?.fillRect(8, 8, 32, 32)
      return cafe.pins.add(new File([await canvas.convertToBlob()], 'square.png', { type: 'image/png' }))
    })
  })

  test('a link opens as the very first page of a profile, and stays open', async () => {
    if ('missing' in firefox) return
    const stranger = await launchFirefox(firefox.path)
    try {
      const { page } = stranger
      await page.goto(relay.url.slice(0, -1) + picture.link)
      const frame = await page.waitForSelector('iframe', { timeout: MINUTE })
      const content = await frame?.contentFrame()
      await content?.waitForSelector('img')
      expect(await content?.$eval('img', (img) => [img.naturalWidth, img.naturalHeight])).toEqual([64, 48])
      expect(page.url()).toContain(picture.key)
    } finally {
      await stranger.close()
    }
  })

  test('a cafe in Firefox takes a guest in Chromium', async () => {
    const opened = await guest.page.evaluate(() => cafe.host.open({ name: 'Fox Cafe' }))
    const visitor = await visit(relay.url)
    try {
      const pinned = await visitor.page.evaluate(async (link) => {
        await cafe.account.create()
        await cafe.account.register(link)
        return (await cafe.pins.add(new Blob([new Uint8Array(1_000_000).fill(7)]))).cafes
      }, opened.invite)
      expect(pinned).toMatchObject([{ cafe: opened.peerId, state: 'pinned' }])
      // What the relay carried in the beginning becomes direct by itself.
      await expect
        .poll(() => visitor.page.evaluate(async () => (await cafe.node.status()).connections), { timeout: 60_000 })
        .toContainEqual(expect.objectContaining({ peerId: opened.peerId, path: 'direct' }))
    } finally {
      await visitor.browser.close()
    }
  })

  test('the relay never sees a key', () => {
    expect(relay.output()).not.toContain(picture.key)
  })
})
