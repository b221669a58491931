/** Bare libp2p peers that ask a relay for seats by hand, and the relay's own process with a look into its memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { byteStream } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { withRealAborts } from '../../src/wire/real-aborts.ts'
import { ask } from './relay-fixture.ts'

/** A peer without listeners: what it wants of a relay it asks for itself. */
export function createBare(): Promise<Libp2p> {
  return createLibp2p({
    transports: [
      (components) => {
        const transport = webSockets()(components)
        const dial = transport.dial.bind(transport)
        transport.dial = (address, options) => dial(address, { ...options, upgrader: withRealAborts(options.upgrader) })
        return transport
      },
      circuitRelayTransport(),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { reconnectRetries: 0 },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping() },
  })
}

const HOP = '/libp2p/circuit/relay/0.2.0/hop'
/** HopMessage {type: RESERVE}, after its length. */
const RESERVE = Uint8Array.of(2, 0x08, 0x00)
/** Field `status` of a HopMessage and the value OK (100). */
const OK = [0x28, 100]

/** Connects and asks for a seat. @returns whether it was given one. */
export async function reserve(peer: Libp2p, relay: string): Promise<boolean> {
  const answer = await askForSeat(peer, relay)
  // A refusal is a few bytes and its status the last of them; a reservation has that after its voucher too.
  return answer.some((byte, at) => byte === OK[0] && answer[at + 1] === OK[1] && answer.length > 16)
}

/** Connects and asks for a seat. @returns the message that is the answer, as it came. */
export async function askForSeat(peer: Libp2p, relay: string): Promise<number[]> {
  const signal = AbortSignal.timeout(30_000)
  const connection = await peer.dial(multiaddr(relay), { signal })
  const stream = await connection.newStream(HOP, { signal })
  const bytes = byteStream(stream)
  await bytes.write(RESERVE, { signal })
  const answer = [...((await bytes.read({ signal }))?.subarray() ?? [])]
  stream.abort(new Error('answered'))
  return answer
}

export interface WatchedRelay {
  readonly url: string
  readonly relay: readonly string[]
  readonly pid: number
  /** A number of `/metrics`, of all its labels together. */
  metric(name: string): Promise<number>
  /** Bytes of JavaScript objects after a collection, and of the process. */
  memory(): Promise<{ heap: number; rss: number }>
  /** Asks it to leave, and does not wait. */
  leave(): void
  /** Its exit code. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../relay/main.ts', import.meta.url))

/** The relay as a process of its own, with these flags, that can be asked for its memory. */
export async function startWatched(data: string, ...flags: readonly string[]): Promise<WatchedRelay> {
  const args = ['--inspect=127.0.0.1:0', MAIN, '--no-app', '--port', '0', '--json', '--data', data, ...flags]
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] })
  const inspector = inspectorOf(child)
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)))
  })
  const { url, relay, pid } = JSON.parse(line)
  const metrics = async (): Promise<string> => (await ask(url, '/metrics')).body
  return {
    ...{ url, relay, pid, ended },
    leave: () => void child.kill('SIGTERM'),
    async metric(name) {
      const lines = (await metrics())
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      if (lines.length === 0) throw new Error(`no metric ${name}`)
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
    async memory() {
      const run = await connectInspector(await inspector)
      try {
        await run('HeapProfiler.collectGarbage', {})
        const expression = 'JSON.stringify(process.memoryUsage())'
        const { result } = (await run('Runtime.evaluate', { expression })) as { result: { value: string } }
        const { heapUsed, rss } = JSON.parse(result.value)
        return { heap: heapUsed, rss }
      } finally {
        run.close()
      }
    },
    async stop() {
      if (child.exitCode !== null) return
      // At once, also where it was given time to drain.
      child.kill('SIGINT')
      await ended
    },
  }
}

async function inspectorOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('no stderr')
  for await (const line of createInterface({ input: child.stderr })) {
    const found = /ws:\/\/\S+/.exec(line)?.[0]
    if (found) {
      child.stderr.resume()
      return found
    }
  }
  throw new Error('the relay has no inspector')
}

type Run = ((method: string, params: object) => Promise<unknown>) & { close(): void }

async function connectInspector(url: string): Promise<Run> {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  let id = 0
  const run = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve) => {
      const mine = ++id
      const onMessage = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data))
        if (answer.id !== mine) return
        socket.removeEventListener('message', onMessage)
        resolve(answer.result)
      }
      socket.addEventListener('message', onMessage)
      socket.send(JSON.stringify({ id: mine, method, params }))
    })
  return Object.assign(run, { close: () => socket.close() })
}
