/** The lending tab over a scripted RTCPeerConnection: where channels go, limits, the sentinel, the end of the page. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lendRtc } from '../../src/ui/rtc-tab.ts'
import { MAX_CONNECTIONS, SENTINEL_ID } from '../../src/worker/rtc/limits.ts'
import type { PcUp, TabUp } from '../../src/worker/rtc/messages.ts'

class FakeChannel extends EventTarget {
  readyState = 'connecting'
  binaryType = ''
  bufferedAmount = 0
  onopen?: () => void
  onclose?: () => void
  readonly label: string
  readonly id: number | null

  constructor(label: string, id: number | null) {
    super()
    this.label = label
    this.id = id
  }

  close(): void {
    this.readyState = 'closed'
  }
}

class FakeConnection extends EventTarget {
  static made: FakeConnection[] = []
  connectionState = 'connected'
  iceConnectionState = 'connected'
  iceGatheringState = 'complete'
  signalingState = 'stable'
  localDescription = null
  remoteDescription = null
  sctp = null
  readonly channels: FakeChannel[] = []

  constructor(config: { iceServers?: { urls: string }[] }) {
    super()
    if (config.iceServers?.some(({ urls }) => urls === 'bogus')) throw new DOMException('bad url', 'SyntaxError')
    FakeConnection.made.push(this)
  }

  createDataChannel(label: string, init: { id?: number }): FakeChannel {
    const channel = new FakeChannel(label, init.id ?? null)
    this.channels.push(channel)
    return channel
  }

  async createOffer(): Promise<{ type: string; sdp: string }> {
    return { type: 'offer', sdp: 'v=0' }
  }

  close(): void {
    this.connectionState = 'closed'
  }
}

/** A dedicated worker that only remembers what it was given. */
class FakePump extends EventTarget {
  readonly given: { channel: FakeChannel }[] = []
  alive = true

  postMessage(message: { channel: FakeChannel }): void {
    this.given.push(message)
  }

  terminate(): void {
    this.alive = false
  }
}

const INFO = {
  label: 'x',
  protocol: '',
  negotiated: false,
  ordered: true,
  maxPacketLifeTime: null,
  maxRetransmits: null,
}

function lend(createPump?: () => Worker) {
  const { port1, port2 } = new MessageChannel()
  const pump = new FakePump()
  const told: (PcUp | TabUp)[] = []
  port2.onmessage = ({ data }) => told.push(data)
  let ends = 0
  const onend = () => ends++
  const lent = lendRtc({ port: port1, createPump: createPump ?? (() => pump as unknown as Worker), onend })
  const channel = async (pc: number) => {
    const before = FakeConnection.made[pc]?.channels.length ?? 0
    const data = new MessageChannel()
    port2.postMessage({ op: 'dc', pc, info: { ...INFO, id: null }, port: data.port2 }, [data.port2])
    await expect.poll(() => FakeConnection.made[pc]?.channels.length ?? 0).toBeGreaterThan(before)
  }
  return { pump, told, lent, ends: () => ends, post: (message: unknown) => port2.postMessage(message), channel }
}

const page = new EventTarget()
const turn = () => new Promise((resolve) => setTimeout(resolve, 20))

beforeEach(() => {
  FakeConnection.made = []
  vi.stubGlobal('RTCPeerConnection', FakeConnection)
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
})

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('lending tab', () => {
  test('keeps channels until its pump is there, then moves each new one', async () => {
    const { pump, post, channel } = lend()
    post({ op: 'new', pc: 0, config: {} })
    await channel(0)
    expect(pump.given).toEqual([])
    expect(FakeConnection.made[0]?.channels[0]?.onopen).toBeTypeOf('function')
    pump.dispatchEvent(new MessageEvent('message', { data: 'ready' }))
    await channel(0)
    expect(pump.given.map(({ channel: moved }) => moved)).toEqual([FakeConnection.made[0]?.channels.at(-1)])
  })

  test('serves channels itself where there can be no pump', async () => {
    const { post, channel } = lend(() => {
      throw new DOMException('no workers here', 'SecurityError')
    })
    post({ op: 'new', pc: 0, config: {} })
    await channel(0)
    expect(FakeConnection.made[0]?.channels[0]?.onopen).toBeTypeOf('function')
  })

  test('answers calls, says which connection it could not make, and drops what it does not know', async () => {
    const { told, post } = lend()
    for (const message of ['junk', { op: 'close', pc: 99 }, { op: 'call', pc: 99, id: 0, method: 'createOffer' }])
      post(message)
    post({ op: 'new', pc: 0, config: {} })
    post({ op: 'new', pc: 1, config: { iceServers: [{ urls: 'bogus' }] } })
    post({ op: 'call', pc: 0, id: 5, method: 'createOffer' })
    await expect.poll(() => told.length).toBe(3)
    expect(told[0]).toEqual({ ev: 'visible', visible: true })
    expect(told[1]).toMatchObject({ ev: 'dead', pc: 1, error: { name: 'SyntaxError' } })
    expect(told[2]).toMatchObject({ ev: 'reply', pc: 0, id: 5, value: { type: 'offer', sdp: 'v=0' } })
  })

  test('lends no more than its limit', async () => {
    const { told, post } = lend()
    for (let pc = 0; pc <= MAX_CONNECTIONS; pc++) post({ op: 'new', pc, config: {} })
    await expect.poll(() => told.at(-1)).toMatchObject({ ev: 'dead', pc: MAX_CONNECTIONS })
    expect(FakeConnection.made).toHaveLength(MAX_CONNECTIONS)
  })

  test('a sentinel that closes after it was open means the connection has failed', async () => {
    const { told, post, channel } = lend()
    post({ op: 'new', pc: 0, config: {} })
    await channel(0)
    const sentinel = FakeConnection.made[0]?.channels.find(({ id }) => id === SENTINEL_ID)
    sentinel?.onclose?.()
    sentinel?.onopen?.()
    await turn()
    expect(told).toHaveLength(1)
    sentinel?.onclose?.()
    await expect.poll(() => told.at(-1)).toMatchObject({ ev: 'state', state: { connectionState: 'failed' } })
  })

  test.each([
    ['the page goes', () => page.dispatchEvent(new Event('pagehide'))],
    ['the page is frozen', () => document.dispatchEvent(new Event('freeze'))],
    ['it is stopped', ({ lent }: ReturnType<typeof lend>) => lent.stop()],
    ['the worker ends it', ({ post }: ReturnType<typeof lend>) => post({ op: 'end' })],
  ])('says bye and closes every connection when %s', async (_, end) => {
    const tab = lend()
    tab.post({ op: 'new', pc: 0, config: {} })
    await expect.poll(() => FakeConnection.made.length).toBe(1)
    end(tab)
    await expect.poll(() => tab.told.at(-1)).toEqual({ ev: 'bye' })
    expect(FakeConnection.made[0]?.connectionState).toBe('closed')
    expect(tab.pump.alive).toBe(false)
  })

  test('answers the question whether it is there', async () => {
    const { told, post } = lend()
    post({ op: 'ask' })
    await expect.poll(() => told.at(-1)).toEqual({ ev: 'here' })
  })

  test('a page that was frozen asks once to lend anew when it runs again, unless it was stopped meanwhile', () => {
    const { ends } = lend()
    const thaw = () => document.dispatchEvent(new Event('resume'))
    thaw()
    expect(ends()).toBe(0)
    document.dispatchEvent(new Event('freeze'))
    thaw()
    thaw()
    expect(ends()).toBe(1)
    const other = lend()
    document.dispatchEvent(new Event('freeze'))
    other.lent.stop()
    thaw()
    expect(other.ends()).toBe(0)
  })

  test('tells of the network being back, or another one, but not of new estimates', async () => {
    const connection = Object.assign(new EventTarget(), { type: 'wifi', effectiveType: '4g' })
    vi.stubGlobal('navigator', { connection })
    const { told, lent } = lend()
    connection.dispatchEvent(new Event('change'))
    connection.type = 'cellular'
    connection.dispatchEvent(new Event('change'))
    page.dispatchEvent(new Event('online'))
    lent.stop()
    page.dispatchEvent(new Event('online'))
    await expect.poll(() => told.at(-1)).toEqual({ ev: 'bye' })
    expect(told.slice(1, -1)).toEqual([
      { ev: 'news', what: 'network' },
      { ev: 'news', what: 'online' },
    ])
  })
})
