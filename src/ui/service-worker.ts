/** Registers the service worker, waits until it is there, and tells of newer ones. */
import { Workbox } from 'workbox-window'
import { CafeError } from '../core/errors.ts'
import { KEEP_SHELL, LIVE_STREAMS, SKIP_WAITING, WHICH_BUILD } from '../rpc/sw-messages.ts'

let registered: Promise<ServiceWorker> | undefined

/**
 * The active service worker. A newer version waits until a person wants it, so running streams are not cut.
 * @throws CafeError UNSUPPORTED where there are none (not a secure context, private mode of some browsers).
 */
export function registerServiceWorker(): Promise<ServiceWorker> {
  registered ??= register()
  return registered
}

async function register(): Promise<ServiceWorker> {
  if (!('serviceWorker' in navigator)) throw new CafeError('UNSUPPORTED', { what: 'service worker' })
  await new Workbox('/sw.js', { updateViaCache: 'none' }).register({ immediate: true })
  const registration = await navigator.serviceWorker.ready
  if (!navigator.serviceWorker.controller) replace(registration)
  if (!registration.active) throw new CafeError('INTERNAL', { what: 'service worker' })
  return registration.active
}

/**
 * The active worker does not answer this page: it was taken out (reset.html) but lives on with other tabs, or passed by in
 * a forced reload. If there is a newer one, it takes over at once.
 */
function replace({ installing, waiting, active }: ServiceWorkerRegistration): void {
  const next = installing ?? waiting
  if (!next || next === active) return
  const take = (): void => {
    if (next.state === 'installed') next.postMessage(SKIP_WAITING)
  }
  next.addEventListener('statechange', take)
  take()
}

/** Milliseconds for the first installation to take over this page. */
const CONTROL_WAIT = 3000

/**
 * Resolves when the service worker answers this page's requests, or when it is clear that it will not (a forced reload
 * is never controlled): the app works then, but `/ipfs` links open only after a normal reload.
 */
export async function controlled(): Promise<void> {
  if (!('serviceWorker' in navigator) || navigator.serviceWorker.controller) return
  await new Promise<void>((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true })
    setTimeout(resolve, CONTROL_WAIT)
  })
}

/** Has the service worker keep the app's files, so that the next start needs no host. */
export function keepShell(): void {
  navigator.serviceWorker?.controller?.postMessage(KEEP_SHELL)
}

/** Milliseconds between looks for a newer version: a cafe's tab stays open for days, and browsers look at navigations only. */
const LOOK = 3_600_000
/** Milliseconds between questions whether transfers still run, and for the answer. */
const ASK = 500

/** What is to be said of versions: one is `ready` to take over, or another tab has `changed` to it under this page. */
export type Update = 'ready' | 'changed'

/** Calls `tell` when there is a newer version, also if it was there before; until `signal`. */
export async function watchUpdates(tell: (update: Update) => void, options: { signal: AbortSignal }): Promise<void> {
  await registerServiceWorker()
  const { signal } = options
  const registration = await navigator.serviceWorker.ready
  const installed = (worker: ServiceWorker | null): void => {
    const look = (): void => {
      // The very first one replaces nothing.
      if (worker?.state === 'installed' && registration.active) tell('ready')
    }
    worker?.addEventListener('statechange', look, { signal })
    look()
  }
  installed(registration.waiting)
  installed(registration.installing)
  registration.addEventListener('updatefound', () => installed(registration.installing), { signal })
  let first = navigator.serviceWorker.controller === null
  navigator.serviceWorker.addEventListener(
    'controllerchange',
    () => {
      if (!first) tell('changed')
      first = false
    },
    { signal },
  )
  // Without a network there is nothing newer.
  const timer = setInterval(() => void registration.update().catch(() => {}), LOOK)
  signal.addEventListener('abort', () => clearInterval(timer))
}

/** Asks the app's host for a newer version now; true if there is one. @throws if the host cannot be reached. */
export async function lookForUpdate(): Promise<boolean> {
  await registerServiceWorker()
  const registration = await navigator.serviceWorker.ready
  await registration.update()
  return (registration.installing ?? registration.waiting) !== null
}

/**
 * Lets the newer version take over when nothing is on its way through the old one; `waiting` hears how much is.
 * Resolves when it has, or if there is none any more.
 */
export async function takeUpdate(waiting: (streams: number) => void): Promise<void> {
  const registration = await navigator.serviceWorker.ready
  for (let live = await liveStreams(registration); live > 0; live = await liveStreams(registration)) {
    waiting(live)
    await new Promise((resolve) => setTimeout(resolve, ASK))
  }
  const next = registration.waiting
  if (!next) return
  const over = new Promise<void>((resolve) => {
    next.addEventListener('statechange', () => next.state === 'activated' && resolve())
  })
  next.postMessage(SKIP_WAITING)
  await over
}

/** What runs through the active worker; one that does not answer has nothing running, or is too old to know. */
async function liveStreams({ active }: ServiceWorkerRegistration): Promise<number> {
  const live = active ? await ask(active, LIVE_STREAMS) : 0
  return typeof live === 'number' ? live : 0
}

/** The build of the app that the service worker of this page is of, in hex digits; undefined where it does not say. */
export async function buildOfServiceWorker(): Promise<string | undefined> {
  const worker = navigator.serviceWorker?.controller
  const build = worker ? await ask(worker, WHICH_BUILD) : undefined
  return typeof build === 'string' && /^[0-9a-f]{16}$/.test(build) ? build : undefined
}

/** What a service worker answers; undefined if it does not, soon. */
async function ask(worker: ServiceWorker, question: unknown): Promise<unknown> {
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<unknown>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)
    setTimeout(resolve, ASK)
  })
  worker.postMessage(question, [port2])
  const said = await answer
  port1.close()
  return said
}
