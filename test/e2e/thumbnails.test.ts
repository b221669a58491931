/** Thumbnails in real Chromium: upright, small, never larger than the picture, and nothing of its metadata is in them. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ThumbnailPage } from '../contract/pages/thumbnail.ts'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { type Pages, servePages } from '../fixtures/pages.ts'

type Scope = { thumbnail: ThumbnailPage }

let browser: Browser
let pages: Pages
let page: Page
beforeAll(async () => {
  pages = await servePages(new URL('../contract/pages/', import.meta.url), ['thumbnail.html'])
  browser = await launch()
  page = await browser.context.newPage()
  await page.goto(`${pages.origin}/thumbnail.html`)
  await page.waitForFunction(() => 'thumbnail' in globalThis)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await pages?.close()
})

const PLACE = 'Secret place, 52.5163 N 13.3777 E'

/** An Exif segment of a JPEG: how it is turned, a description, and a place in its GPS part. */
function exif(orientation: number): number[] {
  const tiff = Buffer.alloc(256)
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.writeUInt16LE(tag, at)
    tiff.writeUInt16LE(type, at + 2)
    tiff.writeUInt32LE(count, at + 4)
    tiff.writeUInt32LE(value, at + 8)
  }
  tiff.write('II*\0\x08\0\0\0', 'latin1')
  tiff.writeUInt16LE(3, 8)
  entry(10, 0x010e, 2, PLACE.length + 1, 120)
  entry(22, 0x0112, 3, 1, orientation)
  entry(34, 0x8825, 4, 1, 60)
  tiff.writeUInt16LE(2, 60)
  entry(62, 0x0001, 2, 2, 0x4e)
  entry(74, 0x0002, 5, 3, 180)
  tiff.write(PLACE, 120, 'latin1')
  for (const [i, n] of [52, 1, 30, 1, 59, 1].entries()) tiff.writeUInt32LE(n, 180 + 4 * i)
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
  const size = body.byteLength + 2
  return [0xff, 0xe1, size >> 8, size & 0xff, ...body]
}

const of = (width: number, height: number, type: string, at = 0, more: number[] = []) =>
  page.evaluate(([args]) => (globalThis as unknown as Scope).thumbnail.of(...args), [
    [width, height, type, at, more],
  ] as const as readonly [Parameters<ThumbnailPage['of']>])

describe('a thumbnail of a photo', () => {
  it('is upright, and has none of the metadata', async () => {
    const segment = exif(6)
    expect(Buffer.from(segment).includes(PLACE)).toBe(true)
    const look = await of(800, 600, 'image/jpeg', 2, segment)
    expect(look).toMatchObject({ size: [320, 427], from: [600, 800], mime: 'image/webp' })
    // Turned by a quarter to the right: what was left is on top.
    expect(look?.corners).toEqual({ topLeft: 'red', topRight: 'red', bottomLeft: 'blue' })
    const bytes = Buffer.from(look?.bytes ?? [])
    for (const trace of ['Exif', 'EXIF', 'XMP', 'Secret', 'place', 'II*'])
      expect(bytes.includes(trace), trace).toBe(false)
    expect(bytes.byteLength).toBeLessThan(32 * 1024)
  })

  it('is turned by half where the photo says so', async () => {
    const look = await of(800, 600, 'image/jpeg', 2, exif(3))
    expect(look).toMatchObject({ size: [320, 240], from: [800, 600] })
    expect(look?.corners).toEqual({ topLeft: 'blue', topRight: 'red', bottomLeft: 'blue' })
  })

  it.each(['image/png', 'image/webp', 'image/jpeg'])('is made of %s, and never larger than it', async (type) => {
    expect(await of(640, 320, type)).toMatchObject({ size: [320, 160], corners: { topLeft: 'red', topRight: 'blue' } })
    expect(await of(100, 50, type)).toMatchObject({ size: [100, 50], from: [100, 50] })
  })

  it('is none of damaged bytes, and the next is made all the same', async () => {
    const head = [
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 1, 0, 0, 0, 1, 0, 8, 6,
    ]
    const damaged = await page.evaluate((bytes) => (globalThis as unknown as Scope).thumbnail.ofBytes(bytes), head)
    expect(damaged).toBeNull()
    expect(await of(64, 64, 'image/png')).toMatchObject({ size: [64, 64] })
  })
})
