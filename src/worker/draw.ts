/** Draws pictures in the worker. A SharedWorker of some browsers has no OffscreenCanvas: there are no thumbnails there. */
import type { Draw, Drawn } from '../peer/thumbnail.ts'

/** As in Textile's presets. */
const QUALITY = 0.8
/** The smaller first; Safari writes no WebP and gives PNG instead, whose photos are large. */
const TYPES = ['image/webp', 'image/jpeg'] as const

export const createDraw = (): Draw | undefined =>
  typeof OffscreenCanvas === 'undefined' || typeof createImageBitmap === 'undefined' ? undefined : draw

async function draw(file: Blob, width: number): Promise<Drawn | undefined> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  try {
    const from = { width: picture.width, height: picture.height }
    const scale = Math.min(1, width / from.width)
    const size = {
      width: Math.max(1, Math.round(from.width * scale)),
      height: Math.max(1, Math.round(from.height * scale)),
    }
    for (const type of TYPES) {
      const blob = await encoded(picture, size, type)
      if (blob?.type === type) return { bytes: new Uint8Array(await blob.arrayBuffer()), mime: type, ...size, from }
    }
    return undefined
  } finally {
    picture.close()
  }
}

async function encoded(
  picture: ImageBitmap,
  { width, height }: { readonly width: number; readonly height: number },
  type: (typeof TYPES)[number],
): Promise<Blob | undefined> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { alpha: type !== 'image/jpeg' })
  if (!context) return undefined
  if (type === 'image/jpeg') {
    // It has no transparency, and would show black.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
  }
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, width, height)
  return canvas.convertToBlob({ type, quality: QUALITY })
}
