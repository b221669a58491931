/**
 * Moves the bytes of lent data channels between the real channel and the worker's port. Runs as a dedicated worker of
 * the tab, so that a busy page cannot stall a connection; the page imports {@link pumpChannel} for the rare channel
 * that cannot be transferred.
 *
 * Bounded: the real channel never holds more than {@link PUMP_HIGH} bytes, the queue here never more than the worker's
 * unacknowledged bytes. Receiving cannot be slowed (RTCDataChannel has no way to), so buffers are passed on at once.
 */
import { asToChannel } from '../worker/rtc/guards.ts'
import { MAX_MESSAGE, PUMP_HIGH, PUMP_LOW } from '../worker/rtc/limits.ts'
import { errorInfo, type Frame, type FromChannel, frameSize } from '../worker/rtc/messages.ts'

/** Serves `channel` over `port` until it closes. Handlers are attached before this returns. */
export function pumpChannel(channel: RTCDataChannel, port: MessagePort): void {
  const queue: Frame[] = []
  let reported = false
  let closing = false

  const tell = (message: FromChannel, transfer: Transferable[] = []) => port.postMessage(message, transfer)
  const open = () => {
    if (reported) return
    reported = true
    tell({ state: 'open', id: channel.id })
  }
  const flush = () => {
    if (channel.readyState !== 'open') return
    const done = drain(channel, queue)
    if (done.frames > 0) tell(done)
    if (closing && queue.length === 0) channel.close()
  }

  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = PUMP_LOW
  channel.onbufferedamountlow = flush
  channel.onopen = () => {
    open()
    flush()
  }
  channel.onmessage = ({ data }: MessageEvent<Frame>) => {
    // A transferred channel may deliver its first message while still `connecting`: it is as good as open.
    open()
    if (frameSize(data) > MAX_MESSAGE) channel.close()
    else tell(data, typeof data === 'string' ? [] : [data])
  }
  channel.onerror = (event) => tell({ error: errorInfo((event as Event & { error?: unknown }).error) })
  channel.onclosing = () => tell({ state: 'closing' })
  channel.onclose = () => {
    queue.length = 0
    tell({ state: 'closed' })
  }
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = asToChannel(data)
    if (!message) return
    if ('close' in message) {
      closing = true
      if (queue.length === 0) channel.close()
    } else if (!closing && channel.readyState !== 'closing' && channel.readyState !== 'closed') {
      queue.push(...message)
    }
    flush()
  }
  if (channel.readyState === 'open') open()
  if (channel.readyState === 'closed') tell({ state: 'closed' })
}

/** Hands frames to the real channel while it has room. */
function drain(channel: RTCDataChannel, queue: Frame[]): { ack: number; frames: number } {
  const done = { ack: 0, frames: 0 }
  for (const frame of queue) {
    const size = frameSize(frame)
    if (channel.bufferedAmount > 0 && channel.bufferedAmount + size > PUMP_HIGH) break
    try {
      // The overloads of send() take text or bytes, not either.
      channel.send(frame as ArrayBuffer)
    } catch {
      // It closed under us, or will: the close event follows and clears the queue.
      channel.close()
      break
    }
    done.ack += size
    done.frames++
  }
  queue.splice(0, done.frames)
  return done
}

// As a dedicated worker: the tab posts each channel with its port at birth, after a first word that we are here.
if (!('document' in globalThis) && 'RTCDataChannel' in globalThis) {
  const scope = globalThis as unknown as Worker
  scope.addEventListener('message', ({ data }: MessageEvent<{ channel: RTCDataChannel; port: MessagePort }>) => {
    pumpChannel(data.channel, data.port)
  })
  scope.postMessage('ready')
}
