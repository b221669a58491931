/**
 * A libp2p node with the transports of the app and two protocols to measure connections with: `sink` takes bytes and
 * tells when it has them all, `echo` sends back what comes. Runs in windows and in workers alike.
 */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'

const SINK = '/bench/sink/1.0.0'
const ECHO = '/bench/echo/1.0.0'
/** As in the app (`host.ts`). */
const RTC_MESSAGE = 64 * 1024
/** Bytes given to a stream at once. */
const CHUNK = 64 * 1024
const TIMEOUT = 5_000
/** Dials before giving up: unmodified @libp2p/webrtc 6 in a window lets one in ten hang. */
const DIALS = 6
/** For all bytes of a transfer to arrive, and for each echo: far more than the slowest machine needs. */
const PATIENCE = 60_000
/** Bytes of the number at the beginning of `sink`. */
const HEAD = 4

export type Path = 'direct' | 'relayed'

/** What a node is told to do. */
export interface PeerCommands {
  /** Connects to the relay and asks it for a seat. @returns the peer id, once this node can be dialled there. */
  reserve(relay: string): Promise<string>
  /** Makes a connection to a peer on the same relay: WebRTC, or a circuit through the relay. */
  connect(relay: string, peer: string, path: Path): Promise<void>
  /** Sends `size` bytes on a new stream. @returns milliseconds from the first to the news that the other has them all. */
  send(peer: string, path: Path, size: number): Promise<number>
  /** Sends one byte `times` times, each when the one before is back. @returns milliseconds of each. */
  echo(peer: string, path: Path, times: number): Promise<number[]>
}

/** Starts a node that knows nobody. */
export async function createPeer(): Promise<PeerCommands> {
  const node: Libp2p = await createLibp2p({
    addresses: { listen: ['/p2p-circuit', '/webrtc'] },
    transports: [
      webSockets(),
      circuitRelayTransport(),
      webRTC({ rtcConfiguration: { iceServers: [] }, dataChannel: { maxMessageSize: RTC_MESSAGE } }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { abortConnectionOnPingFailure: false },
    services: { identify: identify() },
  })
  const limited = { runOnLimitedConnection: true }
  await node.handle(SINK, sink, limited)
  await node.handle(ECHO, echoBack, limited)
  const open = (peer: string, path: Path, protocol: string): Promise<Stream> =>
    pick(node, peer, path).newStream(protocol, { ...limited, signal: AbortSignal.timeout(TIMEOUT) })
  return {
    async reserve(relay) {
      await node.dial(multiaddr(relay))
      // Looked for, as the event that tells of it is held back for a second.
      while (!node.getMultiaddrs().some((address) => address.toString().includes('/p2p-circuit/p2p/'))) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return node.peerId.toString()
    },
    async connect(relay, peer, path) {
      const address = `${relay}/p2p-circuit/${path === 'direct' ? 'webrtc/' : ''}p2p/${peer}`
      for (let dial = 1; ; dial++) {
        try {
          await node.dial(multiaddr(address), { signal: AbortSignal.timeout(TIMEOUT), force: true })
          break
        } catch (error) {
          if (dial === DIALS) throw error
        }
      }
      pick(node, peer, path)
    },
    send: async (peer, path, size) => sendAll(await open(peer, path, SINK), size),
    echo: async (peer, path, times) => echoes(await open(peer, path, ECHO), times),
  }
}

/** @throws if there is no such connection: then something else would be measured. */
function pick(node: Libp2p, peer: string, path: Path): Connection {
  const isDirect = (c: Connection): boolean => c.limits === undefined && c.remoteAddr.toString().includes('/webrtc')
  const found = node
    .getConnections(peerIdFromString(peer))
    .findLast((c) => c.status === 'open' && (path === 'direct' ? isDirect(c) : c.limits !== undefined))
  if (!found) throw new Error(`not connected: ${path}`)
  return found
}

/** The first {@link HEAD} bytes say how many will come after them; one byte answers when they have. */
function sink(stream: Stream): void {
  let size: number | undefined
  let got = -HEAD
  stream.addEventListener('message', ({ data }) => {
    // Sent at once and small, the head never comes in parts.
    const bytes = size === undefined ? data.subarray() : undefined
    size ??= bytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    got += data.byteLength
    if (got === size) stream.send(new Uint8Array(1))
  })
}

function echoBack(stream: Stream): void {
  stream.addEventListener('message', ({ data }) => {
    stream.send(data)
  })
}

async function sendAll(stream: Stream, size: number): Promise<number> {
  const chunk = crypto.getRandomValues(new Uint8Array(CHUNK))
  const all = next(stream)
  const head = new DataView(new ArrayBuffer(HEAD))
  head.setUint32(0, size)
  const started = performance.now()
  stream.send(new Uint8Array(head.buffer))
  for (let sent = 0; sent < size; sent += CHUNK) {
    // Of what is sent nothing may change until it is on its way, so it is copied: as a sender of real data makes it anew.
    if (!stream.send(chunk.slice())) await drained(stream)
  }
  await all
  const ms = performance.now() - started
  end(stream)
  return ms
}

async function echoes(stream: Stream, times: number): Promise<number[]> {
  const all: number[] = []
  for (let i = 0; i < times; i++) {
    const back = next(stream)
    const started = performance.now()
    stream.send(new Uint8Array(1))
    await back
    all.push(performance.now() - started)
  }
  end(stream)
  return all
}

/** The next message, or the failure of the stream. */
const next = (stream: Stream): Promise<void> => event(stream, 'message')
const drained = (stream: Stream): Promise<void> => event(stream, 'drain')

function event(stream: Stream, name: 'message' | 'drain'): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => done(() => reject(new Error(`no ${name} for ${PATIENCE} ms`))), PATIENCE)
    const done = (settle: () => void): void => {
      clearTimeout(late)
      stream.removeEventListener(name, onEvent)
      stream.removeEventListener('close', onClose)
      settle()
    }
    const onEvent = (): void => done(resolve)
    const onClose = (): void => done(() => reject(new Error('the stream closed')))
    stream.addEventListener(name, onEvent)
    stream.addEventListener('close', onClose)
  })
}

/** Done with: both sides have said all, so nobody is waited for. */
function end(stream: Stream): void {
  stream.abort(new Error('measured'))
}
