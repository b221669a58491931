/**
 * Lends this tab's WebRTC to the worker: makes connections on request, tells about the tab itself, and closes everything
 * when the page goes, so that the other sides learn of it at once. The same is done when the browser freezes the page,
 * which would keep everybody waiting for it. What the bridge is and promises is said in `../worker/rtc/shim.ts`.
 */
import { asDown } from '../worker/rtc/guards.ts'
import { MAX_CONNECTIONS } from '../worker/rtc/limits.ts'
import type { Config, PcUp, TabUp } from '../worker/rtc/messages.ts'
import { createHands, createPump as defaultPump } from './rtc-hands.ts'
import { Lent } from './rtc-lent.ts'
import { watchNetwork } from './rtc-news.ts'

export interface LendOptions {
  /** This tab's end of the control port; the other end goes to `RtcPool.add` in the worker. */
  readonly port: MessagePort
  /** Makes the dedicated worker that pumps channels; replaced in tests. */
  readonly createPump?: () => Worker
  /**
   * The worker no longer wants this tab's connections (it took the tab for hung), or the page was frozen and runs again.
   * Lend anew with a new port and id.
   */
  readonly onend?: () => void
}

/**
 * Lends until `stop()`, `pagehide`, `freeze`, or the worker's `end`. After any of these the port is closed for good; a
 * page shown again from the back/forward cache lends anew under a new id.
 */
export function lendRtc({ port, createPump = defaultPump, onend }: LendOptions): { stop(): void } {
  const tell = (message: PcUp | TabUp, transfer: Transferable[] = []) => port.postMessage(message, transfer)
  const lent = new Map<number, Lent>()
  const hands = createHands(createPump)

  const stop = () => {
    tell({ ev: 'bye' })
    for (const one of lent.values()) one.close()
    lent.clear()
    hands.stop()
    port.close()
    removeEventListener('pagehide', stop)
    document.removeEventListener('visibilitychange', look)
    document.removeEventListener('freeze', freeze)
    unwatch()
  }
  const thaw = () => onend?.()
  const freeze = () => {
    stop()
    document.addEventListener('resume', thaw, { once: true })
  }
  const look = () => tell({ ev: 'visible', visible: document.visibilityState === 'visible' })
  const make = (pc: number, config: Config) => {
    if (lent.has(pc)) return
    if (lent.size < MAX_CONNECTIONS) lent.set(pc, new Lent(pc, config, tell, hands.take))
    else tell({ ev: 'dead', pc, error: { name: 'OperationError', message: 'this tab lends no more connections' } })
  }

  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = asDown(data)
    if (!message) return
    if (message.op === 'ask') tell({ ev: 'here' })
    else if (message.op === 'new') make(message.pc, message.config)
    else if (message.op === 'end') {
      stop()
      onend?.()
    } else if (message.op === 'close') {
      lent.get(message.pc)?.close()
      lent.delete(message.pc)
    } else lent.get(message.pc)?.run(message)
  }
  addEventListener('pagehide', stop)
  document.addEventListener('visibilitychange', look)
  document.addEventListener('freeze', freeze)
  const unwatch = watchNetwork((what) => tell({ ev: 'news', what }))
  look()
  return {
    stop() {
      document.removeEventListener('resume', thaw)
      stop()
    },
  }
}
