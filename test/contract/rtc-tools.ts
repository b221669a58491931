/** What the cases of `rtc.ts` are written with: a connected pair, recorders, checks that throw. */

/** The implementation under test. */
export interface RtcApi {
  readonly RTCPeerConnection: typeof RTCPeerConnection
}

export interface Pair {
  readonly a: RTCPeerConnection
  readonly b: RTCPeerConnection
}

export const KiB = 1024
export const MiB = 1024 * KiB

export const once = (target: EventTarget, name: string): Promise<Event> =>
  new Promise((resolve) => target.addEventListener(name, resolve, { once: true }))

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Two connections that hand each other their candidates as they would over a wire. */
export function pair({ RTCPeerConnection }: RtcApi, config?: RTCConfiguration): Pair {
  const a = new RTCPeerConnection(config)
  const b = new RTCPeerConnection(config)
  const trickle = (from: RTCPeerConnection, to: RTCPeerConnection) => {
    from.onicecandidate = ({ candidate }) => {
      if (candidate) void to.addIceCandidate(JSON.parse(JSON.stringify(candidate)))
    }
  }
  trickle(a, b)
  trickle(b, a)
  return { a, b }
}

export async function negotiate({ a, b }: Pair): Promise<void> {
  const offer = await a.createOffer()
  await a.setLocalDescription(offer)
  await b.setRemoteDescription(offer)
  const answer = await b.createAnswer()
  await b.setLocalDescription(answer)
  await a.setRemoteDescription(answer)
}

/** A connected pair with one channel each way of looking at it. */
export async function connect(api: RtcApi, init?: RTCDataChannelInit) {
  const both = pair(api)
  const near = both.a.createDataChannel('test', init)
  const incoming = once(both.b, 'datachannel')
  const open = once(near, 'open')
  await negotiate(both)
  const far = ((await incoming) as RTCDataChannelEvent).channel
  await open
  return { ...both, near, far }
}

export function close(...connections: RTCPeerConnection[]): void {
  for (const connection of connections) connection.close()
}

/** The next `count` messages of a channel. */
export function collect(channel: RTCDataChannel, count: number): Promise<unknown[]> {
  const got: unknown[] = []
  return new Promise((resolve, reject) => {
    if (count === 0) resolve(got)
    channel.onclose = () => reject(new Error(`closed after ${got.length} of ${count} messages`))
    channel.onmessage = ({ data }) => {
      got.push(data)
      if (got.length === count) resolve(got)
    }
  })
}

/** Names of the events a channel fires, with its state at each. */
export function record(channel: RTCDataChannel, names: readonly string[]): string[] {
  const seen: string[] = []
  for (const name of names) {
    channel.addEventListener(name, (event) => {
      const { error } = event as Event & { error?: { name: string; errorDetail: string } }
      seen.push([name, channel.readyState, ...(error ? [error.name, error.errorDetail] : [])].join(' '))
    })
  }
  return seen
}

/** Name of the error that `act` throws or rejects with, or `none`. */
export async function errorOf(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'none'
  } catch (error) {
    return (error as Error).name
  }
}

export function noise(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let state = seed * 2_654_435_761 + 1
  for (let i = 0; i < size; i++) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

export async function digest(parts: readonly unknown[]): Promise<string> {
  const bytes = new Uint8Array(await new Blob(parts as ArrayBuffer[]).arrayBuffer())
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()
}

export function equal(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (left !== right) throw new Error(`got ${left}, expected ${right}`)
}
