/** The pump between a data channel and its port: bounded, ordered, nothing lost. */
import { describe, expect, test } from 'vitest'
import { pumpChannel } from '../../src/ui/rtc-pump.ts'
import { PUMP_HIGH } from '../../src/worker/rtc/limits.ts'
import { type FromChannel, frameSize, type ToChannel } from '../../src/worker/rtc/messages.ts'

const KiB = 1024

/** A channel whose network takes nothing until told. */
class FakeChannel extends EventTarget {
  readyState = 'connecting'
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  binaryType = ''
  readonly id = 7
  readonly sent: (ArrayBuffer | string)[] = []
  onopen?: () => void
  onclose?: () => void
  onclosing?: () => void
  onerror?: (event: unknown) => void
  onbufferedamountlow?: () => void
  onmessage?: (event: unknown) => void

  send(frame: ArrayBuffer | string): void {
    if (this.readyState !== 'open') throw new DOMException('not open', 'InvalidStateError')
    this.sent.push(frame)
    this.bufferedAmount += frameSize(frame)
  }

  close(): void {
    if (this.readyState === 'closed') return
    this.readyState = 'closed'
    queueMicrotask(() => this.onclose?.())
  }

  open(): void {
    this.readyState = 'open'
    this.onopen?.()
  }

  drain(): void {
    this.bufferedAmount = 0
    this.onbufferedamountlow?.()
  }
}

function start(state: 'connecting' | 'open' = 'connecting') {
  const channel = new FakeChannel()
  channel.readyState = state
  const { port1, port2 } = new MessageChannel()
  const told: FromChannel[] = []
  port2.onmessage = ({ data }) => told.push(data)
  pumpChannel(channel as unknown as RTCDataChannel, port1)
  const post = (message: ToChannel | unknown) => port2.postMessage(message)
  const acked = () =>
    told.reduce((sum, message) => sum + (typeof message === 'object' && 'ack' in message ? message.ack : 0), 0)
  return { channel, told, post, acked }
}

describe('channel pump', () => {
  test('keeps what is sent until the channel is open', async () => {
    const { channel, told, post } = start()
    post(['early'])
    post({ unknown: 1 })
    post(['later'])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(channel.sent).toEqual([])
    channel.open()
    expect(channel.sent).toEqual(['early', 'later'])
    await expect
      .poll(() => told)
      .toEqual([
        { state: 'open', id: 7 },
        { ack: 10, frames: 2 },
      ])
  })

  test('never fills the real channel beyond its high mark, and acknowledges only what it handed over', async () => {
    const { channel, post, acked } = start('open')
    const total = 9 * 256 * KiB
    post(Array.from({ length: 9 }, () => new ArrayBuffer(256 * KiB)))
    await expect.poll(() => channel.sent.length).toBe(4)
    expect(channel.bufferedAmount).toBe(PUMP_HIGH)
    await expect.poll(acked).toBe(PUMP_HIGH)
    channel.drain()
    expect(channel.sent).toHaveLength(8)
    channel.drain()
    await expect.poll(acked).toBe(total)
  })

  test('closes only after everything has been handed over', async () => {
    const { channel, post, told } = start('open')
    post(Array.from({ length: 5 }, () => new ArrayBuffer(256 * KiB)))
    post({ close: true })
    post(['after close'])
    await expect.poll(() => channel.sent.length).toBe(4)
    expect(channel.readyState).toBe('open')
    channel.drain()
    expect(channel.sent).toHaveLength(5)
    await expect.poll(() => told.at(-1)).toEqual({ state: 'closed' })
  })

  test('a first message while connecting counts as open, and comes after it', async () => {
    const { channel, told } = start()
    channel.onmessage?.({ data: 'hello' })
    channel.open()
    await expect.poll(() => told).toEqual([{ state: 'open', id: 7 }, 'hello'])
  })

  test('a message above the limit closes the channel instead of passing', async () => {
    const { channel, told } = start('open')
    channel.onmessage?.({ data: new ArrayBuffer(256 * KiB + 1) })
    await expect.poll(() => told.at(-1)).toEqual({ state: 'closed' })
    expect(told).toHaveLength(2)
  })

  test('passes on why a channel ended', async () => {
    const { channel, told } = start('open')
    channel.onerror?.({
      error: { name: 'OperationError', message: 'gone', errorDetail: 'sctp-failure', sctpCauseCode: 12 },
    })
    channel.close()
    const error = { name: 'OperationError', message: 'gone', detail: 'sctp-failure', cause: 12 }
    await expect.poll(() => told.slice(1)).toEqual([{ error }, { state: 'closed' }])
  })
})
