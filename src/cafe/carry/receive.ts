/**
 * The new place: offers a code, takes the cafe of whoever comes with it, and begins at the old place's word. What is written
 * down outlives this process: after a restart it waits for the word of the same code.
 */
import type { PrivateKey } from '@libp2p/interface'
import type { Random } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import { hex, type PeerIdText, sameBytes } from '../../core/ids.ts'
import { STREAMS_PER_PEER } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { Secret } from '../../core/secret.ts'
import { createSerial } from '../../core/serial.ts'
import { sha256, unshared } from '../../crypto/bytes.ts'
import { openRecord, sealRecord } from '../../crypto/envelope.ts'
import type { ItemOf, UploadOf } from '../../wire/protocol.ts'
import { type Context, type ServiceHandlers, serve } from '../../wire/serve.ts'
import type { Registrar } from '../cafe.ts'
import { atWork } from '../pin/at-work.ts'
import type { CarryProgress } from './export.ts'
import { cidOfHash } from './format.ts'
import { assertFree, type ImportComponents, importCafe } from './import.ts'
import { arrivedRecord, carryProtocol, SECRET, wordRecord } from './protocol.ts'
import { carryStates } from './state.ts'

export interface ReceiveComponents extends Omit<ImportComponents, 'isRunning'> {
  /** The peer that this device is until it becomes the cafe. */
  readonly peer: PeerIdText
  readonly peerKey: PrivateKey
  readonly registrar: Registrar
  readonly random: Random
  readonly log: Log
  readonly onProgress?: ((progress: CarryProgress) => void) | undefined
  /** It is written down that this device becomes the cafe: the node is to be started anew, and nothing else to be done. */
  readonly onBegin: (cafe: { readonly cafe: PeerIdText; readonly name: string }) => void
}

export interface Receiving {
  /**
   * A secret for a code, from now on the only one that counts.
   * @throws CafeError CONFLICT {what: 'cafe' | 'arrival'} where there is one already.
   */
  offer(): Promise<Secret<Uint8Array>>
  /** Gives up what has arrived and waits for its word; the old place must not have been left. */
  giveUp(): Promise<void>
  close(): Promise<void>
}

/** Wrong secrets before a code ends: it is typed by no one. */
const MAX_WRONG = 20

type Take = (typeof carryProtocol)['operations']['take']
type TakeContext = Context<UploadOf<Take>, ItemOf<Take>, undefined>

/** Answers from now on; where something has arrived before, it waits for its word. */
export async function createReceiving(components: ReceiveComponents): Promise<Receiving> {
  const { rows, blocks, clock, peer, peerKey, registrar, random, log, onProgress, onBegin } = components
  const states = carryStates(rows)
  const serial = createSerial()
  let code = (await states.arrival())?.code ?? undefined
  let wrong = 0
  let running: AbortController | undefined

  const check = async (secret: Uint8Array): Promise<Uint8Array> => {
    const digest = await sha256(secret)
    if (code && sameBytes(digest, code)) return digest
    if (++wrong >= MAX_WRONG && !(await states.arrival())) code = undefined
    throw new CafeError('FORBIDDEN', { what: 'code' })
  }

  const take = async (secret: Uint8Array, digest: Uint8Array, context: TakeContext): Promise<Uint8Array> => {
    const before = await states.arrival()
    if (before && before.state !== 'ready') throw new CafeError('CONFLICT', { what: 'arrival', name: before.name })
    // The old place did not hear of it, and may have gone on: only what it sends now counts.
    if (before) await rows.commit([states.endArrival()])
    const stop = new AbortController()
    running = stop
    const signal = AbortSignal.any([context.signal, stop.signal])
    const options = { passphrase: hex(secret), code: digest, signal, onProgress }
    const imported = { ...components, isRunning: async () => false }
    const { cafe, root, description } = await atWork(context.send, { taken: 0 }, () =>
      importCafe(imported, chunksOf(context), options),
    )
    const { blocks, bytes } = description
    return sealRecord(arrivedRecord, peerKey, { v: 1, cafe, root: root.bytes, blocks, bytes, at: clock() })
  }

  const begin = async (word: Uint8Array): Promise<void> => {
    const arrival = await states.arrival()
    if (!arrival) throw new CafeError('NOT_FOUND', { what: 'arrival' })
    const { cafe, name } = arrival
    const { to } = await openRecord(wordRecord, cafe, word)
    if (to !== peer) throw new CafeError('FORBIDDEN', { what: 'word' })
    if (arrival.state === 'ready') await rows.commit([states.putArrival({ ...arrival, state: 'clearing' })])
    // After the answer: the old place wants to hear it from the peer that it knows.
    setTimeout(() => onBegin({ cafe, name }), 100)
  }

  const handlers: ServiceHandlers<typeof carryProtocol, undefined> = {
    async has({ secret, hashes }) {
      await check(secret)
      const here = await Promise.all(hashes.map((hash) => blocks.has(cidOfHash(hash))))
      return { has: Uint8Array.from(here, Number) }
    },
    async take({ secret }, context) {
      const digest = await check(secret)
      running?.abort(new CafeError('ABORTED'))
      return serial('take', async () => ({ receipt: unshared(await take(secret, digest, context)) }))
    },
    begin: ({ secret, word }) =>
      serial('take', async () => {
        await check(secret)
        await begin(word)
        return {}
      }),
  }
  const answer = serve(carryProtocol, handlers, { guard: async () => undefined, log })
  await registrar.handle(carryProtocol.id, answer, { limited: carryProtocol.limited, maxStreams: STREAMS_PER_PEER })

  return {
    async offer() {
      await assertFree(rows)
      const secret = random(SECRET)
      code = await sha256(secret)
      wrong = 0
      return new Secret(secret)
    },
    giveUp: () =>
      serial('take', async () => {
        code = undefined
        const arrival = await states.arrival()
        if (arrival?.state === 'ready') await rows.commit([states.endArrival()])
      }),
    async close() {
      running?.abort(new CafeError('ABORTED'))
      await registrar.unhandle(carryProtocol.id)
    },
  }
}

/** The CAR as it comes; each chunk is confirmed when the next one is wanted. */
async function* chunksOf({ upload, send }: TakeContext): AsyncGenerator<Uint8Array> {
  for (;;) {
    const frame = await upload()
    if ('end' in frame) return
    yield frame.chunk
    await send({ taken: frame.chunk.byteLength })
  }
}
