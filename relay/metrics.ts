/**
 * What a relay counts, as Prometheus reads it at `/metrics`: numbers of seats, circuits, bytes and refusals, never of whom.
 * Labels are from short lists in this file, so that nobody can make the relay keep more of them.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { CircuitEvents, NoCircuit } from './circuits.ts'
import type { NoSeat, Standing } from './seats.ts'
import type { SocketEvents } from './sockets.ts'
import type { Shown } from './vouchers.ts'

/** Numbers that are read when somebody asks. */
export interface MetricSource {
  connections(): number
  seats(): Readonly<Record<Standing, number>>
  readonly seatsMost: number
  circuits(): number
  pending(): number
}

export interface RelayMetrics extends CircuitEvents {
  /** A reservation was asked for. */
  reservation(result: 'granted' | 'renewed' | 'displaced' | NoSeat): void
  voucher(result: Shown): void
  socket: SocketEvents['refused']
  /** A request at the door has ended; bytes of it and its answer, with their headers. */
  door(status: number, bytes: { readonly in: number; readonly out: number }): void
  /** A connection was refused before its handshake. */
  connection(why: 'host' | 'network'): void
  /** Reads these numbers from now on. */
  watch(source: MetricSource): void
  /** Another part of the relay counts here too; its label values must be from a short list. */
  counter<Label extends string>(name: string, help: string, labels: readonly Label[]): Count<Label>
  /** The text, and its media type. */
  text(): Promise<{ readonly type: string; readonly body: string }>
}

export interface Count<Label extends string> {
  add(labels: Readonly<Record<Label, string>>, by?: number): void
}

const STANDINGS = { 0: 'new', 1: 'known', 2: 'ticket' } as const
const NO_CIRCUIT: Readonly<Record<NoCircuit, string>> = {
  guests: 'circuit-guests',
  strangers: 'circuit-strangers',
  circuits: 'circuit-most',
  drain: 'circuit-drain',
}

export function createMetrics(): RelayMetrics {
  const registry = new Registry()
  // Processor time, memory, garbage collection, open files, and how late the event loop is (`nodejs_eventloop_lag_…`).
  collectDefaultMetrics({ register: registry })

  const counter: RelayMetrics['counter'] = (name, help, labelNames) => {
    const counted = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
    return { add: (labels, by = 1) => counted.inc(labels, by) }
  }
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(read())
      },
    })
  }

  const reservations = counter('cafe_relay_reservations_total', 'Seats asked for, by what came of it.', ['result'])
  const circuits = counter('cafe_relay_circuits_total', 'Circuits opened, by the right of the guest.', ['right'])
  const bytes = counter('cafe_relay_bytes_total', 'Bytes forwarded on circuits.', ['direction'])
  const refused = counter('cafe_relay_rejections_total', 'What was refused, by reason.', ['reason'])
  const vouchers = counter('cafe_relay_vouchers_total', 'Vouchers shown by guests, by what came of it.', ['result'])

  const doors = counter('cafe_relay_door_requests_total', 'Requests at the door, by the first digit of their status.', [
    'status',
  ])
  const doorBytes = counter('cafe_relay_door_bytes_total', 'Bytes of requests at the door and of their answers.', [
    'direction',
  ])

  return {
    reservation(result) {
      reservations.add({ result })
      if (result !== 'granted' && result !== 'renewed' && result !== 'displaced')
        refused.add({ reason: `seat-${result}` })
    },
    voucher: (result) => vouchers.add({ result }),
    socket: (why) => refused.add({ reason: why }),
    door(status, bytes) {
      doors.add({ status: `${Math.floor(status / 100)}xx` })
      for (const direction of ['in', 'out'] as const) doorBytes.add({ direction }, bytes[direction])
    },
    connection: (why) => refused.add({ reason: `connection-${why}` }),
    opened: (right) => circuits.add({ right }),
    closed: () => {},
    bytes: (direction, count) => bytes.add({ direction }, count),
    refused: (why) => refused.add({ reason: NO_CIRCUIT[why] }),
    watch(source) {
      gauge('cafe_relay_connections', 'Peers that are connected.', source.connections)
      gauge('cafe_relay_seats', 'Seats there are.', () => source.seatsMost)
      gauge('cafe_relay_circuits', 'Circuits that are open.', source.circuits)
      gauge('cafe_relay_sockets_pending', 'Sockets that are no connection yet.', source.pending)
      new Gauge({
        ...{ name: 'cafe_relay_seats_taken', help: 'Seats that are taken, by how well their peers are known.' },
        ...{ labelNames: ['standing'], registers: [registry] },
        collect() {
          const taken = source.seats()
          for (const standing of [0, 1, 2] as const) this.set({ standing: STANDINGS[standing] }, taken[standing])
        },
      })
    },
    counter,
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  }
}
