/** What the doctor looks at outside of the worker: this browser, its storage, the app's host and a connection to itself. */
import { canConnect, loopback } from '../rtc-loopback.ts'
import { buildOfServiceWorker } from '../service-worker.ts'
import type { Word } from './finding.ts'

export interface Place {
  /** Names of what Popup Cafe uses, and whether this browser has it. */
  features(): Readonly<Record<Feature, boolean>>
  storage(): Promise<{ readonly persisted: boolean; readonly used: number; readonly quota: number }>
  /** Whether a service worker answers for this page, of which build it is if it says so, and whether a newer one waits. */
  service(): Promise<{ readonly controls: boolean; readonly waits: boolean; readonly build: string | undefined }>
  /** Milliseconds by which the clock of the app's host is before ours; undefined where the host does not say. */
  clock(signal: AbortSignal): Promise<number | undefined>
  /** The kinds of addresses that a connection of this page to itself has found, and whether it came about. */
  loopback(signal: AbortSignal): Promise<{ readonly connected: boolean; readonly kinds: readonly Word[] }>
  /** Whether the app's host answers at an address of its own. */
  answers(url: string, signal: AbortSignal): Promise<boolean>
  now(): number
}

/** Some are needed (see `examine.ts`); without the others something is slower or missing. Without a database nothing starts at all. */
export type Feature = 'storage' | 'crypto' | 'sharedWorker' | 'serviceWorker' | 'webRTC' | 'locks'

export const browserPlace: Place = {
  features: () => ({
    storage: 'storage' in navigator,
    crypto: globalThis.crypto?.subtle !== undefined,
    sharedWorker: 'SharedWorker' in globalThis,
    serviceWorker: 'serviceWorker' in navigator,
    webRTC: canConnect(),
    locks: 'locks' in navigator,
  }),
  async storage() {
    const [persisted, { usage = 0, quota = 0 }] = await Promise.all([
      navigator.storage.persisted(),
      navigator.storage.estimate(),
    ])
    return { persisted, used: usage, quota }
  },
  async service() {
    const [registration, build] = await Promise.all([
      navigator.serviceWorker?.getRegistration(),
      buildOfServiceWorker(),
    ])
    return {
      controls: (navigator.serviceWorker?.controller ?? null) !== null,
      waits: (registration?.waiting ?? null) !== null,
      build,
    }
  },
  async clock(signal) {
    const sent = Date.now()
    const { headers } = await fetch('/health', { cache: 'no-store', credentials: 'omit', signal })
    const date = Date.parse(headers.get('Date') ?? '')
    // The header has whole seconds, and was written while the answer was on its way.
    return Number.isNaN(date) ? undefined : date + 500 - (sent + Date.now()) / 2
  },
  loopback,
  async answers(url, signal) {
    const { status } = await fetch(url, { method: 'HEAD', cache: 'no-store', credentials: 'omit', signal })
    return status < 500
  },
  now: () => performance.now(),
}
