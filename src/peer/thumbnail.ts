/**
 * Small pictures of pictures, made before these are encrypted: drawn anew, so that nothing of the original's metadata (place,
 * camera, owner) is in them. What cannot be drawn, or not in bounds, just has none: it never keeps a file from being added.
 */
import { unlessAborted } from '../core/abort.ts'
import { MiB } from '../core/limits.ts'
import { createSerial } from '../core/serial.ts'
import { PICTURE_HEAD, pictureSize } from './picture-size.ts'

/** As wide as a column of a phone, and as Textile's were. */
export const THUMB_WIDTH = 320
/** Encoded bytes of a picture that is looked at. */
const MAX_SOURCE = 64 * MiB
/** What phones take at their best; four times as many bytes for the moment it is decoded. */
const MAX_PIXELS = 50_000_000
/** Higher or wider than this for its other side, it is no picture to look at in a list. */
const MAX_RATIO = 32
/** Bytes of the result: more would be no thumbnail. */
const MAX_THUMB = 256 * 1024
/** Milliseconds that one may take: a phone needs one second for its largest. */
const TIME = 15_000

/** A picture as it was drawn anew. */
export interface Drawn {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly mime: string
  readonly width: number
  readonly height: number
  /** Of the original, as it is to be seen. */
  readonly from: { readonly width: number; readonly height: number }
}

/** Draws a picture anew, at most so wide, upright; undefined where this place cannot. */
export type Draw = (file: Blob, width: number) => Promise<Drawn | undefined>

/** Of each picture one after the other: each takes much memory. */
export type Thumbnails = (file: Blob, options: { signal: AbortSignal }) => Promise<Drawn | undefined>

/** @throws CafeError ABORTED only. */
export function createThumbnails({ draw }: { readonly draw: Draw | undefined }): Thumbnails {
  const serial = createSerial()
  return async (file, { signal }) => {
    if (!draw || file.size > MAX_SOURCE) return undefined
    const size = pictureSize(new Uint8Array(await file.slice(0, PICTURE_HEAD).arrayBuffer()))
    if (!size || !isInBounds(size)) return undefined
    // By its content: whatever it is called, nothing else is decoded as a picture.
    const picture = file.slice(0, file.size, size.mime)
    return serial('draw', async () => {
      signal.throwIfAborted()
      const end = AbortSignal.any([signal, AbortSignal.timeout(TIME)])
      try {
        const drawn = await unlessAborted(draw(picture, THUMB_WIDTH), end)
        return drawn && drawn.bytes.byteLength <= MAX_THUMB ? drawn : undefined
      } catch {
        // Damaged, or too much for this device.
        signal.throwIfAborted()
        return undefined
      }
    })
  }
}

function isInBounds({ width, height }: { readonly width: number; readonly height: number }): boolean {
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) return false
  return Math.max(width, height) / Math.min(width, height) <= MAX_RATIO
}
