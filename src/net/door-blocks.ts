/**
 * Blocks of cafes that a relay lets nobody through to but whom they admit: where such a cafe has opened its door, whoever has
 * a link to its content still gets it, by HTTP from the host of the app. What comes is ciphertext as ever, and verified.
 */
import type { CID } from 'multiformats/cid'
import { verifyBlock } from '../core/block.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { BLOCK_TIMEOUT, MAX_BLOCK } from '../core/limits.ts'

/** Gives a block of `peer`, not verified. @throws CafeError NOT_FOUND if that has none there; UNREACHABLE if it has no door; CORRUPT. */
export type DoorBlocks = (peer: PeerIdText, cid: CID) => Promise<Uint8Array<ArrayBuffer>>

/** The doors of the relay whose app server is at `origin`. */
export const doorBlocks =
  (origin: string): DoorBlocks =>
  async (peer, cid) => {
    const request = { cache: 'no-store', credentials: 'omit', redirect: 'error' } as const
    try {
      const signal = AbortSignal.timeout(BLOCK_TIMEOUT)
      const response = await fetch(`${origin}/c/${peer}/ipfs/${cid}?format=raw`, { ...request, signal })
      if (response.ok && response.body) return await readBlock(response.body)
      await response.body?.cancel()
      throw new CafeError(response.status === 404 ? 'NOT_FOUND' : 'UNREACHABLE', { status: response.status })
    } catch (error) {
      throw toCafeError(error, 'UNREACHABLE')
    }
  }

/** Reads no more than a block has, whatever the answer says of its length. */
async function readBlock(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const reader = body.getReader()
  let size = 0
  for (let { value, done } = await reader.read(); !done && value; { value, done } = await reader.read()) {
    size += value.byteLength
    if (size > MAX_BLOCK) {
      await reader.cancel()
      throw new CafeError('CORRUPT', { limit: MAX_BLOCK })
    }
    pieces.push(value)
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

/** Milliseconds for which a cafe is asked at its door first: a film is some thousand blocks, and each knock takes time. */
const AT_DOOR = 60_000
/** Cafes of which that is known. */
const MAX_AT_DOOR = 64

/** A block of a peer, verified; null if it has none. */
type Ask = (peer: PeerIdText, cid: CID) => Promise<Uint8Array<ArrayBuffer> | null>

/** `ask`, and where it is refused because of who we are, the door; then the door first, for a while. */
export function orAtDoor(ask: Ask, door: DoorBlocks): Ask {
  const until = new Map<PeerIdText, number>()
  const byDoor = async (peer: PeerIdText, cid: CID): Promise<Uint8Array<ArrayBuffer> | null> => {
    try {
      const bytes = await door(peer, cid)
      await verifyBlock(cid, bytes)
      until.delete(peer)
      until.set(peer, performance.now() + AT_DOOR)
      const oldest = until.keys().next().value
      if (until.size > MAX_AT_DOOR && oldest !== undefined) until.delete(oldest)
      return bytes
    } catch (error) {
      if (toCafeError(error).code === 'NOT_FOUND') return null
      until.delete(peer)
      throw error
    }
  }
  return async (peer, cid) => {
    if ((until.get(peer) ?? 0) > performance.now()) return byDoor(peer, cid)
    try {
      return await ask(peer, cid)
    } catch (error) {
      const { code, data } = toCafeError(error)
      if (code !== 'UNREACHABLE' || data['why'] !== 'guests') throw error
      // That the door is closed says less than that we were not admitted.
      return byDoor(peer, cid).catch(() => Promise.reject(error))
    }
  }
}
