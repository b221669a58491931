/**
 * Where lent channels go: to the tab's dedicated worker, so that a busy page cannot stall them, or to this thread where
 * that cannot be. No channel is ever lost.
 */
import { pumpChannel } from './rtc-pump.ts'

/** Takes a new channel and serves it over `port` from here on. */
export type Take = (channel: RTCDataChannel, port: MessagePort) => void

/** The dedicated worker that pumps channels. */
export function createPump(): Worker {
  return new Worker(new URL('./rtc-pump.ts', import.meta.url), { type: 'module', name: 'rtc-pump' })
}

/**
 * Starts the worker that `create` makes. Channels go to it once it has said that it is there; to this thread before, and
 * where there can be no worker, its script does not load, or a channel cannot be transferred.
 */
export function createHands(create: () => Worker): { take: Take; stop(): void } {
  const pump = start(create)
  let ready = false
  pump?.addEventListener('message', () => {
    ready = true
  })
  const take: Take = (channel, port) => {
    if (!ready || !pump) return pumpChannel(channel, port)
    try {
      // The channel first: if it cannot be moved, the port is still ours.
      pump.postMessage({ channel, port }, [channel, port])
    } catch {
      pumpChannel(channel, port)
    }
  }
  return { take, stop: () => pump?.terminate() }
}

function start(create: () => Worker): Worker | undefined {
  try {
    return create()
  } catch {
    // Forbidden here. This thread does as well, only a busy page then delays messages.
    return undefined
  }
}
