/**
 * What our gateway is compared with: `@helia/verified-fetch` over a light helia with blockstore-idb, in a service worker,
 * on the same blocks in the same database.
 */
import { createVerifiedFetchWithHelia } from '@helia/verified-fetch'
import { IDBBlockstore } from 'blockstore-idb'
import { createHeliaLight } from 'helia'
import { BLOCKS_DB } from '../../../src/store/idb.ts'

/** The part of a service worker's scope that is used here; the page's types know none. */
interface Scope {
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  addEventListener(
    type: 'install' | 'activate',
    listener: (event: { waitUntil(done: Promise<void>): void }) => void,
  ): void
  addEventListener(
    type: 'fetch',
    listener: (event: { readonly request: Request; respondWith(response: Promise<Response>): void }) => void,
  ): void
}

const scope = globalThis as unknown as Scope

async function open(): Promise<typeof fetch> {
  const blockstore = new IDBBlockstore(BLOCKS_DB)
  await blockstore.open()
  const library = await createVerifiedFetchWithHelia(await createHeliaLight({ blockstore }).start())
  // A session would ask the network, which is not part of the comparison.
  return (input, init) => library(String(input), { ...(init as object), session: false }) as Promise<Response>
}

let opened: Promise<typeof fetch> | undefined

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
scope.addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url)
  if (!pathname.startsWith('/ipfs/')) return
  opened ??= open()
  event.respondWith(
    opened.then((get) => get(`ipfs://${pathname.slice('/ipfs/'.length)}`, { headers: event.request.headers })),
  )
})
