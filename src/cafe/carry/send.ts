/**
 * The old place: sends the cafe to whoever showed a code, and stops being it only when the other has signed that all of it
 * is there. See `protocol.ts` for the order in which things are said and written down.
 */
import type { PrivateKey } from '@libp2p/interface'
import type { Clock } from '../../core/clock.ts'
import { CafeError, isCafeError, toCafeError } from '../../core/errors.ts'
import { hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import type { Secret } from '../../core/secret.ts'
import { unshared } from '../../crypto/bytes.ts'
import { CODE_COST } from '../../crypto/carry-seal.ts'
import { openRecord, sealRecord } from '../../crypto/envelope.ts'
import type { Rows } from '../../store/rows.ts'
import { type Connector, call, start } from '../../wire/call.ts'
import { type CarryProgress, type ExportComponents, exportCafe } from './export.ts'
import { arrivedRecord, carryProtocol, MOVE_CHUNK, MOVE_WINDOW, wordRecord } from './protocol.ts'
import { carryStates, type Departure } from './state.ts'

export interface SendComponents extends ExportComponents {
  readonly connector: Connector
  readonly clock: Clock
  readonly identity: PrivateKey
}

/** What the code says. */
export interface Destination {
  readonly peer: PeerIdText
  readonly addresses: readonly string[]
  readonly secret: Secret<Uint8Array>
}

export interface SendOptions {
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: CarryProgress) => void) | undefined
}

/**
 * Sends a cafe that is closed. When it resolves this device is that cafe no more, whether or not the other could be told
 * yet: `state` says which. The node is to be started anew then.
 * @throws CafeError FORBIDDEN {what: 'code'}; CONFLICT {what: 'cafe' | 'arrival'} from there; CORRUPT {what: 'receipt'};
 * UNREACHABLE, TIMEOUT, ABORTED: then nothing has changed here, and the same code may be tried again.
 */
export async function sendCafe(components: SendComponents, to: Destination, options: SendOptions): Promise<Departure> {
  const { rows, identity, cafe, name, clock } = components
  const { peer, addresses, secret } = to
  if (peer === cafe) throw new CafeError('CONFLICT', { what: 'own code' })
  const { root, receipt } = await carry(components, to, options)
  const word = await sealRecord(wordRecord, identity, { v: 1, cafe, to: peer, root, at: clock() })
  const departure: Departure = {
    ...{ state: 'leaving', cafe, name, at: clock(), to: { peer, addresses: [...addresses] } },
    ...{ receipt: unshared(receipt), word, secret: unshared(secret.reveal()), erased: false },
  }
  options.signal.throwIfAborted()
  await rows.commit([carryStates(rows).putDeparture(departure)])
  // Nothing takes this back: the signal has no say any more.
  return sayWord(components, departure, { signal: new AbortController().signal }).catch(() => departure)
}

/**
 * Tells the new place that it may begin, and writes down that it knows.
 * @throws CafeError UNREACHABLE and the like: to be tried again, and nothing else can be done here.
 */
export async function sayWord(
  {
    rows,
    connector,
    isRunning,
  }: { rows: Rows; connector: Connector; isRunning?: ((cafe: PeerIdText) => Promise<boolean>) | undefined },
  departure: Departure,
  { signal }: { signal: AbortSignal },
): Promise<Departure> {
  const { secret, word, to, cafe } = departure
  if (secret) {
    try {
      await call(connector, to.peer, carryProtocol, 'begin', { secret, word }, { signal })
    } catch (error) {
      // The answer was lost: there is nobody of that name there any more, but the cafe is.
      if (!(await isRunning?.(cafe))) throw toCafeError(error)
    }
  }
  const left: Departure = { ...departure, state: 'left', secret: null }
  await rows.commit([carryStates(rows).putDeparture(left)])
  return left
}

async function carry(
  components: SendComponents,
  { peer, secret }: Destination,
  { signal, onProgress }: SendOptions,
): Promise<{ root: Uint8Array; receipt: Uint8Array }> {
  const { connector, cafe } = components
  const code = unshared(secret.reveal())
  const has = async (hashes: readonly Uint8Array[]): Promise<readonly boolean[]> => {
    const known = hashes.map(unshared)
    const { has } = await call(connector, peer, carryProtocol, 'has', { secret: code, hashes: known }, { signal })
    return Array.from(has, Boolean)
  }
  // Before anything is looked at: is somebody there, and does the code count?
  await has([])
  const exported = await exportCafe(components, { passphrase: hex(code), cost: CODE_COST, signal, onProgress, has })
  try {
    const exchange = await start(connector, peer, carryProtocol, 'take', { secret: code }, { signal })
    const receipt = await upload(exchange, exported.chunks())
    const { root, ...arrived } = await openRecord(arrivedRecord, peer, receipt)
    const isAll = sameBytes(root, exported.root.bytes) && arrived.cafe === cafe
    if (!isAll) throw new CafeError('CORRUPT', { what: 'receipt' })
    return { root, receipt }
  } catch (error) {
    throw isCafeError(error) ? error : toCafeError(error)
  } finally {
    exported.close()
  }
}

type TakeExchange = Awaited<ReturnType<typeof start<typeof carryProtocol, 'take'>>>

/** Sends chunks with a bounded number of bytes on their way, and gives the receipt. */
async function upload(exchange: TakeExchange, chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  let ahead = 0
  let changed = Promise.withResolvers<void>()
  let failure: unknown
  let ended = false
  const listen = async (): Promise<void> => {
    for (let item = await exchange.next(); item; item = await exchange.next()) {
      ahead -= item.taken
      changed.resolve()
      changed = Promise.withResolvers()
    }
    ended = true
  }
  const listening = listen()
    .catch((error) => {
      failure = error
    })
    .finally(() => changed.resolve())
  const send = async (chunk: Uint8Array<ArrayBuffer>): Promise<void> => {
    while (ahead + chunk.byteLength > MOVE_WINDOW && !failure && !ended) await changed.promise
    if (failure) throw failure
    if (ended) throw new CafeError('CORRUPT', { what: 'receipt' })
    ahead += chunk.byteLength
    await exchange.send({ chunk })
  }
  try {
    for await (const chunk of framed(chunks)) await send(chunk)
    await exchange.send({ end: true })
    await listening
    if (failure) throw failure
    return (await exchange.receipt()).receipt
  } catch (error) {
    exchange.close()
    // Why the other side ended it says more than that it cannot be written to any more.
    await listening
    throw failure ?? error
  }
}

/** Chunks as large as a frame may be: small ones together, large ones cut. */
async function* framed(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const frame = new Uint8Array(MOVE_CHUNK)
  let used = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; ) {
      const part = chunk.subarray(at, at + MOVE_CHUNK - used)
      frame.set(part, used)
      used += part.byteLength
      at += part.byteLength
      if (used < MOVE_CHUNK) continue
      yield frame.slice()
      used = 0
    }
  }
  if (used > 0) yield frame.slice(0, used)
}
