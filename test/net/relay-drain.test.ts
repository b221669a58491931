/**
 * A relay that is told to leave while it carries things: what is under way arrives whole, what is new is refused in words
 * that its asker understands, and the process ends well.
 */
import { get, type IncomingMessage } from 'node:http'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DRAIN_QUIET } from '../../relay/limits.ts'
import { MiB } from '../../src/core/limits.ts'
import { relayPeer } from '../../src/net/relays.ts'
import { call } from '../../src/wire/call.ts'
import { seatProtocol } from '../../src/wire/seat.ts'
import { noise } from '../unit/gateway-help.ts'
import { addFile, createDoorCafe, type DoorCafe, sha } from './door-fixture.ts'
import { createGuestNode, failure, type GuestNode, keep } from './fixture.ts'
import { ask, createFolder } from './relay-fixture.ts'
import { askForSeat, createBare, reserve, startWatched, type WatchedRelay } from './relay-peers.ts'

/** HopMessage {type: STATUS, status}, after its length; the spec's numbers, as varints. */
const REFUSED = { seat: [0x28, 0xc8, 0x01], circuit: 'RESOURCE_LIMIT_EXCEEDED' } as const
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const folder = createFolder()
const large = noise(16 * MiB)
let relay: WatchedRelay
let cafe: DoorCafe
let file: string

beforeAll(async () => {
  relay = await startWatched(folder.data, '--drain', '300')
  cafe = await createDoorCafe({ multiaddrs: [...relay.relay], url: relay.url })
  file = `${await addFile(cafe.blocks, large)}`
})
afterAll(async () => {
  await relay.stop()
  folder.remove()
})

/** Begins to read the file, and stops after the head. */
const download = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = get(`${cafe.door}/ipfs/${file}`, { agent: false }, (response) => resolve(response.pause()))
    request.on('error', reject)
  })

async function wholeOf(response: IncomingMessage): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** A circuit on which `bytes` are on their way to a reader who has stopped; `received` is what that reads in the end. */
async function transfer(bytes: Uint8Array) {
  const [seat, guest] = [await createBare(), await createBare()]
  for (const peer of [seat, guest]) keep({ stop: async () => peer.stop() })
  const address = relay.relay[0] as string
  expect(await reserve(seat, address)).toBe(true)
  const pieces: Uint8Array[] = []
  const done = Promise.withResolvers<Uint8Array>()
  const here = Promise.withResolvers<Stream>()
  await seat.handle(
    '/test',
    (stream) => {
      stream.addEventListener('message', ({ data }) => void pieces.push(data.subarray()))
      stream.addEventListener('end', () => {
        done.resolve(Buffer.concat(pieces))
        void stream.close()
      })
      stream.addEventListener('close', ({ error }) => error && done.reject(error))
      stream.pause()
      here.resolve(stream)
    },
    { runOnLimitedConnection: true },
  )
  const circuit = await guest.dial(multiaddr(`${address}/p2p-circuit/p2p/${seat.peerId}`))
  const stream = await circuit.newStream('/test', { runOnLimitedConnection: true })
  const sent = send(stream, bytes)
  for (const end of [done.promise, sent]) end.catch(() => {})
  const far = await here.promise
  return { address, seat, guest, sent, received: done.promise, read: () => far.resume() }
}

/** Sends all, as fast as the stream takes it, and waits until the other side has closed too. */
async function send(stream: Stream, bytes: Uint8Array): Promise<void> {
  const closed = new Promise<void>((resolve, reject) =>
    stream.addEventListener('close', ({ error }) => (error ? reject(error) : resolve())),
  )
  closed.catch(() => {})
  for (let at = 0; at < bytes.byteLength; at += 65_536) {
    if (stream.send(bytes.subarray(at, at + 65_536))) continue
    await new Promise<void>((resolve) => {
      for (const event of ['drain', 'close'] as const) stream.addEventListener(event, () => resolve(), { once: true })
    })
  }
  await stream.close()
  await closed
}

describe('a relay that drains', () => {
  it('brings what is under way to its end, and refuses what is new', async () => {
    const circuit = await transfer(large)
    const response = await download()
    const knocks: GuestNode = keep(await createGuestNode({ clock: cafe.clock, relays: relay.relay }))
    relay.leave()
    await expect.poll(async () => (await ask(relay.url, '/health')).status, { timeout: 20_000 }).toBe(503)
    // Both readers are slower than the time after which a relay where nothing moves leaves.
    await pause(DRAIN_QUIET * 2)

    const path = new URL(`${cafe.door}/ipfs/${file}`).pathname
    const page = await ask(relay.url, path, { headers: { accept: 'text/html' } })
    expect(page.status).toBe(503)
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0)
    expect(page.body).toContain('starting anew')
    const program = await ask(relay.url, path, { headers: { accept: 'application/vnd.ipld.dag-json' } })
    expect(program.status).toBe(503)
    expect(JSON.parse(program.body)).toEqual({ err: 'BUSY', data: { what: 'drain' } })

    const late = await createBare()
    keep({ stop: async () => late.stop() })
    expect((await askForSeat(late, circuit.address)).join()).toContain(REFUSED.seat.join())
    const dial = late.dial(multiaddr(`${circuit.address}/p2p-circuit/p2p/${circuit.seat.peerId}`))
    await expect(dial).rejects.toThrow(new RegExp(REFUSED.circuit, 'i'))
    // Who has a seat keeps it, or its circuits would end with it.
    expect(await reserve(circuit.seat, circuit.address)).toBe(true)
    const present = call(knocks.node.connector, relayPeer(circuit.address), seatProtocol, 'present', {
      cafe: cafe.at.cafe,
    })
    expect(await failure(present)).toEqual({ code: 'BUSY', why: 'drain' })

    const body = wholeOf(response)
    circuit.read()
    expect(sha(await circuit.received)).toBe(sha(large))
    await circuit.sent
    expect(sha(await body)).toBe(sha(large))
    expect(await relay.ended).toBe(0)
  }, 180_000)
})
