/** A picture somebody chose, made small enough to be everybody's: drawn anew, so nothing of its metadata is left. */
import { CafeError } from '../core/errors.ts'

/** Side in pixels: sharp at four times the size it is shown at. */
const SIDE = 192

/**
 * The middle square of a picture as a small JPEG.
 * @throws CafeError UNSUPPORTED `{what: 'picture'}` if this browser cannot read it.
 */
export async function smallPicture(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new CafeError('UNSUPPORTED', { what: 'picture' }, { cause })
  })
  const canvas = document.createElement('canvas')
  canvas.width = SIDE
  canvas.height = SIDE
  const side = Math.min(bitmap.width, bitmap.height)
  const context = canvas.getContext('2d')
  if (!context || side === 0) throw new CafeError('UNSUPPORTED', { what: 'picture' })
  // What is transparent would turn black.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, SIDE, SIDE)
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, SIDE, SIDE)
  bitmap.close()
  const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
  if (!small) throw new CafeError('UNSUPPORTED', { what: 'picture' })
  return small
}
