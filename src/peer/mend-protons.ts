/**
 * Mends protons-runtime 7.1.2 (8.0.1 has it too): `uint64` writes values from 2^31 up to 2^32 as if they were negative, so
 * the UnixFS root of a file of 2 to 4 GiB would be unreadable. Its `uint64Number` is right, and takes over for these.
 * To be deleted once `test/unit/mend-protons.test.ts` says that the library is right by itself.
 */
import { type Writer, writer } from 'protons-runtime'

const FROM = 2n ** 31n
const TO = 2n ** 32n

/** Mends the library for this realm. Calling it again changes nothing. */
export function mendProtons(): void {
  const prototype = Object.getPrototypeOf(writer()) as Writer & { mended?: true }
  if (prototype.mended) return
  const broken = prototype.uint64
  prototype.uint64 = function (value: bigint) {
    return value >= FROM && value < TO ? this.uint64Number(Number(value)) : broken.call(this, value)
  }
  prototype.mended = true
}
