/** Blocks over the network: answering wants from the local store, and fetching what is missing from whoever has it. */
import type { CID } from 'multiformats/cid'
import { unlessAborted } from '../core/abort.ts'
import { type Tried, writeTried } from '../core/about.ts'
import { verifyBlock } from '../core/block.ts'
import { systemClock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { BLOCK_TIMEOUT, KiB, MAX_RATE_KEYS, SERVE_BURST, SERVE_RATE, WINDOW } from '../core/limits.ts'
import { delay, type Pauses, pauseAfter } from '../core/pause.ts'
import { createRate, type Rate } from '../core/rate.ts'
import { type Blocks, blockKey } from '../store/blocks.ts'
import { blockProtocol, findProtocol, MAX_PROVIDERS, MAX_WANTS } from '../wire/block.ts'
import { start } from '../wire/call.ts'
import type { ServiceHandlers } from '../wire/serve.ts'
import { type BlockStream, blockStream } from './block-stream.ts'
import type { PeerConnector } from './connector.ts'
import { type DoorBlocks, orAtDoor } from './door-blocks.ts'
import { throughRelay } from './paths.ts'

/** What a want costs beside the block's bytes: a look into the store, and an answer. */
const LOOK_UP = KiB

/**
 * Answers `blockProtocol` from `blocks`, within the caller's credit and at the pace that one peer may have, however many
 * streams it opens.
 */
export function blockService(
  blocks: Blocks,
  rate: Pick<Rate, 'draw'> = createRate({
    burst: SERVE_BURST,
    every: 1000 / SERVE_RATE,
    clock: systemClock,
    parties: MAX_RATE_KEYS,
  }),
): ServiceHandlers<typeof blockProtocol, undefined> {
  /** Waits until the peer may have so many bytes more. */
  const pace = async (peer: PeerIdText, bytes: number, signal: AbortSignal): Promise<void> => {
    for (let wait = rate.draw(peer, bytes); wait > 0; wait = rate.draw(peer, bytes)) {
      await delay(wait, signal)
    }
  }
  return {
    async have({ cids }, { peer, signal }) {
      await pace(peer, LOOK_UP * cids.length, signal)
      return { have: await Promise.all(cids.map((cid) => blocks.has(cid))) }
    },
    async get(_request, { upload, send, peer, signal }) {
      const wants: CID[] = []
      let credit = WINDOW
      let changed = Promise.withResolvers<void>()
      let done = false
      const change = (): void => {
        changed.resolve()
        changed = Promise.withResolvers()
      }
      const read = async (): Promise<void> => {
        while (!done) {
          const frame = await upload()
          if ('want' in frame) wants.push(frame.want)
          else if ('credit' in frame) credit += frame.credit
          else done = true
          if (wants.length > MAX_WANTS) throw new CafeError('BAD_REQUEST', { at: 'want' })
          change()
        }
      }
      const write = async (): Promise<void> => {
        while (!done || (wants.length > 0 && credit > 0)) {
          const cid = credit > 0 ? wants.shift() : undefined
          if (!cid) await changed.promise
          else {
            const block = (await blocks.get(cid)) ?? null
            credit -= block?.byteLength ?? 0
            await pace(peer, LOOK_UP + (block?.byteLength ?? 0), signal)
            await send({ block })
          }
        }
      }
      // However reading ends, it wakes the writer, which then has nothing to wait for.
      const reading = read()
        .catch((error) => {
          wants.length = 0
          throw error
        })
        .finally(() => {
          done = true
          change()
        })
      await Promise.all([reading, write()])
      return {}
    },
  }
}

export interface FetcherComponents {
  readonly connector: PeerConnector
  /** Relays to ask who has a block, and their addresses. */
  readonly relays: () => readonly { peer: PeerIdText; address: string }[]
  /** Peers likely to have what this user wants: the cafes it is registered with. */
  readonly cafes: () => readonly PeerIdText[]
  /** The way to cafes that do not admit us; see `door-blocks.ts`. */
  readonly door?: DoorBlocks | undefined
}

export interface Fetcher {
  /** Peers named by a link: they are asked first from now on. */
  hint(peers: readonly PeerIdText[]): void
  /**
   * The block from the network, verified.
   * @throws CafeError NOT_FOUND if all who could be asked do not have it; UNREACHABLE if nobody could be asked.
   */
  fetch(cid: CID, options: { signal: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>
  /** Who gave the block, if it was fetched after `since` (of `performance.now()`) and not too many were after it. */
  giverOf(cid: CID, since: number): PeerIdText | undefined
  close(): void
}

/** A peer that answers nothing for this long is left, so that there is time to ask another. */
const SILENCE = BLOCK_TIMEOUT / 2

/** Blocks whose givers are remembered: more than are on their way at once. */
const MAX_GIVERS = 256

/** Times a want is asked again at the same peer when its stream breaks, before the next peer is. */
const AGAIN = 2
/** Before a want is asked again. */
const PAUSES: Pauses = { first: 200, longest: 2000 }

/** A tab that is just opening does not know the protocol for a moment. */
const isPassing = ({ code }: CafeError): boolean =>
  code === 'UNREACHABLE' || code === 'TIMEOUT' || code === 'UNSUPPORTED' || code === 'BUSY'

export function createFetcher({ connector, relays, cafes, door }: FetcherComponents): Fetcher {
  const streams = new Map<PeerIdText, { readonly opening: Promise<BlockStream>; stream?: BlockStream }>()
  const running = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  const givers = new Map<string, { readonly peer: PeerIdText; readonly at: number }>()
  /** Peers that have answered wants, latest last; and when one last did. */
  let answered: PeerIdText[] = []
  let heard = 0
  let closed = false
  /** Peers to ask, best first: whoever answered last moves to the front. */
  let known: PeerIdText[] = []

  const prefer = (...peers: readonly PeerIdText[]): void => {
    known = [...new Set([...peers, ...known])].slice(0, MAX_PROVIDERS)
  }

  const given = (cid: CID, peer: PeerIdText): void => {
    const key = blockKey(cid)
    givers.delete(key)
    givers.set(key, { peer, at: performance.now() })
    for (const oldest of givers.keys()) if (givers.size > MAX_GIVERS) givers.delete(oldest)
  }

  /** The one stream to a peer: a second one would only compete with it, and a peer allows few. */
  const streamTo = (peer: PeerIdText): Promise<BlockStream> => {
    const known = streams.get(peer)
    if (known && !known.stream?.closed) return known.opening
    for (const relay of relays()) connector.know(peer, throughRelay(relay.address, peer))
    const opening = start(connector, peer, blockProtocol, 'get', {}, { idle: SILENCE }).then(blockStream)
    const entry: { opening: Promise<BlockStream>; stream?: BlockStream } = { opening }
    streams.set(peer, entry)
    opening.then(
      (stream) => {
        entry.stream = stream
      },
      () => {
        if (streams.get(peer) === entry) streams.delete(peer)
      },
    )
    return opening
  }

  /** One want at one peer; where the stream breaks meanwhile, it is asked again over a new one. */
  const askPeer = async (peer: PeerIdText, cid: CID): Promise<Uint8Array<ArrayBuffer> | null> => {
    for (let broken = 1; ; broken++) {
      const stream = await streamTo(peer)
      try {
        const bytes = await stream.get(cid)
        if (bytes) await verifyBlock(cid, bytes)
        if (answered.at(-1) !== peer)
          answered = [...answered.filter((other) => other !== peer), peer].slice(-MAX_PROVIDERS)
        heard = performance.now()
        return bytes
      } catch (error) {
        if (broken > AGAIN || closed || toCafeError(error).code !== 'UNREACHABLE') throw error
        await delay(pauseAfter(broken, PAUSES))
      }
    }
  }

  const from = door ? orAtDoor(askPeer, door) : askPeer

  /** Asks all who may have it, each once. `lost`: some of those who failed are worth waiting for. */
  const askAll = async (cid: CID): Promise<Uint8Array<ArrayBuffer> | { failure: CafeError; lost: boolean }> => {
    const asked = new Set<PeerIdText>()
    const lost: PeerIdText[] = []
    let failure: CafeError | undefined
    const tried: Tried[] = []
    const tryAll = async (peers: readonly PeerIdText[]): Promise<Uint8Array<ArrayBuffer> | undefined> => {
      for (const peer of peers) {
        if (asked.has(peer)) continue
        asked.add(peer)
        try {
          const bytes = await from(peer, cid)
          if (!bytes) {
            tried.push({ who: peer, how: 'NOT_FOUND' })
            continue
          }
          if (known[0] !== peer) prefer(peer)
          given(cid, peer)
          return bytes
        } catch (error) {
          failure = toCafeError(error, 'UNREACHABLE')
          tried.push({ who: peer, how: failure.code })
          if (answered.includes(peer) && isPassing(failure)) lost.push(peer)
          known = known.filter((other) => other !== peer)
        }
      }
      return undefined
    }
    const bytes = (await tryAll([...known, ...cafes()])) ?? (await tryAll(await findProviders(cid)))
    if (bytes) return bytes
    prefer(...lost)
    failure ??= new CafeError(asked.size > 0 || relays().length > 0 ? 'NOT_FOUND' : 'UNREACHABLE')
    if (relays().length > 0 && asked.size === 0) tried.push({ who: 'relay', how: 'NOT_FOUND' })
    if (tried.length === 0) return { failure, lost: false }
    // Whoever wants it is told who was asked (the gateway's page of a failure).
    const told = new CafeError(failure.code, { ...failure.data, tried: writeTried(tried) }, { cause: failure })
    return { failure: told, lost: lost.length > 0 }
  }

  /** A peer that has given blocks and is lost now may be back in a moment: its tab was reloaded, its network changed. */
  const ask = async (cid: CID): Promise<Uint8Array<ArrayBuffer>> => {
    const since = performance.now()
    for (let round = 1; ; round++) {
      const found = await askAll(cid)
      if (found instanceof Uint8Array) return found
      const silence = performance.now() - Math.max(since, heard)
      if (!found.lost || closed || silence > BLOCK_TIMEOUT) throw found.failure
      await delay(pauseAfter(round, PAUSES))
    }
  }

  const findProviders = async (cid: CID): Promise<PeerIdText[]> => {
    const found: PeerIdText[] = []
    for (const relay of relays()) {
      try {
        const search = await start(connector, relay.peer, findProtocol, 'find', { cid }, { idle: SILENCE })
        for (let item = await search.next(); item; item = await search.next()) {
          found.push(item.peer)
          if (found.length === MAX_PROVIDERS) {
            search.close()
            return found
          }
        }
      } catch {
        // a relay that is down or does not answer this: the others may
      }
    }
    return found
  }

  return {
    hint: (peers) => prefer(...peers),
    fetch(cid, { signal }) {
      const key = blockKey(cid)
      let task = running.get(key)
      if (!task) {
        // Shared by all who want this block, so one caller's abort must not end it; a silence on every path does.
        task = ask(cid).finally(() => running.delete(key))
        running.set(key, task)
      }
      return unlessAborted(task, signal)
    },
    giverOf(cid, since) {
      const giver = givers.get(blockKey(cid))
      return giver && giver.at >= since ? giver.peer : undefined
    },
    close() {
      closed = true
      for (const { opening } of streams.values()) opening.then((stream) => stream.close()).catch(() => {})
    },
  }
}
