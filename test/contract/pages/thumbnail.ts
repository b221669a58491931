/** Pictures made here, their thumbnails made in a SharedWorker, and how these look. */
import type { Drawn } from '../../../src/peer/thumbnail.ts'

const worker = new SharedWorker(new URL('./thumbnail-worker.ts', import.meta.url), { type: 'module' })

const ask = (file: Blob): Promise<Drawn | null> =>
  new Promise((resolve) => {
    worker.port.onmessage = ({ data }: MessageEvent<Drawn | null>) => resolve(data)
    worker.port.postMessage(file)
  })

/** Left half red, right half blue. */
async function halves(width: number, height: number, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.fillStyle = '#f00'
  context.fillRect(0, 0, width / 2, height)
  context.fillStyle = '#00f'
  context.fillRect(width / 2, 0, width / 2, height)
  return canvas.convertToBlob({ type, quality: 0.95 })
}

/** A picture with other bytes put in behind its first ones. */
const withBytes = (file: Blob, at: number, bytes: number[]): Blob =>
  new Blob([file.slice(0, at), new Uint8Array(bytes), file.slice(at)])

type Look = { size: number[]; from: number[]; mime: string; bytes: number[]; corners: Record<string, string> }

/** The thumbnail, and which colour its corners have. */
async function look(file: Blob): Promise<Look | null> {
  const drawn = await ask(file)
  if (!drawn) return null
  const picture = await createImageBitmap(new Blob([drawn.bytes], { type: drawn.mime }))
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(picture, 0, 0)
  const colour = (x: number, y: number): string => {
    const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data
    return red > 200 && green < 60 && blue < 60
      ? 'red'
      : blue > 200 && green < 60 && red < 60
        ? 'blue'
        : `${red},${green},${blue}`
  }
  const [right, bottom] = [picture.width - 4, picture.height - 4]
  return {
    size: [picture.width, picture.height],
    from: [drawn.from.width, drawn.from.height],
    mime: drawn.mime,
    bytes: [...drawn.bytes],
    corners: { topLeft: colour(3, 3), topRight: colour(right, 3), bottomLeft: colour(3, bottom) },
  }
}

const thumbnail = {
  /** Of a picture of this size, with these bytes put in at `at`. */
  of: async (width: number, height: number, type: string, at: number, more: number[]) =>
    look(withBytes(await halves(width, height, type), at, more)),
  ofBytes: (bytes: number[]) => look(new Blob([new Uint8Array(bytes)])),
}
Object.assign(globalThis, { thumbnail })
export type ThumbnailPage = typeof thumbnail
