/** News of the network, which a page hears and a SharedWorker may not: the tab passes it on to the worker. */
import type { News } from '../worker/rtc/messages.ts'

/** W3C Network Information: Chromium, and Firefox on Android. */
interface NetworkInformation extends EventTarget {
  readonly type?: string
  readonly effectiveType?: string
}

/** Reports that the network is back or another one, until the returned function is called. */
export function watchNetwork(report: (what: News) => void): () => void {
  const { connection } = navigator as Navigator & { readonly connection?: NetworkInformation }
  const kind = () => `${connection?.type} ${connection?.effectiveType}`
  let before = kind()
  const online = () => report('online')
  // `change` also tells of every new estimate of the speed.
  const change = () => {
    if (kind() === before) return
    before = kind()
    report('network')
  }
  addEventListener('online', online)
  connection?.addEventListener('change', change)
  return () => {
    removeEventListener('online', online)
    connection?.removeEventListener('change', change)
  }
}
