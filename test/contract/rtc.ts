/**
 * What a W3C `RTCPeerConnection` with data channels must do, as cases that run on any implementation. The runner
 * (`test/e2e/rtc-contract.test.ts`) runs them on Chromium's own in a window and on the shim in a SharedWorker; both must
 * pass, and both must report the same observations.
 */
import { RTC_STATE_CASES } from './rtc-state.ts'
import {
  close,
  collect,
  connect,
  digest,
  equal,
  errorOf,
  KiB,
  MiB,
  negotiate,
  noise,
  once,
  pair,
  type RtcApi,
  record,
  sleep,
} from './rtc-tools.ts'

export type { RtcApi }

/** One promise of the contract. `run` throws if it is broken and returns what was observed, as JSON. */
export interface RtcCase {
  readonly name: string
  run(api: RtcApi): Promise<unknown>
}

export const RTC_CASES: readonly RtcCase[] = [
  {
    name: 'begins with the values of the standard',
    async run(api) {
      const connection = new api.RTCPeerConnection()
      const channel = connection.createDataChannel('label', { ordered: false, maxRetransmits: 2, protocol: 'p' })
      const { id, label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, readyState } = channel
      const { binaryType, bufferedAmount, bufferedAmountLowThreshold, onmessage } = channel
      const { connectionState, iceConnectionState, iceGatheringState, signalingState } = connection
      const { localDescription, remoteDescription, sctp } = connection
      close(connection)
      return [
        { id, label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, readyState },
        { binaryType, bufferedAmount, bufferedAmountLowThreshold, onmessage },
        { connectionState, iceConnectionState, iceGatheringState, signalingState },
        { localDescription, remoteDescription, sctp },
      ]
    },
  },
  {
    name: 'connects by offer and answer and reports each state',
    async run(api) {
      const both = pair(api)
      both.a.createDataChannel('x')
      const states: string[] = []
      const signaling: string[] = []
      both.b.onsignalingstatechange = () => signaling.push(both.b.signalingState)
      const connected = new Promise<void>((resolve) => {
        both.a.onconnectionstatechange = () => {
          states.push(both.a.connectionState)
          if (both.a.connectionState === 'connected') resolve()
        }
      })
      await negotiate(both)
      await connected
      const { a, b } = both
      equal(
        [a.localDescription?.type, a.remoteDescription?.type, b.localDescription?.type],
        ['offer', 'answer', 'answer'],
      )
      equal(a.localDescription?.sdp.includes('m=application'), true)
      equal(a.sctp?.maxMessageSize, 256 * KiB)
      close(a, b)
      return [states, signaling, a.connectionState, a.iceConnectionState, a.signalingState]
    },
  },
  {
    name: 'tells what an incoming channel is',
    async run(api) {
      const { a, b, near, far } = await connect(api, { ordered: false, maxPacketLifeTime: 500, protocol: 'cafe' })
      equal(near.id, far.id)
      const { label, protocol, ordered, maxPacketLifeTime, maxRetransmits, negotiated, readyState, binaryType } = far
      close(a, b)
      return { label, protocol, ordered, maxPacketLifeTime, maxRetransmits, negotiated, readyState, binaryType }
    },
  },
  {
    name: 'echoes 300 messages in order',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      far.onmessage = ({ data }) => far.send(data)
      const back = collect(near, 300)
      for (let i = 0; i < 300; i++) {
        if (i % 2) near.send(`text ${i}`)
        else near.send(Uint8Array.of(i & 255, i >> 8))
      }
      const seen = (await back).map((data) =>
        typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)],
      )
      close(a, b)
      equal(seen[299], 'text 299')
      return seen
    },
  },
  {
    name: 'carries text, views and empty messages as they are',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const got = collect(far, 5)
      const buffer = Uint8Array.of(1, 2, 3, 4, 5, 6).buffer
      near.send('grüße')
      near.send('')
      near.send(new ArrayBuffer(0))
      near.send(new Uint8Array(buffer, 2, 3))
      near.send(new DataView(buffer, 4))
      equal(buffer.byteLength, 6)
      const seen = (await got).map((data) =>
        typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)],
      )
      close(a, b)
      equal(seen, ['grüße', '', [], [3, 4, 5], [5, 6]])
      return seen
    },
  },
  {
    name: 'opens a negotiated channel on both sides',
    async run(api) {
      const both = pair(api)
      const near = both.a.createDataChannel('near', { negotiated: true, id: 3 })
      const far = both.b.createDataChannel('far', { negotiated: true, id: 3 })
      let announced = false
      both.b.ondatachannel = () => {
        announced = true
      }
      const open = Promise.all([once(near, 'open'), once(far, 'open')])
      await negotiate(both)
      await open
      const got = collect(far, 1)
      near.send('hello')
      const seen = await got
      const twice = await errorOf(() => both.a.createDataChannel('again', { negotiated: true, id: 3 }))
      close(both.a, both.b)
      return { seen, announced, ids: [near.id, far.id], labels: [near.label, far.label], twice }
    },
  },
  {
    name: 'carries messages of 16 KiB and of 256 KiB, and refuses larger ones',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const sent = [noise(16 * KiB, 1), noise(256 * KiB, 2), noise(16 * KiB, 3), noise(256 * KiB, 4)]
      const got = collect(far, sent.length)
      const tooLarge = await errorOf(() => near.send(new Uint8Array(256 * KiB + 1)))
      for (const message of sent) near.send(message)
      const seen = await got
      const sizes = seen.map((data) => (data as ArrayBuffer).byteLength)
      equal(await digest(seen), await digest(sent))
      close(a, b)
      return { tooLarge, sizes }
    },
  },
  {
    name: 'raises bufferedAmount in send() and tells when it is low',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const amounts: number[] = []
      const got = collect(far, 20)
      near.bufferedAmountLowThreshold = 100 * KiB
      const low = once(near, 'bufferedamountlow')
      for (let i = 0; i < 20; i++) {
        near.send(new Uint8Array(64 * KiB))
        amounts.push(near.bufferedAmount)
      }
      await low
      const fallen = near.bufferedAmount <= 100 * KiB
      await got
      while (near.bufferedAmount > 0) await sleep(5)
      close(a, b)
      equal(amounts[0], 64 * KiB)
      equal(amounts[19], 20 * 64 * KiB)
      return { fallen, amounts }
    },
  },
  {
    name: 'moves 8 MiB unharmed under back-pressure',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const sent = Array.from({ length: 512 }, (_, i) => noise(16 * KiB, i))
      const got = collect(far, sent.length)
      near.bufferedAmountLowThreshold = 256 * KiB
      for (const message of sent) {
        if (near.bufferedAmount + message.byteLength > MiB) await once(near, 'bufferedamountlow')
        near.send(message)
      }
      equal(await digest(await got), await digest(sent))
      close(a, b)
      return 'identical'
    },
  },
  {
    name: 'delivers what was sent before close(), then closes both ends in order',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const names = ['open', 'closing', 'close', 'error']
      const [nearSeen, farSeen] = [record(near, names), record(far, [...names, 'message'])]
      const closed = Promise.all([once(near, 'close'), once(far, 'close')])
      for (let i = 0; i < 8; i++) near.send(new Uint8Array(64 * KiB))
      near.close()
      const at = near.readyState
      await closed
      const after = [near.readyState, far.readyState, a.connectionState, await errorOf(() => near.send('x'))]
      near.close()
      close(a, b)
      equal(farSeen.filter((line) => line.startsWith('message')).length, 8)
      equal(farSeen.at(-1), 'close closed')
      return { at, nearSeen, farSeen: farSeen.filter((line) => !/^(open|message)/.test(line)), after }
    },
  },
  {
    name: 'fires error, then close, when the other connection is closed',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const seen = record(far, ['closing', 'error', 'close'])
      const closed = Promise.all([once(far, 'close'), once(near, 'close')])
      a.close()
      await closed
      const own = [near.readyState, a.connectionState, a.iceConnectionState, a.signalingState]
      b.close()
      // Chromium may announce `closing` first; that depends on which packet is seen first.
      return { seen: seen.filter((line) => line !== 'closing closing'), own }
    },
  },
  {
    name: 'closes a channel that never opened',
    async run(api) {
      const connection = new api.RTCPeerConnection()
      const channel = connection.createDataChannel('x')
      const early = await errorOf(() => channel.send('x'))
      const seen = record(channel, ['open', 'closing', 'error', 'close'])
      const closed = once(channel, 'close')
      channel.close()
      const at = channel.readyState
      await closed
      close(connection)
      return { early, at, seen }
    },
  },
  {
    name: 'serves 64 channels at once',
    async run(api) {
      const { a, b } = await connect(api)
      b.ondatachannel = ({ channel }) => {
        channel.onmessage = ({ data }) => channel.send(`${channel.label}:${data}`)
      }
      const echoes = Array.from({ length: 64 }, async (_, i) => {
        const channel = a.createDataChannel(`c${i}`)
        await once(channel, 'open')
        const back = collect(channel, 2)
        channel.send('one')
        channel.send('two')
        const [one, two] = await back
        const closed = once(channel, 'close')
        channel.close()
        await closed
        return `${one} ${two}`
      })
      const seen = await Promise.all(echoes)
      close(a, b)
      equal(seen[63], 'c63:one c63:two')
      return seen
    },
  },
  {
    name: 'loses no message sent as soon as a channel is open',
    async run(api) {
      const { a, b } = await connect(api)
      const all: Promise<unknown[]>[] = []
      const finished = new Promise<unknown[][]>((resolve) => {
        b.ondatachannel = ({ channel }) => {
          // As libp2p's muxer may: a turn later, yet before any message.
          queueMicrotask(() => {
            all.push(collect(channel, 3))
            if (all.length === 30) resolve(Promise.all(all))
          })
        }
      })
      for (let i = 0; i < 30; i++) {
        const channel = a.createDataChannel('early')
        channel.onopen = () => {
          for (const text of ['first', 'second', 'third']) channel.send(text)
        }
      }
      const seen = await finished
      close(a, b)
      equal(
        seen.every((texts) => texts.join() === 'first,second,third'),
        true,
      )
      return seen.length
    },
  },
  {
    name: 'answers at once on an incoming channel, from inside datachannel',
    async run(api) {
      const { a, b } = await connect(api)
      b.ondatachannel = ({ channel }) => channel.send('welcome')
      const channel = a.createDataChannel('x')
      const got = await collect(channel, 1)
      close(a, b)
      return got
    },
  },
  {
    name: 'keeps on… attributes among the listeners, in the order they were set',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const seen: string[] = []
      const done = new Promise<void>((resolve) => {
        far.onmessage = () => seen.push('never called')
        far.addEventListener('message', () => seen.push('second'))
        far.onmessage = () => seen.push('first')
        far.addEventListener('message', () => resolve())
      })
      near.send('x')
      await done
      const kept = typeof far.onmessage
      far.onmessage = null
      close(a, b)
      return { seen, kept, removed: far.onmessage }
    },
  },
  {
    name: 'rejects what is wrong under the name the standard gives it',
    async run(api) {
      const connection = new api.RTCPeerConnection()
      const bad = { type: 'offer', sdp: 'nonsense' } as const
      const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0' }
      const names = [
        await errorOf(() => connection.setRemoteDescription(bad)),
        await errorOf(() => connection.setRemoteDescription({ type: 'zzz' as 'offer', sdp: '' })),
        await errorOf(() => connection.createAnswer()),
        await errorOf(() => connection.addIceCandidate(candidate)),
        await errorOf(() => connection.addIceCandidate({ candidate: 'x' })),
        await errorOf(() => connection.createDataChannel('x', { negotiated: true })),
        await errorOf(() => connection.createDataChannel('x', { maxRetransmits: 1, maxPacketLifeTime: 1 })),
        await errorOf(() => connection.createDataChannel('x', { negotiated: true, id: 65_535 })),
      ]
      connection.close()
      connection.close()
      return [
        ...names,
        connection.signalingState,
        await errorOf(() => connection.createOffer()),
        await errorOf(() => connection.setLocalDescription()),
        await errorOf(() => connection.addIceCandidate(candidate)),
        await errorOf(() => connection.createDataChannel('x')),
      ]
    },
  },
  {
    name: 'connects with a certificate of generateCertificate',
    async run(api) {
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
      const certificate = await api.RTCPeerConnection.generateCertificate(algorithm)
      const { a, b } = pair(api, { certificates: [certificate] })
      const channel = a.createDataChannel('x')
      const open = once(channel, 'open')
      await negotiate({ a, b })
      await open
      close(a, b)
      return certificate.expires > Date.now()
    },
  },
  {
    name: 'makes no offer of data before there is a channel',
    async run(api) {
      const connection = new api.RTCPeerConnection()
      const { type, sdp = '' } = await connection.createOffer()
      close(connection)
      return [type, sdp.includes('m=application')]
    },
  },
  ...RTC_STATE_CASES,
]

/** Runs every case on `api`, one after the other. */
export async function runRtcCases(api: RtcApi): Promise<Record<string, { value?: unknown; error?: string }>> {
  const results: Record<string, { value?: unknown; error?: string }> = {}
  for (const { name, run } of RTC_CASES) {
    const timeout = sleep(20_000).then(() => Promise.reject(new Error('still waiting after 20 s')))
    try {
      results[name] = { value: await Promise.race([run(api), timeout]) }
    } catch (error) {
      results[name] = { error: String(error) }
    }
    timeout.catch(() => {})
  }
  return results
}
