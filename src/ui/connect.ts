/**
 * The page's side of everything that is not the page: connects to the host and finds it again when it dies, lends it
 * WebRTC, registers the service worker and matches the two, and gives the UI its typed {@link CafeConsole}.
 */
import { CafeError, isCafeError } from '../core/errors.ts'
import { delay, type Pauses, pauseAfter } from '../core/pause.ts'
import { holdLife, type Life, whenGone } from '../rpc/alive.ts'
import { type Client, connect } from '../rpc/port.ts'
import { isNeedNode, type NodePortMessage } from '../rpc/sw-messages.ts'
import type { InvitePreview, PageApi } from '../worker/api.ts'
import type { CafeConsole } from '../worker/console-api.ts'
import { createConsole } from './console.ts'
import { createHostLink } from './host-link.ts'
import { lendRtc } from './rtc-tab.ts'
import { controlled, registerServiceWorker } from './service-worker.ts'

/** The worker this page is connected to. */
interface Link {
  readonly client: Client<PageApi>
  /** The lock the worker holds while it lives. */
  readonly life: string
}

/** Before a dead worker is started again, or one that could not be reached is asked again: for as long as the page lives. */
const RESTART: Pauses = { first: 500, longest: 15_000 }
/** Times a host may go while it is being opened; each time another tab has closed. */
const MAX_MOVES = 10
/**
 * Milliseconds for a host's first word, more with each move. It says it before anything else; one that dies before that
 * has given no name by which its end is noticed.
 */
const FIRST_WORD = 1000

let page: Promise<Page> | undefined

/** This page's connection; made at the first call, the same one afterwards. */
const openPage = (): Promise<Page> => {
  page ??= Page.open()
  return page
}

/** The console of this device's host. @throws CafeError CONFLICT or TIMEOUT if it runs where it cannot be reached. */
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

/**
 * Has the node serve the website with this label at a port (see `site-bridge.ts`).
 * @returns true if the node lives on for a while when this page goes.
 */
export async function giveSite(label: string, port: MessagePort): Promise<boolean> {
  const { call, outlivesPages } = await openPage()
  await call('tab.site', { label, port }, { transfer: [port] })
  return outlivesPages
}

/** Milliseconds after which an earlier reload of the same address no longer counts. */
const RELOAD_MEMORY = 15_000

/** Set in the address of content in a frame: no browser loads a frame from the very address of its page. */
const FRAMED = 'framed'

/**
 * For a page that stands where content should: installs the service worker, starts the node, hands it over, and reloads
 * if the node lives on meanwhile: once. If that was tried just now and did not help, or the node would not survive it, this
 * page must stay: it resolves with the address to show in a frame.
 * `stay` if this page has something to say about the link.
 * @throws CafeError UNREACHABLE if this page is that frame.
 */
export async function openLink({ stay }: { readonly stay: boolean }): Promise<string> {
  const key = `opened:${location.pathname}`
  // Framed already, and the service worker still does not answer: a frame in the frame would be no better.
  if (new URLSearchParams(location.search).has(FRAMED)) throw new CafeError('UNREACHABLE', { what: 'node' })
  const reloaded = Date.now() - Number(sessionStorage.getItem(key)) < RELOAD_MEMORY
  const [{ give, outlivesPages }, serviceWorker] = await Promise.all([openPage(), registerServiceWorker()])
  await give(serviceWorker)
  if (stay || reloaded || !outlivesPages) return framed(location.href)
  sessionStorage.setItem(key, `${Date.now()}`)
  location.reload()
  return new Promise<never>(() => {})
}

function framed(address: string): string {
  const url = new URL(address)
  url.searchParams.set(FRAMED, '1')
  return url.href
}

const lost = (): never => {
  throw new CafeError('UNREACHABLE', { what: 'worker' })
}

const silence = (ms: number): Promise<never> => new Promise<void>((resolve) => setTimeout(resolve, ms)).then(lost)

class Page {
  readonly #life: Life
  readonly #host = createHostLink()
  #link: Promise<Link> | undefined
  #lent: { stop(): void } | undefined
  /** Links that failed in a row, and when the next is made. */
  #failures = 0
  #again: ReturnType<typeof setTimeout> | undefined

  private constructor(life: Life) {
    this.#life = life
    void this.#linked().catch(() => {}) // each call reports it
    addEventListener('pagehide', () => life.release())
    // A page shown again from the back/forward cache has let go of its lock and its connections: it begins anew.
    addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
    navigator.serviceWorker?.addEventListener('message', ({ data, source }) => {
      if (isNeedNode(data) && source instanceof ServiceWorker) void this.give(source).catch(() => {}) // it asks again
    })
    navigator.serviceWorker?.startMessages()
  }

  static async open(): Promise<Page> {
    void registerServiceWorker().catch(() => {}) // the app works without; links then do not open, and say so
    return new Page(await holdLife('tab'))
  }

  /** The host survives a reload of this page (see host-link.ts). */
  get outlivesPages(): boolean {
    return this.#host.outlivesPages
  }

  readonly call: Client<PageApi>['call'] = async (method, input, options) =>
    (await this.#linked()).client.call(method, input, options)

  /** Hands a port to the node to the service worker. */
  readonly give = async (to: ServiceWorker): Promise<void> => {
    const { client, life } = await this.#linked()
    const { port1, port2 } = new MessageChannel()
    await client.call('tab.gateway', { port: port1 }, { transfer: [port1] })
    to.postMessage({ type: 'cafe:node-port', life } satisfies NodePortMessage, [port2])
  }

  /** The link there is, or is being made. One that fails is the failure of all who wait for it, and is made anew. */
  #linked(): Promise<Link> {
    if (this.#link) return this.#link
    clearTimeout(this.#again)
    const link = this.#open()
    this.#link = link
    link.then(
      () => {
        this.#failures = 0
      },
      () => {
        this.#link = undefined
        // Whoever hosts a cafe may do nothing for hours that would ask for the worker.
        this.#again = setTimeout(() => void this.#linked().catch(() => {}), pauseAfter(++this.#failures, RESTART))
      },
    )
    return link
  }

  async #open(): Promise<Link> {
    for (let moves = 0; ; moves++) {
      const { port, failed } = await this.#host.open()
      const client = connect<PageApi>(port)
      try {
        const hello = client.call('hello', { life: this.#life.name })
        const { life } = await Promise.race([hello, failed, silence(FIRST_WORD * (moves + 1))])
        const gone = whenGone(life, { signal: new AbortController().signal })
        await Promise.race([this.#lend(client), failed, gone.then(lost)])
        void gone.then(() => this.#restart(client))
        return { client, life }
      } catch (error) {
        this.#lent?.stop()
        client.close()
        const moved = isCafeError(error) && error.code === 'UNREACHABLE' && error.data['what'] === 'worker'
        if (!moved || moves >= MAX_MOVES) throw error
      }
    }
  }

  /** The worker died with the process of the page that ran it: every page asks for it again, and one is made. */
  #restart(dead: Client<PageApi>): void {
    this.#lent?.stop()
    this.#link = delay(pauseAfter(1, RESTART)).then(() => {
      this.#link = undefined
      return this.#linked()
    })
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
