/**
 * A STUN server of one's own (RFC 8489): tells a page which address its packets come from, so that two browsers behind
 * routers find a direct path without asking anybody else. It answers binding requests and nothing more. An answer is at
 * most 24 bytes longer than its question and goes only where the question came from; floods are answered no more than
 * {@link STUN_RATE} a second for one network, so it is of no use to whoever wants to hit others.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { CafeError } from '../src/core/errors.ts'
import type { Log } from '../src/core/log.ts'
import { MAX_STUN_NETS, MAX_STUN_REQUEST, STUN_RATE } from './limits.ts'
import { LOOPBACK } from './listen.ts'

const COOKIE = 0x2112a442
const HEADER = 20
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const XOR_MAPPED_ADDRESS = 0x0020

/**
 * The answer to one packet, or undefined where there is none to give: no binding request, lengths that do not fit.
 * Attributes of the request are passed over: a page that only asks for its address needs none of them understood.
 */
export function stunAnswer(packet: Uint8Array, address: string, port: number): Buffer | undefined {
  if (packet.byteLength < HEADER || packet.byteLength > MAX_STUN_REQUEST) return undefined
  const request = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
  if (request.readUInt16BE(0) !== BINDING_REQUEST || request.readUInt32BE(4) !== COOKIE) return undefined
  if (request.readUInt16BE(2) !== request.byteLength - HEADER || request.byteLength % 4 !== 0) return undefined
  const bytes = bytesOf(address.replace(/^::ffff:/i, ''))
  const answer = Buffer.alloc(HEADER + 8 + bytes.byteLength)
  answer.writeUInt16BE(BINDING_SUCCESS, 0)
  answer.writeUInt16BE(answer.byteLength - HEADER, 2)
  // Cookie and transaction id, which are also what the address is mixed with: routers rewrite addresses they recognise.
  request.copy(answer, 4, 4, HEADER)
  answer.writeUInt16BE(XOR_MAPPED_ADDRESS, HEADER)
  answer.writeUInt16BE(4 + bytes.byteLength, HEADER + 2)
  answer.writeUInt16BE(bytes.byteLength === 4 ? 1 : 2, HEADER + 4)
  answer.writeUInt16BE(port ^ (COOKIE >>> 16), HEADER + 6)
  for (const [i, byte] of bytes.entries()) answer[HEADER + 8 + i] = byte ^ (request[4 + i] as number)
  return answer
}

/** The 4 or 16 bytes of an address. */
function bytesOf(address: string): Uint8Array {
  if (!isIPv6(address)) return Uint8Array.from(address.split('.'), Number)
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const split = (part = ''): string[] => (part === '' ? [] : part.split(':'))
  const zeros = tail === undefined ? 0 : 8 - split(head).length - split(tail).length
  const groups = [...split(head), ...new Array<string>(zeros).fill('0'), ...split(tail)]
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]))
}

/**
 * May this address be answered now? At most {@link STUN_RATE} a second for an IPv4 address or the /64 of an IPv6 one, and
 * nobody new while {@link MAX_STUN_NETS} of them were answered within the second.
 * @param now milliseconds of any steady clock.
 */
export function createStunLimit(now: () => number): (address: string) => boolean {
  let [second, counts] = [-1, new Map<string, number>()]
  return (address) => {
    const at = Math.floor(now() / 1000)
    if (at !== second) [second, counts] = [at, new Map()]
    const net =
      isIPv6(address) && !/^::ffff:/i.test(address)
        ? Buffer.from(bytesOf(address).subarray(0, 8)).toString('hex')
        : address
    const count = counts.get(net) ?? 0
    if (count >= STUN_RATE || (count === 0 && counts.size >= MAX_STUN_NETS)) return false
    counts.set(net, count + 1)
    return true
  }
}

export interface StunServer {
  readonly port: number
  stop(): Promise<void>
}

/**
 * Listens on UDP.
 * @throws CafeError as `listen` does, naming `--stun-port`.
 */
export async function startStun(host: string, port: number, log: Log): Promise<StunServer> {
  const allowed = createStunLimit(() => performance.now())
  const address = host === LOOPBACK ? '127.0.0.1' : host
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' }, (packet, from: RemoteInfo) => {
    if (packet.byteLength > MAX_STUN_REQUEST || !allowed(from.address)) return
    const answer = stunAnswer(packet, from.address, from.port)
    // UDP: whoever does not get it asks again.
    if (answer) socket.send(answer, from.port, from.address, () => {})
  })
  await bind(socket, address, port)
  socket.on('error', (error) => log('warn', 'stun failed', { error }))
  const stop = async (): Promise<void> => {
    const closed = once(socket, 'close')
    socket.close()
    await closed
  }
  return { port: socket.address().port, stop }
}

async function bind(socket: Socket, host: string, port: number): Promise<void> {
  socket.bind(port, host)
  try {
    await once(socket, 'listening')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const code = reason === 'EADDRINUSE' ? 'CONFLICT' : reason === 'EACCES' ? 'FORBIDDEN' : 'INTERNAL'
    throw new CafeError(code, { port, flag: '--stun-port', reason }, { cause })
  }
}
