/** Which pictures are drawn small at all, and that a failure never matters. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pictureSize } from '../../src/peer/picture-size.ts'
import { createThumbnails, type Draw, type Drawn } from '../../src/peer/thumbnail.ts'

const ascii = (text: string): number[] => [...text].map((one) => one.charCodeAt(0))
const u32 = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
const png = (width: number, height: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(0x89, ...ascii('PNG\r\n\x1a\n'), ...u32(13), ...ascii('IHDR'), ...u32(width), ...u32(height))
const jpeg = (width: number, height: number, before: readonly number[] = []): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(0xff, 0xd8, ...before, 0xff, 0xc2, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3)
const riff = (...chunk: number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBP'), ...chunk)

describe('the size of a picture', () => {
  it('is read from the first bytes of what browsers decode', () => {
    expect(pictureSize(png(640, 480))).toEqual({ mime: 'image/png', width: 640, height: 480 })
    expect(pictureSize(Uint8Array.of(...ascii('GIF89a'), 2, 1, 3, 0))).toEqual({
      mime: 'image/gif',
      width: 258,
      height: 3,
    })
    expect(pictureSize(jpeg(4000, 3000))).toEqual({ mime: 'image/jpeg', width: 4000, height: 3000 })
    const exif = [0xff, 0xe1, 0, 6, 1, 2, 3, 4, 0xff, 0xff, 0xdb, 0, 3, 0, 0xff, 0x01]
    expect(pictureSize(jpeg(10, 20, exif))).toMatchObject({ width: 10, height: 20 })
    const extended = riff(...ascii('VP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0)
    expect(pictureSize(extended)).toEqual({ mime: 'image/webp', width: 640, height: 480 })
    const lossless = riff(...ascii('VP8L'), 5, 0, 0, 0, 0x2f, 0x7f, 0xc2, 0x77, 0)
    expect(pictureSize(lossless)).toEqual({ mime: 'image/webp', width: 640, height: 480 })
    const lossy = riff(...ascii('VP8 '), 5, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1)
    expect(pictureSize(lossy)).toEqual({ mime: 'image/webp', width: 640, height: 480 })
  })

  it('is none for anything else, and for what ends before it', () => {
    for (const whole of [png(1, 1), jpeg(1, 1), riff(...ascii('VP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0)])
      for (let end = 0; end < whole.byteLength - 1; end++) pictureSize(whole.subarray(0, end))
    expect(pictureSize(jpeg(1, 1).subarray(0, 8))).toBeUndefined()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const size = pictureSize(bytes)
        if (size) expect(size.width + size.height).toBeGreaterThanOrEqual(0)
      }),
    )
    expect(pictureSize(Uint8Array.of(...ascii('<svg xmlns="http://www.w3.org/2000/svg"/>')))).toBeUndefined()
  })
})

describe('a thumbnail', () => {
  const signal = new AbortController().signal
  const drawn: Drawn = {
    bytes: new Uint8Array(9),
    mime: 'image/webp',
    width: 3,
    height: 3,
    from: { width: 9, height: 9 },
  }
  const asked: string[] = []
  const draw: Draw = async (file) => {
    asked.push(file.type)
    return drawn
  }
  const of = (bytes: Uint8Array<ArrayBuffer>, how: Draw | undefined = draw, type = 'text/html') =>
    createThumbnails({ draw: how })(new Blob([bytes], { type }), { signal })

  it('is drawn of a picture in bounds, by what it is and not what it is called', async () => {
    asked.length = 0
    expect(await of(png(640, 480))).toBe(drawn)
    expect(asked).toEqual(['image/png'])
  })

  it.each([
    ['too many pixels', png(10_000, 10_000)],
    ['no pixels', png(0, 10)],
    ['a line', png(20_000, 1)],
    ['no picture', new TextEncoder().encode('hello')],
    ['nothing', new Uint8Array(0)],
  ])('is not drawn of %s', async (_, bytes) => {
    asked.length = 0
    expect(await of(bytes)).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('is none where nobody can draw, where it fails, where there is none, and where it is too large', async () => {
    expect(await createThumbnails({ draw: undefined })(new Blob([png(9, 9)]), { signal })).toBeUndefined()
    expect(await of(png(9, 9), () => Promise.reject(new Error('damaged')))).toBeUndefined()
    expect(await of(png(9, 9), async () => undefined)).toBeUndefined()
    expect(await of(png(9, 9), async () => ({ ...drawn, bytes: new Uint8Array(300 * 1024) }))).toBeUndefined()
  })

  it('ends with who wants it, and the next one does not wait for one that hangs', async () => {
    const stop = new AbortController()
    const thumbnails = createThumbnails({ draw: () => new Promise(() => {}) })
    const hanging = thumbnails(new Blob([png(9, 9)]), { signal: stop.signal })
    setTimeout(() => stop.abort(), 20)
    await expect(hanging).rejects.toThrow()
  })

  it('is drawn one after the other', async () => {
    let running = 0
    let most = 0
    const slow: Draw = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
      return drawn
    }
    const thumbnails = createThumbnails({ draw: slow })
    await Promise.all([1, 2, 3].map(() => thumbnails(new Blob([png(9, 9)]), { signal })))
    expect(most).toBe(1)
  })
})
