/** Registers the service worker and waits until it is there. */
import { Workbox } from 'workbox-window'
import { CafeError } from '../core/errors.ts'

let registered: Promise<ServiceWorker> | undefined

/**
 * The active service worker. A newer version waits until no page uses the old one, so running streams are not cut.
 * @throws CafeError UNSUPPORTED where there are none (not a secure context, private mode of some browsers).
 */
export function registerServiceWorker(): Promise<ServiceWorker> {
  registered ??= register()
  return registered
}

async function register(): Promise<ServiceWorker> {
  if (!('serviceWorker' in navigator)) throw new CafeError('UNSUPPORTED', { what: 'service worker' })
  await new Workbox('/sw.js', { updateViaCache: 'none' }).register({ immediate: true })
  const { active } = await navigator.serviceWorker.ready
  if (!active) throw new CafeError('INTERNAL', { what: 'service worker' })
  return active
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
