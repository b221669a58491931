/**
 * Seats under a crowd that comes, goes, and half comes. Amounts by environment: SOAK_JOINS (240; the full proof is 10 000),
 * SOAK_SEATS (24; 200) and SOAK_FAKES (1 000).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createHouse } from '../../relay/house.ts'
import { KNOWN_AFTER } from '../../relay/limits.ts'
import { startNode } from '../../relay/node.ts'
import { POLICIES } from '../../relay/policy.ts'
import { createBare, reserve, startWatched } from './relay-peers.ts'

const JOINS = Number(process.env['SOAK_JOINS'] ?? 240)
const SEATS = Number(process.env['SOAK_SEATS'] ?? 24)
const FAKES = Number(process.env['SOAK_FAKES'] ?? 1000)
/** Fake peers at a time, and of how many those that were refused stay. */
const WAVE = 20
const STAY = 100
const MiB = 1024 * 1024

const folder = mkdtempSync(join(tmpdir(), 'cafe-soak-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const peersOf = (count: number): Promise<Libp2p[]> => Promise.all(Array.from({ length: count }, createBare))
const stopAll = (peers: readonly Libp2p[]) => Promise.all(peers.map((peer) => peer.stop()))

/** A socket that says nothing, half a request, or a WebSocket without a handshake; as the number has it. */
function halfOpen(port: number, i: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  if (i % 3 === 1) socket.write('GET / HTTP/1.1\r\nHost: a\r\n')
  if (i % 3 === 2) {
    const key = Buffer.alloc(16, i).toString('base64')
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13'
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${upgrade}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`)
  }
  return socket
}

describe('a relay with many who come and go', () => {
  it('leaks no seat, no socket and no memory', async () => {
    const relay = await startWatched(join(folder, 'soak'), '--seats', String(SEATS))
    const address = relay.relay[0] as string
    const port = Number(/tcp\/(\d+)/.exec(address)?.[1])
    // A few more than there are seats, so that some are refused.
    const peers = await peersOf(SEATS + Math.ceil(SEATS / 8))
    const away = [...peers]
    const here: Libp2p[] = []
    const sockets = new Set<Socket>()
    const result = { given: 0, refused: 0, failed: 0, half: 0 }
    let random = 7
    const pick = (below: number): number => {
      random = (random * 48_271) % 2_147_483_647
      return random % below
    }

    const leave = async (): Promise<void> => {
      const [peer] = here.splice(pick(here.length), 1)
      if (!peer) return
      for (const connection of peer.getConnections()) {
        if (pick(2) === 0) connection.abort(new Error('gone'))
        else await connection.close().catch((error) => connection.abort(error))
      }
      away.push(peer)
    }
    const come = async (): Promise<void> => {
      const peer = away.shift()
      if (!peer) return leave()
      try {
        result[(await reserve(peer, address)) ? 'given' : 'refused']++
      } catch {
        result.failed++
      }
      here.push(peer)
    }
    const half = (i: number): void => {
      result.half++
      const socket = halfOpen(port, i)
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      // Some stay until the relay has enough of them.
      if (i % 4 > 0) setTimeout(() => socket.destroy(), 50)
    }

    const early: number[] = []
    for (let i = 0; i < JOINS; i += 4) {
      await Promise.all([come(), come(), pick(2) === 0 ? leave() : come(), leave()])
      half(i / 4)
      if (i > JOINS / 4 && early.length === 0) early.push((await relay.memory()).heap, (await relay.memory()).rss)
    }
    while (here.length > 0) await leave()
    await vi.waitFor(
      async () => {
        for (const name of ['seats_taken', 'connections', 'circuits', 'sockets_pending'])
          expect(await relay.metric(`cafe_relay_${name}`), name).toBe(0)
      },
      { timeout: 60_000, interval: 500 },
    )
    const { heap, rss } = await relay.memory()
    const [heapBefore = 0, rssBefore = 0] = early
    console.log(
      `${SEATS} seats, ${JOINS} comings and goings: ${JSON.stringify(result)}; heap ${(heapBefore / MiB).toFixed(1)} → ${(heap / MiB).toFixed(1)} MiB, resident ${(rssBefore / MiB).toFixed(0)} → ${(rss / MiB).toFixed(0)} MiB`,
    )
    expect(result.given).toBeGreaterThan(JOINS / 8)
    expect(result.refused).toBeGreaterThan(0)
    expect(heap - heapBefore).toBeLessThan(4 * MiB)
    expect(rss - rssBefore).toBeLessThan(48 * MiB)
    // And it still gives seats.
    expect(await reserve(peers[0] as Libp2p, address)).toBe(true)
    await stopAll(peers)
    for (const socket of sockets) socket.destroy()
    await relay.stop()
  }, 1_800_000)
})

/** A busy machine may be too slow for a handshake; that proves nothing of the relay. */
async function ask(peer: Libp2p, relay: string): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await reserve(peer, relay)
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

describe('a crowd of fake peers', () => {
  it('displaces no cafe, and does not keep one that slept for an hour from coming back', async () => {
    let skipped = 0
    const house = createHouse(
      { ...POLICIES.public, guests: 'any', seats: 40, knownSeats: 20 },
      () => Date.now() + skipped,
    )
    const config = { host: 'localhost', relayPort: 0, announce: [], data: join(folder, 'crowd') }
    const node = await startNode(config, house)
    const address = String(node.getMultiaddrs()[0])
    const [awake, sleepy, guest] = (await peersOf(3)) as [Libp2p, Libp2p, Libp2p]
    await awake.handle('/test/hello', (stream) => void stream.close(), { runOnLimitedConnection: true })
    expect(await reserve(awake, address)).toBe(true)
    expect(await reserve(sleepy, address)).toBe(true)
    skipped += KNOWN_AFTER
    await sleepy.hangUp(node.peerId)
    await vi.waitFor(() => expect(house.seats.has(sleepy.peerId.toString())).toBe(false), { timeout: 10_000 })
    skipped += 3_600_000 - KNOWN_AFTER

    // In waves: who got a seat stays, who was refused makes room for the next.
    const fakes: Libp2p[] = []
    let given = 0
    for (let i = 0; i < FAKES; i += WAVE) {
      const more = await peersOf(Math.min(WAVE, FAKES - i))
      const answers = await Promise.all(more.map((fake) => ask(fake, address)))
      given += answers.filter(Boolean).length
      const refused = more.filter((_, at) => !answers[at])
      // Some of them stay connected, to ask again when the others are known.
      fakes.push(...more.filter((_, at) => answers[at]), ...(i < STAY ? refused : []))
      if (i >= STAY) await stopAll(refused)
    }
    // They stay as long as it takes to be known too, and come again and again.
    skipped += KNOWN_AFTER
    for (const fake of fakes) await ask(fake, address)
    console.log(`${FAKES} fake peers got ${given} of 40 seats at first, ${house.seats.taken()[1]} are known`)
    expect(given).toBe(20)
    expect(house.seats.has(awake.peerId.toString())).toBe(true)
    expect(await reserve(sleepy, address)).toBe(true)
    expect(house.seats.has(sleepy.peerId.toString())).toBe(true)
    const circuit = await guest.dial(multiaddr(`${address}/p2p-circuit/p2p/${awake.peerId}`))
    await (await circuit.newStream('/test/hello', { runOnLimitedConnection: true })).close()
    await stopAll([awake, sleepy, guest, ...fakes])
    await node.stop()
  }, 600_000)
})
