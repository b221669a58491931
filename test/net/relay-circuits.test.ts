/** What carries a circuit: its rate, its back-pressure, its ends; and what the relay says of it at `/metrics`. */
import type { Libp2p, Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { POLICIES, type Policy } from '../../relay/policy.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { silentLog } from '../../src/core/log.ts'
import { ask, configOf, createFolder } from './relay-fixture.ts'
import { createBare, reserve } from './relay-peers.ts'

const MiB = 1024 * 1024
const ends: Array<() => unknown> = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Pair {
  readonly relay: Relay
  readonly seat: Libp2p
  readonly guest: Libp2p
  /** A stream of the guest on a circuit to the seat, where `handler` answers. */
  open(handler: (stream: Stream) => void): Promise<Stream>
  metric(name: string): Promise<number | undefined>
}

async function pair(policy: Partial<Policy> = {}, more: object = {}): Promise<Pair> {
  const folder = createFolder()
  ends.push(folder.remove)
  const config = configOf(folder, { noApp: true, policy: { ...POLICIES.table, ...policy }, ...more })
  const relay = await createRelay(config, { log: silentLog })
  ends.push(relay.stop)
  const [seat, guest] = await Promise.all([createBare(), createBare()])
  ends.push(() => Promise.all([seat.stop(), guest.stop()]))
  const address = relay.multiaddrs[0] as string
  expect(await reserve(seat, address)).toBe(true)
  return {
    ...{ relay, seat, guest },
    async open(handler) {
      await seat.handle('/test', handler, { runOnLimitedConnection: true, force: true })
      const circuit = await guest.dial(multiaddr(`${address}/p2p-circuit/p2p/${seat.peerId}`))
      return circuit.newStream('/test', { runOnLimitedConnection: true })
    },
    async metric(name) {
      const { body } = await ask(relay.url, '/metrics')
      const line = body.split('\n').find((one) => one.startsWith(`${name} `))
      return line === undefined ? undefined : Number(line.split(' ').at(-1))
    },
  }
}

/** Sends without end, as fast as the stream takes it; gives a reader of the bytes that were taken. */
function pour(stream: Stream): () => number {
  let sent = 0
  const piece = new Uint8Array(64 * 1024)
  const go = async (): Promise<void> => {
    while (stream.status === 'open') {
      sent += piece.byteLength
      if (!stream.send(piece)) await drained(stream)
      // Others have their turn too, also where the stream takes all.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  // It ends with the stream.
  go().catch(() => {})
  return () => sent
}

/** Its `onDrain()` gives one promise for ever. */
const drained = (stream: Stream): Promise<void> =>
  new Promise((resolve) => {
    if (!stream.writableNeedsDrain) return resolve()
    for (const event of ['drain', 'close'] as const) stream.addEventListener(event, () => resolve(), { once: true })
  })

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a circuit', () => {
  it.each(['rate', 'seatRate', 'guestRate'] as const)('keeps to %s within a tenth', async (name) => {
    const limit = MiB
    const { open } = await pair({ [name]: limit })
    let received = 0
    const count = (stream: Stream): void =>
      stream.addEventListener('message', ({ data }) => {
        received += data.byteLength
      })
    pour(await open(count))
    await vi.waitFor(() => expect(received).toBeGreaterThan(MiB), { timeout: 30_000 })
    // A machine with other work may be slower for a while; faster than the limit it must never be.
    const measured: number[] = []
    do {
      const [before, started] = [received, performance.now()]
      await pause(6000)
      measured.push((received - before) / ((performance.now() - started) / 1000))
      expect(measured.at(-1)).toBeLessThan(limit * 1.1)
    } while ((measured.at(-1) as number) < limit * 0.9 && measured.length < 8)
    expect(measured.at(-1)).toBeGreaterThan(limit * 0.9)
  })

  it('lets small things of others pass at once beside one that uses up the rate', async () => {
    const { open, relay, seat } = await pair({ rate: 128 * 1024 })
    pour(await open((stream) => stream.addEventListener('message', () => {})))
    await seat.handle(
      '/small',
      async (stream) => {
        const bytes = byteStream(stream)
        for (;;) await bytes.write(await bytes.read({ bytes: 100 }))
      },
      { runOnLimitedConnection: true },
    )
    const other = await createBare()
    ends.push(() => other.stop())
    const circuit = await other.dial(multiaddr(`${relay.multiaddrs[0]}/p2p-circuit/p2p/${seat.peerId}`))
    const bytes = byteStream(await circuit.newStream('/small', { runOnLimitedConnection: true }))
    for (let i = 0; i < 50; i++) {
      await bytes.write(new Uint8Array(100))
      expect((await bytes.read({ bytes: 100, signal: AbortSignal.timeout(10_000) })).byteLength).toBe(100)
    }
  })

  it('to a reader who takes nothing holds no more than a window, and goes on when it does', async () => {
    const { open, metric } = await pair()
    let far: Stream | undefined
    let received = 0
    const sent = pour(
      await open((stream) => {
        far = stream
        stream.pause()
        stream.addEventListener('message', ({ data }) => {
          received += data.byteLength
        })
      }),
    )
    // Nothing moves any more: both windows are full.
    let before = -1
    while (sent() !== before) {
      before = sent()
      await pause(1000)
    }
    expect(sent()).toBeLessThan(12 * MiB)
    const total = async (): Promise<number> => (await metric('cafe_relay_bytes_total{direction="to_seat"}')) ?? 0
    expect(await total()).toBeLessThan(8 * MiB)
    far?.resume()
    await vi.waitFor(() => expect(received).toBeGreaterThan(32 * MiB), { timeout: 60_000, interval: 100 })
  })

  it('brings all that was sent before a side closed, also where it is held up, and then ends', async () => {
    const { open, metric } = await pair({ seatRate: MiB })
    const size = 3 * MiB
    let received = 0
    const done = Promise.withResolvers<void>()
    const stream = await open((stream) => {
      stream.addEventListener('message', ({ data }) => {
        received += data.byteLength
      })
      stream.addEventListener('end', () => {
        done.resolve()
        void stream.close()
      })
    })
    const bytes = byteStream(stream)
    for (let at = 0; at < size; at += 65_536) await bytes.write(new Uint8Array(65_536))
    await stream.close()
    await done.promise
    expect(received).toBe(size)
    expect(await metric('cafe_relay_circuits')).toBe(1)
  })

  it('ends when either side leaves, and with the seat', async () => {
    const { open, metric, seat, guest, relay } = await pair()
    const ignore = (): void => {}
    await open(ignore)
    expect(await metric('cafe_relay_circuits')).toBe(1)
    for (const connection of guest.getConnections()) connection.abort(new Error('gone'))
    const none = () => vi.waitFor(async () => expect(await metric('cafe_relay_circuits')).toBe(0), { timeout: 10_000 })
    await none()
    await open(ignore)
    for (const connection of seat.getConnections()) connection.abort(new Error('gone'))
    await none()
    await expect(guest.dial(multiaddr(`${relay.multiaddrs[0]}/p2p-circuit/p2p/${seat.peerId}`))).rejects.toThrow()
    expect(await metric('cafe_relay_circuits_total{right="any"}')).toBe(2)
  })
})

describe('/metrics', () => {
  it('tells numbers and nobody’s name or address', async () => {
    const { open, relay, seat, guest } = await pair({ hostSeats: 1 })
    await open(() => {})
    const { status, headers, body } = await ask(relay.url, '/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toContain('text/plain; version=0.0.4')
    for (const line of [
      'cafe_relay_seats 1024',
      'cafe_relay_seats_taken{standing="new"} 1',
      'cafe_relay_reservations_total{result="granted"} 1',
      'cafe_relay_circuits 1',
      'cafe_relay_connections 2',
    ])
      expect(body).toContain(line)
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
    ])
      expect(body).toContain(name)
    for (const secret of [seat, guest].map(({ peerId }) => peerId.toString())) expect(body).not.toContain(secret)
    expect(body).not.toContain('127.0.0.1')
    expect((await ask(relay.url, '/metrics', { method: 'POST' })).status).toBe(405)
    expect((await ask(relay.url, '/metrics', { method: 'HEAD' })).body).toBe('')
  })

  it('is for this machine, not for whom a proxy here speaks for; for anybody or nobody where that is set', async () => {
    const { relay } = await pair()
    const status = async (url: string, name?: string): Promise<number> =>
      (await ask(url, '/metrics', { headers: name ? { [name]: '192.0.2.1' } : {} })).status
    expect(await status(relay.url)).toBe(200)
    expect(await status(relay.url, 'x-forwarded-for')).toBe(403)
    expect(await status(relay.url, 'forwarded')).toBe(403)
    const [any, off] = [await pair({}, { metrics: 'any' }), await pair({}, { metrics: 'off' })]
    expect(await status(any.relay.url, 'x-forwarded-for')).toBe(200)
    expect(await status(off.relay.url)).toBe(404)
  })
})
