/** The worker's RTCPeerConnection against a scripted tab: order, bounds, and the end of a tab. */
import { describe, expect, test } from 'vitest'
import type { DataChannel } from '../../src/worker/rtc/channel.ts'
import { MAX_CHANNELS, MAX_UNACKED } from '../../src/worker/rtc/limits.ts'
import type { ChannelInfo, Down, PcState } from '../../src/worker/rtc/messages.ts'
import { createPool } from '../../src/worker/rtc/pool.ts'
import { createRtc, installRtc } from '../../src/worker/rtc/shim.ts'

const KiB = 1024
const STATE: PcState = {
  connectionState: 'connected',
  iceConnectionState: 'connected',
  iceGatheringState: 'complete',
  signalingState: 'stable',
  localDescription: null,
  remoteDescription: null,
  maxMessageSize: 256 * KiB,
}
const INFO: ChannelInfo = {
  label: 'in',
  protocol: '',
  id: 1,
  negotiated: false,
  ordered: true,
  maxPacketLifeTime: null,
  maxRetransmits: null,
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 20))

/** A pool with one tab whose requests are recorded and whose answers the test writes. */
async function lent() {
  const pool = createPool()
  const { port1, port2: tab } = new MessageChannel()
  const got: Down[] = []
  tab.onmessage = ({ data }) => got.push(data)
  pool.add({ id: 'tab', port: port1, visible: true })
  const { RTCPeerConnection } = createRtc(pool)
  const connection = new RTCPeerConnection({ iceServers: [] })
  await expect.poll(() => got.length).toBe(1)
  const pc = (got[0] as { pc: number }).pc
  const up = (message: object, transfer: Transferable[] = []) =>
    tab.postMessage({ pc, state: STATE, ...message }, transfer)
  /** A channel of ours and its pump's end. */
  const channel = async (label = 'x', open = true) => {
    const made = connection.createDataChannel(label)
    await expect.poll(() => got.at(-1)?.op).toBe('dc')
    const { port } = got.at(-1) as Extract<Down, { op: 'dc' }>
    const told: unknown[] = []
    port.onmessage = ({ data }) => told.push(data)
    if (open) {
      port.postMessage({ state: 'open', id: 2 })
      await expect.poll(() => made.readyState).toBe('open')
    }
    return { made, port, told }
  }
  return { pool, connection, got, up, channel }
}

function record(target: EventTarget, names: readonly string[], into: string[], who: string): void {
  for (const name of names) target.addEventListener(name, () => into.push(`${who} ${name}`))
}

describe('RTCPeerConnection in a worker', () => {
  test('is installed where there was none, and needs a tab only when used', async () => {
    const scope: Record<string, unknown> = {}
    installRtc(createPool(), scope)
    const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = scope as unknown as ReturnType<
      typeof createRtc
    >
    expect(() => new RTCPeerConnection()).toThrow(expect.objectContaining({ code: 'UNREACHABLE' }))
    await expect(RTCPeerConnection.generateCertificate('ECDSA')).resolves.toMatchObject({ recipe: { name: 'ECDSA' } })
    expect(new RTCSessionDescription({ type: 'offer', sdp: 'v=0' }).toJSON()).toEqual({ type: 'offer', sdp: 'v=0' })
    expect(() => new RTCIceCandidate({ candidate: '' })).toThrow(TypeError)
  })

  test('knows the state before an event is dispatched and before a call resolves', async () => {
    const { connection, got, up } = await lent()
    const offer = connection.createOffer()
    await expect.poll(() => got.at(-1)).toMatchObject({ op: 'call', method: 'createOffer', id: 0 })
    let at = ''
    connection.onconnectionstatechange = () => {
      at = connection.connectionState
    }
    up({ ev: 'state', name: 'connectionstatechange' })
    up({ ev: 'reply', id: 0, value: { type: 'offer', sdp: 'v=0' } })
    expect(await offer).toMatchObject({ type: 'offer', sdp: 'v=0' })
    expect(at).toBe('connected')
    expect(connection.sctp).toEqual({ maxMessageSize: 256 * KiB })
  })

  test('makes errors anew under their names', async () => {
    const { connection, up } = await lent()
    const first = connection.createAnswer()
    const second = connection.addIceCandidate({ candidate: 'x', sdpMid: '0' })
    up({ ev: 'reply', id: 0, error: { name: 'InvalidStateError', message: 'no offer' } })
    up({ ev: 'reply', id: 1, error: { name: 'TypeError', message: 'bad' } })
    await expect(first).rejects.toMatchObject({ name: 'InvalidStateError', message: 'no offer' })
    await expect(second).rejects.toBeInstanceOf(TypeError)
  })

  test('posts what one turn sends as one batch, and counts it until it is acknowledged', async () => {
    const { channel } = await lent()
    const { made, port, told } = await channel()
    const seen: string[] = []
    record(made, ['bufferedamountlow'], seen, 'channel')
    made.send(new Uint8Array([1, 2]))
    made.send('é')
    expect(made.bufferedAmount).toBe(4)
    await expect.poll(() => told.length).toBe(1)
    expect(told[0]).toEqual([Uint8Array.of(1, 2).buffer, 'é'])
    port.postMessage({ ack: 2, frames: 1 })
    await expect.poll(() => made.bufferedAmount).toBe(2)
    expect(seen).toEqual([])
    port.postMessage({ ack: 2, frames: 1 })
    await expect.poll(() => seen).toEqual(['channel bufferedamountlow'])
  })

  test('holds no more than its bound for a channel nobody drains', async () => {
    const { channel } = await lent()
    const { made } = await channel()
    const message = new ArrayBuffer(256 * KiB)
    const fill = () => {
      for (;;) made.send(message)
    }
    expect(fill).toThrow(expect.objectContaining({ name: 'OperationError' }))
    expect(made.bufferedAmount).toBeLessThanOrEqual(MAX_UNACKED)
    expect(message.byteLength).toBe(256 * KiB)
  })

  test('delivers an incoming channel before its first message', async () => {
    const { connection, up } = await lent()
    const { port1, port2 } = new MessageChannel()
    port1.postMessage({ state: 'open', id: 1 })
    port1.postMessage('first')
    const got: unknown[] = []
    connection.ondatachannel = ({ channel }) => {
      got.push(channel.readyState)
      queueMicrotask(() => {
        channel.onmessage = ({ data }) => got.push(data)
      })
    }
    up({ ev: 'channel', info: INFO, port: port2 }, [port2])
    await expect.poll(() => got).toEqual(['open', 'first'])
  })

  test("keeps the remote's closing of our 'init' channel back until we close it", async () => {
    const { channel } = await lent()
    const { made, port } = await channel('init')
    const seen: string[] = []
    record(made, ['closing', 'close'], seen, 'init')
    port.postMessage({ state: 'closing' })
    port.postMessage({ state: 'closed' })
    await turn()
    expect([made.readyState, ...seen]).toEqual(['open'])
    made.close()
    expect([made.readyState, ...seen]).toEqual(['closing'])
    await expect.poll(() => seen).toEqual(['init close'])
    expect(made.readyState).toBe('closed')
  })

  test('a lost tab closes channels, then the connection, then rejects who waits', async () => {
    const { pool, connection, channel } = await lent()
    const { made } = await channel()
    const seen: string[] = []
    record(made, ['error', 'close'], seen, 'channel')
    record(connection, ['iceconnectionstatechange', 'connectionstatechange', 'signalingstatechange'], seen, 'pc')
    made.addEventListener('error', () => seen.push(`${made.readyState} ${connection.connectionState}`))
    const waiting = connection.createOffer()
    pool.remove('tab', 'lock')
    expect(seen).toEqual([
      'channel error',
      'closed closed',
      'channel close',
      'pc iceconnectionstatechange',
      'pc connectionstatechange',
    ])
    await expect(waiting).rejects.toMatchObject({ name: 'OperationError' })
    expect(() => made.send('x')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }))
    expect(() => connection.createDataChannel('x')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }))
  })

  test("a held close of 'init' does not outlive its tab", async () => {
    const { pool, channel } = await lent()
    const { made, port } = await channel('init')
    const seen: string[] = []
    record(made, ['close'], seen, 'init')
    port.postMessage({ state: 'closed' })
    await turn()
    pool.remove('tab', 'lock')
    made.close()
    await turn()
    expect(seen).toEqual(['init close'])
  })

  test('a connection the tab could not make is closed and gives its seat back', async () => {
    const { pool, connection, up } = await lent()
    const waiting = connection.createOffer()
    up({ ev: 'dead', error: { name: 'SyntaxError', message: 'bad url' } })
    await expect(waiting).rejects.toMatchObject({ name: 'SyntaxError' })
    expect(connection.connectionState).toBe('closed')
    expect(pool.tabs[0]?.connections).toBe(0)
  })

  test('close() is silent on the connection and tells each channel in a later task', async () => {
    const { connection, channel, got, pool } = await lent()
    const { made } = await channel()
    const seen: string[] = []
    record(made, ['error', 'close'], seen, 'channel')
    record(connection, ['connectionstatechange'], seen, 'pc')
    connection.close()
    connection.close()
    expect([made.readyState, connection.signalingState, ...seen]).toEqual(['closed', 'closed'])
    await expect.poll(() => seen).toEqual(['channel close'])
    await expect.poll(() => got.at(-1)?.op).toBe('close')
    expect(pool.tabs[0]?.connections).toBe(0)
  })

  test('refuses more channels than its limit, ours and theirs, until one is closed', async () => {
    const { connection, channel, up } = await lent()
    const { made, port } = await channel()
    for (let i = 1; i < MAX_CHANNELS; i++) connection.createDataChannel('x')
    const { port1, port2 } = new MessageChannel()
    const refused: unknown[] = []
    port1.onmessage = ({ data }) => refused.push(data)
    const incoming: DataChannel[] = []
    connection.ondatachannel = (event) => incoming.push(event.channel)
    up({ ev: 'channel', info: INFO, port: port2 }, [port2])
    await expect.poll(() => refused).toEqual([{ close: true }])
    expect(incoming).toEqual([])
    expect(() => connection.createDataChannel('x')).toThrow(expect.objectContaining({ name: 'OperationError' }))
    made.close()
    port.postMessage({ state: 'closed' })
    await expect.poll(() => made.readyState).toBe('closed')
    expect(connection.createDataChannel('x').readyState).toBe('connecting')
  })
})
