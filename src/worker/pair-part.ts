/**
 * The answers to {@link PairApi}, loaded when somebody pairs: pairing on the WebRTC that tabs lend, and handing the invite of
 * an open cafe to whom this device was paired with.
 */

import type { Hosting } from '../cafe/hosting.ts'
import type { Clock } from '../core/clock.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_PAIR_CODE, OPEN_TIMEOUT, PAIR_TTL, STREAMS_PER_PEER } from '../core/limits.ts'
import type { Log } from '../core/log.ts'
import { text, v } from '../core/schema.ts'
import type { Node } from '../net/node.ts'
import { createPairing, type PairConnection } from '../net/pair.ts'
import { askHello, helloProtocol, helloService } from '../net/pair-hello.ts'
import type { Handlers } from '../rpc/port.ts'
import { serve } from '../wire/serve.ts'
import type { PairApi, Paired } from './pair-api.ts'

export interface PairPartComponents {
  readonly node: Node
  readonly hosting: Pick<Hosting, 'status'>
  /** A new connection on what a tab lends. */
  readonly connect: () => PairConnection
  readonly clock: Clock
  readonly log: Log
}

const none = v.strictObject({})
const code = v.strictObject({ code: text(MAX_PAIR_CODE) })

export async function pairPart({ node, hosting, connect, clock, log }: PairPartComponents): Promise<Handlers<PairApi>> {
  const pairing = createPairing({ peer: node.peer, connect, upgrade: node.pair, clock })
  /** Whom this device was paired with, and when. */
  const paired = new Map<PeerIdText, number>()
  const hello = helloService({
    paired: (peer) => clock() - (paired.get(peer) ?? Number.NEGATIVE_INFINITY) < PAIR_TTL,
    async invite() {
      const status = await hosting.status()
      return status.open ? status.invite : undefined
    },
  })
  const answer = serve(helloProtocol, hello, { guard: async () => undefined, log })
  await node.handle(helloProtocol.id, answer, { limited: false, maxStreams: STREAMS_PER_PEER })

  /** Whose turn it is to be told first does not matter: both know by then that they are paired. */
  const meet = async (pairing: Promise<PeerIdText>): Promise<Paired> => {
    const peerId = await pairing
    paired.set(peerId, clock())
    const signal = AbortSignal.timeout(OPEN_TIMEOUT)
    const invite = await retried(() => askHello(node.connector, peerId, { signal }), signal).catch((cause) => {
      log('info', 'paired, and not told of a cafe', { cause })
      return undefined
    })
    return { peerId, invite }
  }

  return {
    'pair.offer': { input: none, run: (_input, { signal }) => pairing.offer({ signal }) },
    'pair.answer': { input: code, run: (input, { signal }) => pairing.answer(input.code, { signal }) },
    'pair.accept': { input: code, run: (input, { signal }) => meet(pairing.accept(input.code, { signal })) },
    'pair.connected': { input: none, run: (_input, { signal }) => meet(pairing.connected({ signal })) },
    'pair.cancel': {
      input: none,
      run() {
        pairing.cancel()
        return {}
      },
    },
  }
}

/** Milliseconds between two tries: the other side may not have noted yet that it is paired. */
const AGAIN = 200

async function retried<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN))
    }
  }
}
