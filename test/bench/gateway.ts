/**
 * Where the gateway's figures are measured: our service worker and one with the library it is compared with, on one origin
 * and so over the same blocks, in one browser; each answers a page of its own. No debugger listens to the data.
 */
import type { Page } from 'puppeteer-core'
import { launchBare } from '../fixtures/bare-chromium.ts'
import { servePages } from '../fixtures/pages.ts'
import type { Context } from './context.ts'
import { compare, type Measured, median, rate } from './figure.ts'
import type { GatewayLab, Made, Read } from './pages/gateway-page.ts'

export interface LabTab {
  call<Name extends keyof GatewayLab>(
    name: Name,
    ...args: Parameters<GatewayLab[Name]>
  ): Promise<Awaited<ReturnType<GatewayLab[Name]>>>
}

export interface GatewayWorld {
  readonly ours: LabTab
  readonly library: LabTab
  /** Bytes that our service worker holds now, garbage included. */
  heap(): Promise<number>
  /** A file or folder that all figures share, made at the first use. */
  file(size: number): Promise<Made>
  folder(count: number): Promise<Made>
  close(): Promise<void>
}

export async function openGateway(): Promise<GatewayWorld> {
  const pages = new URL('./pages/', import.meta.url)
  const served = await servePages(pages, ['gateway.html', 'library.html'], {
    'sw.js': new URL('../../sw/main.ts', import.meta.url),
    'library-sw.js': new URL('library-sw.ts', pages),
  })
  const browser = await launchBare({ network: false })
  const open = async (name: string): Promise<Page> => {
    const page = await browser.open(`${served.origin}/${name}.html`)
    await page.waitForFunction(() => 'gatewayLab' in globalThis)
    return page
  }
  const library = tabOf(await open('library'))
  const ours = tabOf(await open('gateway'))
  const made = new Map<string, Promise<Made>>()
  const once = (name: string, make: () => Promise<Made>): Promise<Made> => {
    const known = made.get(name) ?? make()
    made.set(name, known)
    return known
  }
  return {
    ours,
    library,
    heap: () => browser.serviceWorkerMemory(`${served.origin}/sw.js`),
    file: (size) => once(`file ${size}`, () => ours.call('file', size)),
    folder: (count) => once(`folder ${count}`, () => ours.call('folder', count)),
    async close() {
      await browser.close()
      await served.close()
    },
  }
}

type Scope = typeof globalThis & { gatewayLab: Record<string, (...args: readonly unknown[]) => Promise<unknown>> }

const tabOf = (page: Page): LabTab => ({
  async call(name, ...args) {
    // A tab in the background reads more slowly.
    await page.bringToFront()
    const call = (command: string, rest: readonly unknown[]) => (globalThis as Scope).gatewayLab[command]?.(...rest)
    return page.evaluate(call, name, args as readonly unknown[]) as never
  },
})

const RUNS = 5
export const plainLink = ({ cid }: Made): string => `/ipfs/${cid}`
export const keyedLink = ({ cid, key }: Made): string => `/ipfs/${cid}#key=${key}`

/** Reads a file of `size` bytes to its end by the link that `linkOf` makes, against its blocks raw from IndexedDB. */
export async function measureReading(
  context: Context,
  size: number,
  linkOf: (made: Made) => string,
): Promise<Measured> {
  const { ours, file } = await context.gateway()
  const made = await file(size)
  return compare(
    RUNS,
    async () => rateOf(await ours.call('read', linkOf(made)), size),
    async () => rateOf(await ours.call('raw', made.leaves), size),
  )
}

/** Bytes a second, if they were all there. */
export function rateOf({ bytes, ms }: Read, least: number): number {
  if (bytes < least) throw new Error(`${bytes} of ${least} bytes came`)
  return rate(bytes, ms)
}

/** Bytes of one seek: what a player asks for first. */
const SEEK = 65_536

/** Milliseconds until the first bytes are there of `count` places in a file, asked for one after the other. */
export async function seeks({ ours, file }: GatewayWorld, size: number, count: number): Promise<number[]> {
  const made = await file(size)
  const times: number[] = []
  for (let i = 0; i <= count; i++) {
    // Steps by the golden ratio never come near a place where they have been.
    const at = Math.floor(((i * 0.618_033_988_75) % 1) * (size - SEEK))
    const { bytes, first } = await ours.call('read', keyedLink(made), `bytes=${at}-${at + SEEK - 1}`)
    if (bytes !== SEEK) throw new Error(`${bytes} of ${SEEK} bytes came`)
    // The first opens the file.
    if (i > 0) times.push(first)
  }
  return times
}

/** Milliseconds of reading one leaf raw, as often. */
export async function rawSeeks({ ours, file }: GatewayWorld, size: number, count: number): Promise<number[]> {
  const { leaves } = await file(size)
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const at = Math.floor(((i * 0.618_033_988_75) % 1) * leaves.length)
    times.push((await ours.call('raw', [leaves[at] as string])).ms)
  }
  return times
}

export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? median(values)
}
