/**
 * How large a picture is, as the first bytes of its file say, before anybody decodes it: a small file can be a picture that
 * fills all memory. Knows what browsers decode and people send; anything else has no size, and no thumbnail.
 */

export interface PictureSize {
  readonly mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  readonly width: number
  readonly height: number
}

/** Of a JPEG's segments, those with its size can come late: behind a thumbnail and a colour profile. */
export const PICTURE_HEAD = 256 * 1024

/** Reads the first bytes of a file; undefined if they are none of a picture, or end before its size. */
export function pictureSize(head: Uint8Array): PictureSize | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  try {
    return png(view) ?? gif(view) ?? webp(view) ?? jpeg(view)
  } catch (error) {
    // It ends in the middle.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const tag = (view: DataView, at: number): string => {
  if (at + 4 > view.byteLength) throw new RangeError()
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)))
}

function png(view: DataView): PictureSize | undefined {
  if (view.getUint32(0) !== 0x89504e47 || tag(view, 12) !== 'IHDR') return undefined
  return { mime: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
}

function gif(view: DataView): PictureSize | undefined {
  if (tag(view, 0) !== 'GIF8') return undefined
  return { mime: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

function webp(view: DataView): PictureSize | undefined {
  if (tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WEBP') return undefined
  const uint24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
  const kind = tag(view, 12)
  if (kind === 'VP8X') return { mime: 'image/webp', width: uint24(24) + 1, height: uint24(27) + 1 }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { mime: 'image/webp', width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  if (kind !== 'VP8 ') return undefined
  return { mime: 'image/webp', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
}

/** Markers without a segment, and those of frames, which have the size (all of 0xc0 to 0xcf but three). */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

function jpeg(view: DataView): PictureSize | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at += 1
    else if (isBare(marker)) at += 2
    else if (isFrame(marker))
      return { mime: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    else at += 2 + view.getUint16(at + 2)
  }
}
