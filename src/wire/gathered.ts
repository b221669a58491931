/**
 * Bytes of a body as they come in, in one buffer that grows: looked at and taken from the front. However small the pieces
 * a caller sends, it holds about twice what was not taken yet.
 */
type Bytes = Uint8Array<ArrayBuffer>

export class Gathered {
  #buffer: Bytes = new Uint8Array(0)
  #start = 0
  #end = 0
  /** Bytes at the front known not to hold the octet last searched for: a long line is not searched anew at each piece. */
  #searched = 0

  get length(): number {
    return this.#end - this.#start
  }

  add(piece: Bytes): void {
    if (this.#end + piece.byteLength > this.#buffer.byteLength) this.#makeRoom(piece.byteLength)
    this.#buffer.set(piece, this.#end)
    this.#end += piece.byteLength
  }

  /** Place of the first `octet`, or -1. Ask for one and the same octet only. */
  indexOf(octet: number): number {
    const found = this.peek(this.length).indexOf(octet, this.#searched)
    if (found === -1) this.#searched = this.length
    return found
  }

  /** Up to `size` bytes at the front, which stay; to be looked at before the next call only. */
  peek(size: number): Bytes {
    return this.#buffer.subarray(this.#start, Math.min(this.#start + size, this.#end))
  }

  /** Takes `size` bytes, or what there is, from the front. */
  take(size: number): Bytes {
    const bytes = this.peek(size).slice()
    this.#start += bytes.byteLength
    this.#searched = Math.max(0, this.#searched - bytes.byteLength)
    return bytes
  }

  #makeRoom(more: number): void {
    const rest = this.peek(this.length)
    const needed = rest.byteLength + more
    // Twice what is needed only where many pieces make one frame, so that each byte is copied about once.
    const buffer = new Uint8Array(rest.byteLength > 0 ? 2 * needed : needed)
    buffer.set(rest)
    this.#buffer = buffer
    this.#start = 0
    this.#end = rest.byteLength
  }
}
