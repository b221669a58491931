/**
 * When a page is ready: measured in the page from the start of its navigation, so that neither the browser's own start
 * nor the harness counts. The app is ready when its console API says that the node has reached the relay and can be
 * dialled there, and that the cafe is open; a bare node (`pages/peer.ts`) when it can be dialled there.
 */
import type { Page } from 'playwright-core'
import type { PeerCommands } from './pages/peer-node.ts'

type Scope = typeof globalThis & {
  peers: { worker(name: keyof PeerCommands, ...args: unknown[]): Promise<unknown> }
  benchReady: Promise<number>
}

/** Milliseconds after which a page that is not ready has failed. */
const PATIENCE = 30_000

/** Every document of `page` from now on measures itself; `relay` is the multiaddr a bare node asks for a seat. */
export async function measureReady(page: Page, relay: string): Promise<void> {
  await page.addInitScript(install, { relay, patience: PATIENCE })
}

/** Milliseconds of the present document of `page`, once it is ready. */
export function readyTime(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as Scope).benchReady)
}

function install({ relay, patience }: { relay: string; patience: number }): void {
  const scope = globalThis as Scope
  const isReady = async (): Promise<boolean> => {
    if ('peers' in scope) return (await scope.peers.worker('reserve', relay)) !== undefined
    if (!('cafe' in scope)) return false
    const [status, host] = await Promise.all([cafe.node.status(), cafe.host.status()])
    return status.relay === 'connected' && status.addresses.length > 0 && host.open
  }
  const wait = async (): Promise<number> => {
    while (!(await isReady())) {
      if (performance.now() > patience) throw new Error(`not ready after ${patience} ms`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return performance.now()
  }
  scope.benchReady = wait()
  scope.benchReady.catch(() => {}) // whoever asks for the time is told
}
