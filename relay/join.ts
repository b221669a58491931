/**
 * Joins two streams into a circuit: what comes in on one goes out on the other, in the pace that the meter allows and that
 * the other side takes, and never more than a window of it is held here. The js server pipes them through queues without
 * end instead, so that a fast sender and a slow reader fill the relay's memory; and half of what it pipes is lost where a
 * side closes while the other is held up.
 */
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import type { Meter } from './budget.ts'

export interface JoinOptions {
  readonly meter: Pick<Meter, 'piece' | 'draw'>
  /** Bytes that were forwarded. */
  readonly onBytes: (bytes: number) => void
}

/**
 * Forwards from one stream to the other until its end, which is passed on.
 * @returns whether something is held here that the other side has not taken yet.
 * @throws what the source was reset with; nothing if the sink went.
 */
export function forward(from: Stream, to: Stream, { meter, onBytes }: JoinOptions): () => boolean {
  const held = new Uint8ArrayList()
  /** Why nothing is forwarded now, if something is held up. */
  let stopped = false
  let ended = false
  let resuming = false

  const go = (): void => {
    stopped = false
    pump()
  }

  const pump = (): void => {
    while (!stopped && held.byteLength > 0) {
      if (to.writeStatus !== 'writable') {
        held.consume(held.byteLength)
        return
      }
      const size = Math.min(held.byteLength, meter.piece)
      const piece = held.sublist(0, size)
      held.consume(size)
      const wait = meter.draw(size)
      onBytes(size)
      const room = to.send(piece)
      stopped = wait > 0 || !room
      if (wait > 0) setTimeout(() => (room ? go() : afterDrain(to, go)), wait).unref()
      else if (!room) afterDrain(to, go)
    }
    setFlow()
    if (ended && !stopped) close(to)
  }

  const setFlow = (): void => {
    // What was held up is dispatched within `resume()`, which opens the window after that whatever was said meanwhile: a
    // stream that is paused by then would fill up beyond its limit.
    if (resuming || from.readStatus === 'closing' || from.readStatus === 'closed') return
    if (!stopped && from.readStatus === 'paused') {
      resuming = true
      from.resume()
      resuming = false
    }
    // It may be over since.
    if (stopped && from.readStatus === 'readable') from.pause()
  }

  from.addEventListener('message', ({ data }: StreamMessageEvent) => {
    held.append(data)
    pump()
  })
  // It comes once all that was read has been dispatched, which `remoteCloseWrite` does not wait for.
  from.addEventListener('end', () => {
    ended = true
    pump()
  })
  from.addEventListener('close', ({ error }: StreamCloseEvent) => {
    if (error) to.abort(error)
  })
  if (from.readableEnded) {
    ended = true
    pump()
  }
  return () => held.byteLength > 0 || to.writableNeedsDrain || to.writeBufferLength > 0
}

/**
 * Calls `next` when `stream` takes more; never, if it closes, since its end ends the circuit. (Its `onDrain()` gives one
 * promise for ever, which the first drain resolves.)
 */
function afterDrain(stream: Stream, next: () => void): void {
  if (stream.writableNeedsDrain) stream.addEventListener('drain', next, { once: true })
  else next()
}

function close(stream: Stream): void {
  if (stream.writeStatus !== 'writable') return
  stream.close().catch((error) => stream.abort(error instanceof Error ? error : new Error('could not close')))
}
