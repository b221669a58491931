/**
 * Two browsers with a libp2p node in the SharedWorker and another in the window (`pages/peer.ts`), connected with their
 * likes over WebRTC and through a relay: what the figures of the bridge and of the relay are measured on.
 */
import type { Page } from 'playwright-core'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { rate } from './figure.ts'
import type { Path, PeerCommands } from './pages/peer-node.ts'

/** Where a node runs. */
export type Place = 'worker' | 'window'

export interface Peers {
  /** The pages of the two browsers; bytes go from the first to the second. */
  readonly near: Page
  readonly far: Page
  /** Sends `size` bytes on one stream. @returns MiB/s. */
  throughput(place: Place, path: Path, size: number): Promise<number>
  /** Sends single bytes there and back. @returns milliseconds of each round. */
  echo(place: Place, path: Path, times: number): Promise<number[]>
  close(): Promise<void>
}

type Scope = typeof globalThis & {
  peers: Record<Place, (name: keyof PeerCommands, ...args: unknown[]) => Promise<unknown>>
}

/** Starts all four nodes, of the page at `url`, on the relay at this multiaddr; connects them, directly and through it. */
export async function openPeers(url: string, relay: string): Promise<Peers> {
  const browsers = await Promise.all([launch(), launch()])
  const close = async (): Promise<void> => {
    await Promise.all(browsers.map((browser) => browser.close()))
  }
  try {
    return { ...(await connectPeers(browsers, url, relay)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function connectPeers(browsers: readonly Browser[], url: string, relay: string): Promise<Omit<Peers, 'close'>> {
  const [near, far] = (await Promise.all(
    browsers.map(async ({ context }) => {
      const page = context.pages()[0] ?? (await context.newPage())
      await page.goto(url)
      await page.waitForFunction(() => 'peers' in globalThis)
      return page
    }),
  )) as [Page, Page]
  const ids: Record<Place, string> = { worker: '', window: '' }
  for (const place of ['worker', 'window'] as const) {
    await call(near, place, 'reserve', relay)
    ids[place] = await call(far, place, 'reserve', relay)
    for (const path of ['direct', 'relayed'] as const) await call(near, place, 'connect', relay, ids[place], path)
  }
  return {
    near,
    far,
    throughput: async (place, path, size) => rate(size, await call(near, place, 'send', ids[place], path, size)),
    echo: (place, path, times) => call(near, place, 'echo', ids[place], path, times),
  }
}

function call<Name extends keyof PeerCommands>(
  page: Page,
  place: Place,
  name: Name,
  ...args: Parameters<PeerCommands[Name]>
): Promise<Awaited<ReturnType<PeerCommands[Name]>>> {
  return page.evaluate(([where, command, rest]) => (globalThis as Scope).peers[where](command, ...rest), [
    place,
    name,
    args,
  ] as const) as Promise<Awaited<ReturnType<PeerCommands[Name]>>>
}
