/**
 * Circuits of the relay: who may open one to whom, and what carries it. The js server (4.2.13) speaks the protocol; its
 * joining of streams is replaced by `join.ts`, and what its connection gate decides is decided here, where guest, seat and
 * right are known together.
 */
import type { ConnectionGater, PeerId, Stream } from '@libp2p/interface'
import type { Budget } from './budget.ts'
import { forward } from './join.ts'
import * as limits from './limits.ts'
import type { Policy } from './policy.ts'
import type { Vouchers } from './vouchers.ts'

/** Why a guest gets no circuit: the seat does not admit it; or has as many strangers as it takes, or circuits; the relay leaves. */
export type NoCircuit = 'guests' | 'strangers' | 'circuits' | 'drain'
export type CircuitRight = 'any' | 'named' | 'invited' | 'stranger'

export interface CircuitEvents {
  opened(right: CircuitRight): void
  closed(): void
  /** Bytes that were forwarded, to the seat or from it. */
  bytes(direction: 'to_seat' | 'from_seat', bytes: number): void
  refused(why: NoCircuit): void
}

export interface CircuitComponents {
  readonly server: CircuitServer
  readonly policy: Pick<Policy, 'guests'>
  readonly vouchers: Pick<Vouchers, 'has' | 'right' | 'said'>
  readonly budget: Budget
  /** Milliseconds since a peer took its seat. */
  readonly seatAge: (peer: string) => number | undefined
  /** Are there to be no new ones? */
  readonly closed: () => boolean
  readonly events: CircuitEvents
}

export interface Circuits {
  /** May `guest` open a circuit to `seat` now? Says by what right, or why not. */
  right(guest: string, seat: string): Promise<CircuitRight | NoCircuit>
  /** Circuits that are open, in all and to one seat. */
  open(seat?: string): number
  /** Is something on its way through a circuit that its reader has not taken yet? */
  held(): boolean
}

interface Hop {
  readonly connection: { readonly remotePeer: PeerId }
  readonly stream: { pb(codec: unknown): HopAnswers; unwrap(): Stream }
  readonly request: unknown
}

interface HopAnswers {
  write(message: { readonly status?: string }, options?: object): Promise<void>
}

/** What of the js server is used and replaced: methods of its class that its types do not show. */
export interface CircuitServer {
  components: { connectionGater: ConnectionGater }
  reservationStore: { get(peer: PeerId): { readonly signal: AbortSignal } | undefined }
  handleConnect(hop: Hop, options: object): Promise<void>
  stopHop(stop: unknown, options: object): Promise<Stream | undefined>
}

interface Asked {
  seat?: PeerId
  right?: CircuitRight
  /** It would be admitted at another time. */
  busy?: boolean
  /** The seat's end of the circuit. */
  far?: Stream | undefined
}

/** A stream at its end, for the server to join to itself. */
const ENDED = {
  writeStatus: 'closed',
  addEventListener: (type: string, listener: () => void) =>
    void (type === 'remoteCloseWrite' && queueMicrotask(listener)),
  removeEventListener: () => {},
  close: async () => {},
  abort: () => {},
}

export function createCircuits(components: CircuitComponents): Circuits {
  const { server, policy, vouchers, seatAge, closed, events } = components
  const carried = new Set<{ held(): boolean }>()
  const open = new Map<string, { all: number; strangers: number }>()

  const right: Circuits['right'] = async (guest, seat) => {
    if (closed()) return 'drain'
    const now = open.get(seat) ?? { all: 0, strangers: 0 }
    if (now.all >= limits.CIRCUITS_TO_PEER) return 'circuits'
    if (policy.guests === 'any') return 'any'
    // One that has just come says whom it admits in a moment.
    const patience = limits.SAY_TIME - (seatAge(seat) ?? limits.SAY_TIME)
    if (patience > 0 && !vouchers.has(seat)) await vouchers.said(seat, AbortSignal.timeout(patience))
    const found = vouchers.right(guest, seat)
    if (found === undefined) return 'guests'
    return found === 'stranger' && now.strangers >= limits.STRANGERS ? 'strangers' : found
  }

  const gate = (asked: Asked): ConnectionGater => ({
    async denyOutboundRelayedConnection(guest, seat) {
      const found = await right(guest.toString(), seat.toString())
      if (isRefusal(found)) {
        events.refused(found)
        asked.busy = found !== 'guests'
        return true
      }
      Object.assign(asked, { seat, right: found })
      return false
    },
  })

  const begin = (near: Stream, guest: PeerId, { seat, right, far }: Asked): void => {
    const end = seat && server.reservationStore.get(seat)?.signal
    if (!seat || !right || !far || !end || end.aborted) {
      near.abort(new Error('the seat is free'))
      return void far?.abort(new Error('the seat is free'))
    }
    const count = open.get(seat.toString()) ?? { all: 0, strangers: 0 }
    const strange = Number(right === 'stranger')
    open.set(seat.toString(), count)
    count.all++
    count.strangers += strange
    events.opened(right)
    const meter = components.budget.meter(guest.toString(), seat.toString(), right === 'stranger')
    const circuit = { held: () => false }
    carried.add(circuit)
    circuit.held = carry({ near, far, end, meter, events }, () => {
      carried.delete(circuit)
      count.all--
      count.strangers -= strange
      if (count.all === 0) open.delete(seat.toString())
      meter.end()
      events.closed()
    })
  }

  const { handleConnect, stopHop } = server
  server.handleConnect = async (hop, options) => {
    const asked: Asked = {}
    const gater = gate(asked)
    const scope: CircuitServer = Object.create(server, {
      components: { value: Object.create(server.components, { connectionGater: { value: gater } }) },
      stopHop: {
        async value(stop: unknown, how: object) {
          asked.far = await stopHop.call(server, stop, how)
          return asked.far && ENDED
        },
      },
    })
    const stream = { pb: (codec: unknown) => answersOf(hop.stream.pb(codec), asked), unwrap: () => ENDED }
    try {
      await handleConnect.call(scope, { ...hop, stream } as unknown as Hop, options)
    } catch (error) {
      asked.far?.abort(error instanceof Error ? error : new Error('no circuit'))
      throw error
    }
    if (asked.far) begin(hop.stream.unwrap(), hop.connection.remotePeer, asked)
  }

  return {
    right,
    open: (seat) => {
      if (seat !== undefined) return open.get(seat)?.all ?? 0
      let all = 0
      for (const count of open.values()) all += count.all
      return all
    },
    held: () => [...carried].some((circuit) => circuit.held()),
  }
}

const isRefusal = (found: CircuitRight | NoCircuit): found is NoCircuit =>
  found === 'guests' || found === 'strangers' || found === 'circuits' || found === 'drain'

/** The server knows one refusal alone, that of whom the seat does not want; the protocol has a second, for another time. */
function answersOf(answers: HopAnswers, asked: Asked): HopAnswers {
  return {
    ...answers,
    write(message, options) {
      const denied = message.status === 'PERMISSION_DENIED' && asked.busy
      return answers.write(denied ? { ...message, status: 'RESOURCE_LIMIT_EXCEEDED' } : message, options)
    },
  }
}

interface Carried {
  readonly near: Stream
  readonly far: Stream
  /** Fires when the seat is free. */
  readonly end: AbortSignal
  readonly meter: ReturnType<Budget['meter']>
  readonly events: CircuitEvents
}

/**
 * Carries a circuit until both ends are closed, its time or its bytes are over, or the seat is free; then calls `over`.
 * @returns whether it holds something that was not taken yet.
 */
function carry({ near, far, end, meter, events }: Carried, over: () => void): () => boolean {
  let left = Number(limits.CIRCUIT_BYTES)
  let ends = 0
  const stop = (why: string) => (): void => {
    const error = new Error(why)
    near.abort(error)
    far.abort(error)
  }
  const late = stop('the circuit had its time')
  const freed = stop('the seat is free')
  const timer = setTimeout(late, limits.CIRCUIT_TIME)
  timer.unref()
  end.addEventListener('abort', freed)
  const closed = (): void => {
    if (++ends < 2) return
    clearTimeout(timer)
    end.removeEventListener('abort', freed)
    over()
  }
  for (const stream of [near, far]) stream.addEventListener('close', closed)
  const counted = (direction: 'to_seat' | 'from_seat') => (bytes: number) => {
    events.bytes(direction, bytes)
    left -= bytes
    if (left < 0) stop('the circuit had its bytes')()
  }
  const there = forward(near, far, { meter, onBytes: counted('to_seat') })
  const back = forward(far, near, { meter, onBytes: counted('from_seat') })
  // One that closed while the circuit was made says nothing more.
  for (const stream of [near, far]) if (stream.timeline.close !== undefined) closed()
  if (near.timeline.close !== undefined || far.timeline.close !== undefined) stop('it was closed')()
  return () => there() || back()
}
