/**
 * The real relay's process with two bare libp2p nodes on a circuit through it, and beside it a process that echoes bare
 * WebSocket messages: the same bytes there and back through each, and the processor time each takes for them.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Stream } from '@libp2p/interface'
import { echo } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createBare, reserve } from '../net/relay-peers.ts'

/** Bytes there and back in one run. */
export const CARRIED = 64 * 1024 * 1024
const PIECE = 64 * 1024

export interface Carrier {
  /** Sends {@link CARRIED} bytes there and back. @returns milliseconds, and processor seconds of the process between. */
  carry(): Promise<{ ms: number; cpu: number }>
  close(): Promise<void>
}

/** User and system time of a process so far, in seconds. */
function cpuOf(pid: number): number {
  // Fields 14 and 15 of proc(5), counted after the name, which may hold spaces; in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function measured(pid: number, work: () => Promise<void>): Promise<{ ms: number; cpu: number }> {
  const [cpu, started] = [cpuOf(pid), performance.now()]
  await work()
  return { ms: performance.now() - started, cpu: cpuOf(pid) - cpu }
}

/** A circuit through the relay at this address, whose process has this id. */
export async function openCircuit(relay: string, pid: number): Promise<Carrier> {
  const [seat, guest] = await Promise.all([createBare(), createBare()])
  await seat.handle('/bench/echo', (stream) => void echo(stream), { runOnLimitedConnection: true })
  if (!(await reserve(seat, relay))) throw new Error('the relay gave no seat')
  const circuit = await guest.dial(multiaddr(`${relay}/p2p-circuit/p2p/${seat.peerId}`))
  return {
    carry: () =>
      measured(pid, async () => {
        const stream = await circuit.newStream('/bench/echo', { runOnLimitedConnection: true })
        await throughStream(stream)
        stream.abort(new Error('done'))
      }),
    async close() {
      await Promise.all([seat.stop(), guest.stop()])
    },
  }
}

function throughStream(stream: Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    let [received, sent] = [0, 0]
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
      if (received >= CARRIED) resolve()
    })
    stream.addEventListener('close', () => reject(new Error('the circuit ended early')))
    const piece = new Uint8Array(PIECE)
    const go = (): void => {
      while (sent < CARRIED && sent - received < 2 * 1024 * 1024) {
        sent += PIECE
        if (stream.send(piece)) continue
        return void stream.addEventListener('drain', go, { once: true })
      }
      if (sent < CARRIED) setTimeout(go)
    }
    go()
  })
}

const ECHO = `
import { WebSocketServer } from 'ws'
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => console.log(server.address().port))
server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
`

/** A process that sends back what comes on a WebSocket. */
export async function openEcho(): Promise<Carrier> {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', ECHO], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('no stdout')
  const [port] = await new Promise<[string]>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) => resolve([line]))
    child.once('exit', () => reject(new Error('the echo ended')))
  })
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  socket.binaryType = 'arraybuffer'
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
  return {
    carry: () => measured(child.pid as number, () => throughSocket(socket)),
    async close() {
      socket.close()
      child.kill()
    },
  }
}

function throughSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    let [received, sent] = [0, 0]
    const piece = new Uint8Array(PIECE)
    const go = (): void => {
      for (; sent < CARRIED && sent - received < 2 * 1024 * 1024; sent += PIECE) socket.send(piece)
    }
    const onMessage = ({ data }: MessageEvent): void => {
      received += (data as ArrayBuffer).byteLength
      if (received < CARRIED) {
        go()
        return
      }
      socket.removeEventListener('message', onMessage)
      resolve()
    }
    socket.addEventListener('message', onMessage)
    go()
  })
}
