/**
 * The page's side of everything that is not the page: starts the SharedWorker and finds it again when it dies, lends it
 * WebRTC, registers the service worker and matches the two, and gives the UI its typed {@link CafeConsole}.
 */
import { CafeError } from '../core/errors.ts'
import { holdLife, type Life, whenGone } from '../rpc/alive.ts'
import { type Client, connect } from '../rpc/port.ts'
import { isNeedNode, type NodePortMessage } from '../rpc/sw-messages.ts'
import type { CafeConsole, InvitePreview, PageApi } from '../worker/api.ts'
import { createConsole } from './console.ts'
import { lendRtc } from './rtc-tab.ts'
import { controlled, registerServiceWorker } from './service-worker.ts'

/** A worker this page is connected to. */
interface Link {
  readonly client: Client<PageApi>
  /** The lock the worker holds while it lives. */
  readonly life: string
}

/** Milliseconds before a dead worker is started again, so that one that cannot start does not spin. */
const RESTART_PAUSE = 250

let page: Promise<Page> | undefined

/** This page's connection; made at the first call, the same one afterwards. */
const openPage = (): Promise<Page> => {
  page ??= Page.open()
  return page
}

/** The console of this page's worker. @throws CafeError UNSUPPORTED if this browser has no SharedWorker. */
export async function connectCafe(): Promise<CafeConsole> {
  const [{ call }] = await Promise.all([openPage(), controlled()])
  const cafe = createConsole(call)
  const { hostname } = location
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1')
    Object.assign(globalThis, { cafe })
  return cafe
}

/** What an invite says. @throws CafeError BAD_REQUEST {what: 'invite'}. */
export async function previewInvite(invite: string): Promise<InvitePreview> {
  return (await openPage()).call('account.preview', { invite })
}

/** Times one address may be reloaded in a row before this is called a failure. */
const MAX_RELOADS = 2
/** Milliseconds after which earlier reloads no longer count. */
const RELOAD_MEMORY = 15_000

/**
 * For a page that stands where content should: installs the service worker, starts the node, hands it over, reloads.
 * @throws CafeError UNREACHABLE if that has been tried just now and has not helped.
 */
export async function openLink(): Promise<never> {
  const key = `opened:${location.pathname}`
  const [count = 0, at = 0] = (sessionStorage.getItem(key) ?? '').split(' ').map(Number)
  const recent = Date.now() - at < RELOAD_MEMORY ? count : 0
  if (recent >= MAX_RELOADS) {
    sessionStorage.removeItem(key)
    throw new CafeError('UNREACHABLE', { what: 'node' })
  }
  const [{ give }, serviceWorker] = await Promise.all([openPage(), registerServiceWorker()])
  await give(serviceWorker)
  sessionStorage.setItem(key, `${recent + 1} ${Date.now()}`)
  location.reload()
  return new Promise<never>(() => {})
}

class Page {
  readonly #life: Life
  #link: Promise<Link>
  #lent: { stop(): void } | undefined

  private constructor(life: Life) {
    this.#life = life
    this.#link = this.#open()
    addEventListener('pagehide', () => life.release())
    // A page shown again from the back/forward cache has let go of its lock and its connections: it begins anew.
    addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
    navigator.serviceWorker?.addEventListener('message', ({ data, source }) => {
      if (isNeedNode(data) && source instanceof ServiceWorker) void this.give(source).catch(() => {}) // it asks again
    })
    navigator.serviceWorker?.startMessages()
  }

  static async open(): Promise<Page> {
    if (!('SharedWorker' in globalThis)) throw new CafeError('UNSUPPORTED', { what: 'SharedWorker' })
    void registerServiceWorker().catch(() => {}) // the app works without; links then do not open, and say so
    return new Page(await holdLife('tab'))
  }

  readonly call: Client<PageApi>['call'] = async (method, input, options) =>
    (await this.#link).client.call(method, input, options)

  /** Hands a port to the node to the service worker. */
  readonly give = async (to: ServiceWorker): Promise<void> => {
    const { client, life } = await this.#link
    const { port1, port2 } = new MessageChannel()
    await client.call('tab.gateway', { port: port1 }, { transfer: [port1] })
    to.postMessage({ type: 'cafe:node-port', life } satisfies NodePortMessage, [port2])
  }

  async #open(): Promise<Link> {
    const worker = new SharedWorker(new URL('../worker/main.ts', import.meta.url), {
      type: 'module',
      name: 'popup-cafe',
      // Chromium: the worker outlives its last page by up to five minutes, so a reload does not stop it.
      extendedLifetime: true,
    } as WorkerOptions)
    const failed = new Promise<never>((_resolve, reject) => {
      worker.onerror = () => reject(new CafeError('INTERNAL', { what: 'worker' }))
    })
    const client = connect<PageApi>(worker.port)
    const { life } = await Promise.race([client.call('hello', { life: this.#life.name }), failed])
    whenGone(life, { signal: new AbortController().signal }).then(
      () => this.#restart(client),
      () => {},
    )
    await this.#lend(client)
    return { client, life }
  }

  /** The worker died with the process of the page that made it: every page makes it again, the browser makes one. */
  #restart(dead: Client<PageApi>): void {
    this.#lent?.stop()
    const pause = new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE))
    this.#link = pause.then(() => this.#open())
    this.#link.catch(() => {}) // each call reports it
    dead.close(new CafeError('UNREACHABLE', { what: 'worker' }))
  }

  async #lend(client: Client<PageApi>): Promise<void> {
    if (!('RTCPeerConnection' in globalThis)) return
    const { port1, port2 } = new MessageChannel()
    const visible = document.visibilityState === 'visible'
    await client.call('tab.lend', { id: crypto.randomUUID(), port: port2, visible }, { transfer: [port2] })
    this.#lent = lendRtc({ port: port1, onend: () => void this.#lend(client).catch(() => {}) }) // gone with the worker
  }
}
