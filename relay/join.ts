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
 * @throws what the source was reset with; nothing if the sink went.
 */
export function forward(from: Stream, to: Stream, { meter, onBytes }: JoinOptions): void {
  const held = new Uint8ArrayList()
  /** Why nothing is forwarded now, if something is held up. */
  let stopped = false
  let ended = false

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
    setFlow(from, stopped)
    if (ended && !stopped) close(to)
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
}

/** Calls `next` when `stream` takes more; never, if it closes. */
function afterDrain(stream: Stream, next: () => void): void {
  // Its end ends the circuit.
  stream.onDrain().then(next, () => {})
}

function setFlow(stream: Stream, stop: boolean): void {
  if (stream.readStatus === 'closing' || stream.readStatus === 'closed') return
  if (stop) stream.pause()
  else if (stream.readStatus === 'paused') stream.resume()
}

function close(stream: Stream): void {
  if (stream.writeStatus !== 'writable') return
  stream.close().catch((error) => stream.abort(error instanceof Error ? error : new Error('could not close')))
}
