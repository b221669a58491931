/**
 * The part of the WebRTC contract that is about what can be read and when: properties as each event finds them, the order
 * of events with each other and with promises, and what `bufferedAmount` counts.
 */
import type { RtcCase } from './rtc.ts'
import { close, collect, connect, equal, errorOf, KiB, negotiate, once, pair, record, sleep } from './rtc-tools.ts'

/** What every handler may read of a connection, short enough to compare. */
function look(connection: RTCPeerConnection) {
  const { signalingState, localDescription, remoteDescription, sctp } = connection
  return [signalingState, localDescription?.type ?? '-', remoteDescription?.type ?? '-', sctp?.maxMessageSize ?? '-']
}

/** Without the states of ICE, of which Chromium may skip one when it is quick. */
const CALM = ['negotiationneeded', 'signalingstatechange'] as const

export const RTC_STATE_CASES: readonly RtcCase[] = [
  {
    name: 'shows each handler and each promise the properties of that moment, in the order of the standard',
    async run(api) {
      const { a, b } = pair(api)
      const seen: unknown[] = []
      for (const [name, connection] of Object.entries({ a, b })) {
        for (const event of CALM) {
          connection.addEventListener(event, () => seen.push([name, event, ...look(connection)]))
        }
      }
      b.addEventListener('datachannel', ({ channel }) => seen.push(['b', 'datachannel', channel.label, ...look(b)]))
      const needed = once(a, 'negotiationneeded')
      const channel = a.createDataChannel('x')
      const open = once(channel, 'open')
      const arrived = once(b, 'datachannel')
      seen.push(['a', 'createDataChannel', ...look(a)])
      await needed
      const step = async (name: string, connection: RTCPeerConnection, act: () => Promise<unknown>) => {
        const result = await act()
        seen.push([name, 'done', ...look(connection)])
        return result as RTCSessionDescriptionInit
      }
      const offer = await step('a', a, () => a.createOffer())
      await step('a', a, () => a.setLocalDescription(offer))
      await step('b', b, () => b.setRemoteDescription(offer))
      const answer = await step('b', b, () => b.createAnswer())
      await step('b', b, () => b.setLocalDescription(answer))
      await step('a', a, () => a.setRemoteDescription(answer))
      await Promise.all([open, arrived])
      close(a, b)
      return seen
    },
  },
  {
    name: 'goes through the states of a connection in order, and gathers to the end',
    async run(api) {
      const { a, b } = pair(api)
      const seen = { connection: ['new'], ice: ['new'], gathering: ['new'] }
      a.addEventListener('connectionstatechange', () => seen.connection.push(a.connectionState))
      a.addEventListener('iceconnectionstatechange', () => seen.ice.push(a.iceConnectionState))
      a.addEventListener('icegatheringstatechange', () => seen.gathering.push(a.iceGatheringState))
      let last: RTCIceCandidate | null | undefined
      const gathered = new Promise<void>((resolve) => {
        a.addEventListener('icecandidate', ({ candidate }) => {
          last = candidate
          if (candidate === null) resolve()
        })
      })
      const open = once(a.createDataChannel('x'), 'open')
      await negotiate({ a, b })
      await Promise.all([open, gathered])
      while (a.connectionState !== 'connected' || a.iceGatheringState !== 'complete') await sleep(5)
      close(a, b)
      // Only some of them are sure to be seen one by one; none may come twice or go back.
      const ICE = ['new', 'checking', 'connected', 'completed']
      equal(
        seen.ice.map((state) => ICE.indexOf(state)).every((at, i, all) => i === 0 || at > (all[i - 1] as number)),
        true,
      )
      return { connection: seen.connection, gathering: seen.gathering, last }
    },
  },
  {
    name: 'is closed at once by close(), with no event of its own',
    async run(api) {
      const { a, b, near } = await connect(api)
      const events: string[] = []
      for (const name of ['connectionstatechange', 'iceconnectionstatechange', 'signalingstatechange']) {
        a.addEventListener(name, () => events.push(name))
      }
      // Chromium fires `closing` before, and has the channel `open` till then; the standard has neither.
      const channelEvents = record(near, ['error', 'close'])
      const closed = once(near, 'close')
      a.close()
      const at = [a.connectionState, a.iceConnectionState, a.signalingState, near.id]
      const described = [a.localDescription?.type, a.remoteDescription?.type]
      await closed
      await sleep(50)
      close(b)
      return { at, described, events, channelEvents }
    },
  },
  {
    name: 'obeys the message size that the other side announces',
    async run(api) {
      const { a, b } = pair(api)
      const channel = a.createDataChannel('x')
      const open = once(channel, 'open')
      const arrived = once(b, 'datachannel')
      const sizes: unknown[] = [a.sctp?.maxMessageSize]
      await a.setLocalDescription(await a.createOffer())
      sizes.push(a.sctp?.maxMessageSize)
      await b.setRemoteDescription(a.localDescription as RTCSessionDescription)
      sizes.push(b.sctp?.maxMessageSize)
      const answer = await b.createAnswer()
      await b.setLocalDescription(answer)
      const small = answer.sdp?.replace(/a=max-message-size:\d+/, 'a=max-message-size:1024') ?? ''
      await a.setRemoteDescription({ type: 'answer', sdp: small })
      sizes.push(a.sctp?.maxMessageSize, b.sctp?.maxMessageSize)
      const far = ((await arrived) as RTCDataChannelEvent).channel
      await open
      const got = collect(far, 1)
      const tooLarge = await errorOf(() => channel.send(new Uint8Array(1025)))
      const text = await errorOf(() => channel.send('é'.repeat(513)))
      channel.send(new Uint8Array(1024))
      const size = ((await got)[0] as ArrayBuffer).byteLength
      close(a, b)
      return { sizes, tooLarge, text, size }
    },
  },
  {
    name: 'counts in bufferedAmount what send() took, text as UTF-8',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      const got = collect(far, 4)
      const amounts: number[] = []
      for (const data of ['grüße', '', new Uint8Array(3), new DataView(new ArrayBuffer(8), 2, 4)]) {
        near.send(data as string)
        amounts.push(near.bufferedAmount)
      }
      const inTheSameTurn = amounts.at(-1)
      await got
      while (near.bufferedAmount > 0) await sleep(5)
      close(a, b)
      return { amounts, inTheSameTurn }
    },
  },
  {
    name: 'keeps bufferedAmount of what a close left behind',
    async run(api) {
      const { a, near } = await connect(api)
      near.send(new Uint8Array(64 * KiB))
      const before = near.bufferedAmount
      const closed = once(near, 'close')
      a.close()
      const at = near.bufferedAmount
      await closed
      const after = near.bufferedAmount
      const refused = await errorOf(() => near.send('x'))
      return { before, at, after, refused, still: near.bufferedAmount }
    },
  },
  {
    name: 'fires bufferedamountlow once for each time the amount falls to the threshold',
    async run(api) {
      const { a, b, near, far } = await connect(api)
      let fired = 0
      near.addEventListener('bufferedamountlow', () => fired++)
      const rounds: unknown[] = []
      const drained = async (messages: number, size: number) => {
        const got = collect(far, messages)
        const before = fired
        for (let i = 0; i < messages; i++) near.send(new Uint8Array(size))
        await got
        while (near.bufferedAmount > 0) await sleep(5)
        await sleep(20)
        rounds.push(fired - before)
      }
      rounds.push(near.bufferedAmountLowThreshold)
      await drained(3, 16 * KiB)
      near.bufferedAmountLowThreshold = 8 * KiB
      await drained(3, 16 * KiB)
      // Never above it, so it never falls to it.
      near.bufferedAmountLowThreshold = 64 * KiB
      await drained(3, 16 * KiB)
      close(a, b)
      return rounds
    },
  },
  {
    name: 'keeps what negotiated channels agreed on, and takes and frees their ids',
    async run(api) {
      const both = pair(api)
      const init = { negotiated: true, id: 7, ordered: false, maxRetransmits: 3, protocol: 'p' } as const
      const [near, far] = [both.a.createDataChannel('x', init), both.b.createDataChannel('x', init)]
      const open = Promise.all([once(near, 'open'), once(far, 'open')])
      const before = [near.id, near.readyState, near.negotiated, near.ordered, near.maxRetransmits, near.protocol]
      await negotiate(both)
      await open
      // On an open connection, in an id between those of the two sides' own.
      const later = [8, 9].map((id) => [both.a, both.b].map((c) => c.createDataChannel('y', { negotiated: true, id })))
      await Promise.all(later.flat().map((channel) => channel.readyState === 'open' || once(channel, 'open')))
      const got = Promise.all(later.map(([, there]) => collect(there as RTCDataChannel, 1)))
      for (const [here] of later) here?.send(String(here.id))
      const seen = await got
      const own = both.a.createDataChannel('z')
      await once(own, 'open')
      close(both.a, both.b)
      return { before, seen, own: own.negotiated, free: [7, 8, 9].includes(own.id as number) }
    },
  },
]
