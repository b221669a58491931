/** Bytes in the shape WebCrypto wants: joined, encoded, and never over shared memory. */

const encoder = new TextEncoder()

/** UTF-8 of `text`. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** All `parts`, one after the other, in new memory. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}

/** `bytes` as they are if they lie in an ordinary ArrayBuffer, else a copy that does. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}

/** SHA-256 of `bytes`: 32 bytes. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(bytes)))
}
