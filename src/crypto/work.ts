/**
 * Work that makes a letter from a stranger cost something (hashcash; security.md §1.5 D5). It is for one cafe, recipient,
 * letter and hour, so it can be used nowhere else, nor be done long ahead. Finding it takes 2^bits hashes on average,
 * checking it two.
 *
 * ```
 * subject = SHA-256("textile-cafe/work/1" ‖ 0 ‖ cbor([cafe, to, id, hour]))
 * work    = SHA-256(subject ‖ nonce[8])            begins with `bits` zero bits
 * ```
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { encode } from '../core/codec.ts'
import type { Address, PeerIdText } from '../core/ids.ts'
import { concat, utf8 } from './bytes.ts'

/** What the work is for. */
export interface WorkSubject {
  readonly cafe: PeerIdText
  readonly to: Address
  /** SHA-256 of the sealed letter. */
  readonly id: Uint8Array
  /** Hours since the epoch, as the cafe says. */
  readonly hour: number
}

const HOUR = 3_600_000
const NONCE = 8
const DOMAIN = utf8('textile-cafe/work/1\0')
/** Hashes between two looks at the clock's other guests: some milliseconds. */
const AT_ONCE = 4096

export const hourOf = (now: number): number => Math.floor(now / HOUR)

/**
 * A nonce for this subject. Lets others work in between; about a second for 20 bits.
 * @throws what `signal` is aborted with.
 *
 * @example
 * ```ts
 * const { bits, hour } = await inbox.terms(cafe, to)
 * const nonce = await solveWork({ cafe, to, id: await sha256(body), hour }, bits, { signal })
 * await inbox.deliver(cafe, { to, body, ttl, door: { hour, nonce } }, { signal })
 * ```
 */
export async function solveWork(
  subject: WorkSubject,
  bits: number,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const tried = concat(digestOf(subject), new Uint8Array(NONCE))
  const counter = new DataView(tried.buffer, tried.byteLength - NONCE)
  for (let n = 0; ; n++) {
    if (n % AT_ONCE === 0) {
      signal?.throwIfAborted()
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    counter.setUint32(0, Math.floor(n / 2 ** 32))
    counter.setUint32(4, n % 2 ** 32)
    if (zeroBits(sha256(tried)) >= bits) return tried.slice(-NONCE)
  }
}

/** Is it work of so many bits for this subject? */
export const isWork = (subject: WorkSubject, nonce: Uint8Array, bits: number): boolean =>
  nonce.byteLength === NONCE && zeroBits(sha256(concat(digestOf(subject), nonce))) >= bits

const digestOf = ({ cafe, to, id, hour }: WorkSubject): Uint8Array =>
  sha256(concat(DOMAIN, encode([cafe, to, new Uint8Array(id), hour])))

/** Zero bits at the beginning. */
function zeroBits(bytes: Uint8Array): number {
  let bits = 0
  for (const byte of bytes) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24
    bits += 8
  }
  return bits
}
