/**
 * WebRTC with nothing around it: one data channel between two pages, made by plain page script, with the signalling done
 * here. The yardstick for what our connections do in the same browsers.
 */
import type { Page } from 'playwright-core'

export interface RawChannel {
  /** Milliseconds from the first call of the API to the open channel: gathering, signalling, ICE, DTLS and SCTP. */
  readonly setUp: number
  /** Sends `size` bytes. @returns milliseconds from the first send to the news that the other page has them all. */
  send(size: number): Promise<number>
  close(): Promise<void>
}

/** What this leaves in a page for its later calls. */
interface Raw {
  pc: RTCPeerConnection
  channel: Promise<RTCDataChannel>
}

type PageWithRaw = typeof globalThis & { benchRaw: Raw }

/** Bytes of one message; what is queued at most, and at how much it is filled up again (platform.md §3). */
const MESSAGE = 64 * 1024
const HIGH = 1024 * 1024
const LOW = 256 * 1024

/** Connects two pages, which may hold one raw channel each. */
export async function openRawChannel(from: Page, to: Page): Promise<RawChannel> {
  const started = performance.now()
  const offer = await from.evaluate(makeOffer, LOW)
  const answer = await to.evaluate(makeAnswer, offer)
  await from.evaluate(async (sdp) => {
    const { pc, channel } = (globalThis as PageWithRaw).benchRaw
    await pc.setRemoteDescription({ type: 'answer', sdp })
    await channel
  }, answer)
  const setUp = performance.now() - started
  return {
    setUp,
    async send(size) {
      // First: what comes while nobody listens is lost.
      await to.evaluate(expectBytes, size)
      return from.evaluate(sendAll, { size, message: MESSAGE, high: HIGH })
    },
    async close() {
      await Promise.all([from, to].map((page) => page.evaluate(() => (globalThis as PageWithRaw).benchRaw.pc.close())))
    },
  }
}

async function makeOffer(low: number): Promise<string> {
  const pc = new RTCPeerConnection()
  const channel = pc.createDataChannel('bench')
  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = low
  const open = new Promise<RTCDataChannel>((resolve) => {
    channel.onopen = () => resolve(channel)
  })
  Object.assign(globalThis, { benchRaw: { pc, channel: open } })
  const gathered = new Promise((resolve) => {
    pc.onicecandidate = ({ candidate }) => candidate === null && resolve(undefined)
  })
  await pc.setLocalDescription()
  await gathered
  return pc.localDescription?.sdp ?? ''
}

async function makeAnswer(sdp: string): Promise<string> {
  const pc = new RTCPeerConnection()
  const channel = new Promise<RTCDataChannel>((resolve) => {
    pc.ondatachannel = (event) => {
      event.channel.binaryType = 'arraybuffer'
      resolve(event.channel)
    }
  })
  Object.assign(globalThis, { benchRaw: { pc, channel } })
  const gathered = new Promise((resolve) => {
    pc.onicecandidate = ({ candidate }) => candidate === null && resolve(undefined)
  })
  await pc.setRemoteDescription({ type: 'offer', sdp })
  await pc.setLocalDescription()
  await gathered
  return pc.localDescription?.sdp ?? ''
}

/** Tells the sender when `size` bytes have come in. */
async function expectBytes(size: number): Promise<void> {
  const channel = await (globalThis as PageWithRaw).benchRaw.channel
  let left = size
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    left -= data.byteLength
    if (left > 0) return
    channel.onmessage = null
    channel.send('all')
  }
}

async function sendAll({ size, message, high }: { size: number; message: number; high: number }): Promise<number> {
  const channel = await (globalThis as PageWithRaw).benchRaw.channel
  const bytes = crypto.getRandomValues(new Uint8Array(message))
  const all = new Promise((resolve) => {
    channel.onmessage = resolve
  })
  const started = performance.now()
  for (let sent = 0; sent < size; sent += message) {
    if (channel.bufferedAmount + message > high) {
      await new Promise((resolve) => {
        channel.onbufferedamountlow = resolve
      })
    }
    channel.send(bytes)
  }
  await all
  return performance.now() - started
}
