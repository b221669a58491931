/**
 * Unmodified @libp2p/webrtc in the SharedWorkers of two browsers, on connections lent by their tabs, through a relay in
 * this process.
 */
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Seen } from '../contract/pages/libp2p-node.ts'
import { type Browser, launch } from '../fixtures/chromium.ts'
import { type Pages, servePages } from '../fixtures/pages.ts'

type Scope = { call(name: string, ...args: unknown[]): Promise<unknown> }

const DIALS = 40
const MiB = 1024 * 1024

/** A circuit relay whose limits are large but finite: an unlimited circuit is never upgraded to a direct path. */
function startRelay(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { abortConnectionOnPingFailure: false },
    services: {
      identify: identify(),
      relay: circuitRelayServer({
        reservations: { maxReservations: 64, defaultDataLimit: 1n << 40n, defaultDurationLimit: 86_400_000 },
      }),
    },
  }) as Promise<Libp2p>
}

function call<T>(page: Page, name: string, ...args: unknown[]): Promise<T> {
  return page.evaluate(([command, rest]) => (globalThis as unknown as Scope).call(command, ...rest), [
    name,
    args,
  ] as const) as Promise<T>
}

async function openTab(browser: Browser, pages: Pages): Promise<Page> {
  const page = await browser.context.newPage()
  await page.goto(`${pages.origin}/libp2p.html`)
  await page.waitForFunction(() => 'call' in globalThis)
  return page
}

describe('libp2p on lent WebRTC', () => {
  let pages: Pages
  let relay: Libp2p
  let address: string
  let near: Browser
  let far: Browser
  let nearTab: Page
  let farTab: Page
  let farPeer: string
  let nearPeer: string

  beforeAll(async () => {
    pages = await servePages(new URL('../contract/pages/', import.meta.url), ['libp2p.html'])
    relay = await startRelay()
    address = String(relay.getMultiaddrs()[0])
    near = await launch()
    far = await launch()
    nearTab = await openTab(near, pages)
    farTab = await openTab(far, pages)
    nearPeer = await call(nearTab, 'start', address)
    farPeer = await call(farTab, 'start', address)
  }, 120_000)

  afterAll(async () => {
    await Promise.all([near?.close(), far?.close()])
    await relay?.stop()
    await pages?.close()
  })

  test(`dials ${DIALS} times without one hang, directly and without limits`, async () => {
    for (let dial = 0; dial < DIALS; dial++) {
      const seen = await call<Seen>(nearTab, 'dial', address, farPeer)
      expect(seen).toEqual({ direct: true, limited: false, status: 'open' })
      if (dial < DIALS - 1) await call(nearTab, 'hangUp', farPeer)
    }
    await expect.poll(() => call(nearTab, 'tabs')).toMatchObject([{ connections: 1 }])
  }, 360_000)

  test('echoes 8 MiB unharmed', async () => {
    expect(await call(nearTab, 'echo', farPeer, 8 * MiB)).toBe('identical')
  }, 120_000)

  test('closes the connections of a closed tab on both sides, and only those', async () => {
    const second = await openTab(near, pages)
    // The hidden tab is passed over, so the next connection is the second tab's.
    await expect.poll(() => call<unknown[]>(second, 'tabs')).toHaveLength(2)
    const dialled = await call<{ visible: boolean; connections: number }[]>(second, 'tabs')
    expect(dialled.map(({ connections }) => connections)).toEqual([1, 0])
    expect(await call<Seen>(second, 'dial', address, farPeer)).toMatchObject({ direct: true })
    await expect
      .poll(async () => (await call<{ connections: number }[]>(second, 'tabs')).map(({ connections }) => connections))
      .toEqual([1, 1])
    const direct = async (page: Page, peer: string) =>
      (await call<Seen[]>(page, 'connections', peer)).filter((seen) => seen.direct && seen.status === 'open').length
    await expect.poll(() => direct(farTab, nearPeer)).toBe(2)

    await second.close()

    await expect.poll(() => call<unknown[]>(nearTab, 'tabs'), { timeout: 4_000 }).toHaveLength(1)
    // Far below the 15 s WebRTC itself takes to call a silent peer gone.
    await expect.poll(() => direct(nearTab, farPeer), { timeout: 4_000 }).toBe(1)
    await expect.poll(() => direct(farTab, nearPeer), { timeout: 4_000 }).toBe(1)
    expect(await call(nearTab, 'echo', farPeer, MiB)).toBe('identical')
  }, 120_000)
})
