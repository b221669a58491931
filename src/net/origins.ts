/**
 * Blocks of peers that somebody else named: dialled by the addresses given with them, asked one after the other, and left
 * when they lie or fall silent. Nothing is sent to an address before the handshake has proved that the named peer is there.
 */
import type { CID } from 'multiformats/cid'
import { unlessAborted } from '../core/abort.ts'
import { verifyBlock } from '../core/block.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { BLOCK_TIMEOUT, MAX_ADDRESSES } from '../core/limits.ts'
import { multiaddrText, parse, peerId, v } from '../core/schema.ts'
import { blockProtocol } from '../wire/block.ts'
import { start } from '../wire/call.ts'
import { type BlockStream, blockStream } from './block-stream.ts'
import type { PeerConnector } from './connector.ts'

export interface OriginSession {
  /**
   * The block, verified, from the first origin that has it.
   * @throws CafeError NOT_FOUND if none of those that answer has it; CORRUPT if all that were left lied; UNREACHABLE or
   * TIMEOUT if none could be asked; ABORTED.
   */
  get(cid: CID, options: { signal: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>
  close(): void
}

/** A silence of this long ends the stream to an origin: another may answer. */
const SILENCE = BLOCK_TIMEOUT / 2

interface Origin {
  readonly peer: PeerIdText
  readonly address: string | undefined
}

/** Where an origin is. @throws CafeError BAD_REQUEST {at: 'origins'}. */
function originOf(text: string): Origin {
  const address = text.startsWith('/') ? text : undefined
  const last = address === undefined ? text : (/\/p2p\/([^/]+)$/.exec(address)?.[1] ?? '')
  const isAddress = address === undefined || v.is(multiaddrText, address)
  if (!isAddress || !v.is(peerId, last)) throw new CafeError('BAD_REQUEST', { at: 'origins' })
  return { peer: parse(peerId, last), address }
}

export function blockSource(connector: PeerConnector): { open(origins: readonly string[]): OriginSession } {
  return {
    open(texts) {
      const origins = texts.map(originOf)
      const peers = [...new Set(origins.map(({ peer }) => peer))]
      for (const peer of peers) {
        const addresses = origins.flatMap((origin) => (origin.peer === peer && origin.address ? [origin.address] : []))
        // Never so many that what we know of that peer ourselves is forgotten.
        if (addresses.length > 0) connector.know(peer, addresses.slice(0, MAX_ADDRESSES / 2))
      }
      return session(connector, peers)
    },
  }
}

function session(connector: PeerConnector, peers: readonly PeerIdText[]): OriginSession {
  const streams = new Map<PeerIdText, Promise<BlockStream>>()
  /** Why each origin that failed is not asked any more. */
  const left = new Map<PeerIdText, CafeError>()
  const closed = new AbortController()

  const streamTo = (peer: PeerIdText): Promise<BlockStream> => {
    const open = streams.get(peer)
    if (open) return open
    const opening = start(connector, peer, blockProtocol, 'get', {}, { idle: SILENCE, signal: closed.signal }).then(
      blockStream,
    )
    streams.set(peer, opening)
    return opening
  }

  /** A stream that rests is closed by its own side: then a new one is opened. */
  const ask = async (peer: PeerIdText, cid: CID): Promise<Uint8Array<ArrayBuffer> | null> => {
    const known = await streamTo(peer)
    if (known.closed) streams.delete(peer)
    const bytes = await (known.closed ? await streamTo(peer) : known).get(cid)
    if (bytes) await verifyBlock(cid, bytes)
    return bytes
  }

  const get = async (cid: CID): Promise<Uint8Array<ArrayBuffer>> => {
    let answered = false
    for (const peer of peers) {
      if (left.has(peer)) continue
      try {
        const bytes = await ask(peer, cid)
        if (bytes) return bytes
        answered = true
      } catch (error) {
        // Also where it does not speak the protocol: what it may do tomorrow is for the next attempt.
        const { code } = toCafeError(error)
        left.set(peer, new CafeError(code === 'CORRUPT' ? code : 'UNREACHABLE', {}, { cause: error }))
      }
    }
    if (answered) throw new CafeError('NOT_FOUND', { missing: cid.toString() })
    const failures = [...left.values()]
    throw failures.find(({ code }) => code !== 'CORRUPT') ?? failures[0] ?? new CafeError('UNREACHABLE')
  }

  return {
    get: (cid, { signal }) => unlessAborted(get(cid), signal),
    close() {
      closed.abort(new CafeError('ABORTED'))
      for (const opening of streams.values()) opening.then((stream) => stream.close()).catch(() => {})
    },
  }
}
