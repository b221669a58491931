/**
 * What every worker that carries the host does, whatever kind of worker it is: starts the host on the WebRTC that pages
 * lend, and serves pages as they come. Pages that come while it starts wait for it; if it cannot start, each is told why.
 */
import { text, v } from '../core/schema.ts'
import { holdLife, whenGone } from '../rpc/alive.ts'
import { type Handlers, serve } from '../rpc/port.ts'
import type { PageApi } from './api.ts'
import type { HostApi } from './handlers.ts'
import type { Host } from './host.ts'
import type { RtcPool } from './rtc/pool.ts'
import type { SiteApi } from './site-api.ts'

export interface WorkerScope {
  /** Where pages lend their WebRTC; its shim is installed. */
  readonly pool: RtcPool
  /** Where the app is served. */
  readonly origin: string
  /** Loads `host.ts`. */
  load(): Promise<Pick<typeof import('./host.ts'), 'startHost'>>
  /** Ends this worker. */
  leave(): void
}

/** Milliseconds for all pages to hear why the host could not start; also what keeps pages from starting one after another. */
const FAILURE_TOLD = 3000
/** Ports to service workers: the newest few, since one that is replaced may still be streaming. */
const MAX_GATEWAYS = 4
/** Ports to websites: of one the newest few, since it may be open in several tabs; and of all. */
const MAX_SITE_PORTS = 4
const MAX_SITES = 64

/**
 * Starts the host.
 * @returns a function that serves {@link PageApi} to the page at the other end of a port, until that page is gone.
 */
export function servePages({ pool, origin, load, leave }: WorkerScope): (port: MessagePort) => void {
  const life = holdLife('worker')
  /** Pages that use this worker. */
  let pages = 0
  const starting = load().then(
    ({ startHost }): Promise<Host> => startHost(pool, origin, { idle: () => pages === 0, leave }),
  )
  // Each page gets the failure as its call's answer. Then this worker goes, so that the pages' next one may do better:
  // it would else live on, and fail every page that is opened meanwhile.
  starting.catch(() => setTimeout(leave, FAILURE_TOLD))
  const gateways: Array<() => void> = []
  const sites = createPorts(MAX_SITE_PORTS, MAX_SITES)

  return (port) => {
    const gone = new AbortController()
    let tab: string | undefined
    const end = (): void => {
      if (gone.signal.aborted) return
      gone.abort()
      pages--
      if (tab !== undefined) pool.remove(tab, 'lock')
      stop()
    }

    const page: Handlers<Omit<PageApi, keyof HostApi>> = {
      hello: {
        input: v.strictObject({ life: text(128) }),
        async run(input) {
          // From here on: a page that asked elsewhere meanwhile never says this, and its end would not be noticed.
          pages++
          whenGone(input.life, { signal: gone.signal }).then(end, () => {})
          return { life: (await life).name }
        },
      },
      'tab.lend': {
        input: v.strictObject({ id: text(64), port: v.instance(MessagePort), visible: v.boolean() }),
        run(input) {
          tab = input.id
          pool.add(input)
          return {}
        },
      },
      'tab.gateway': {
        input: v.strictObject({ port: v.instance(MessagePort) }),
        async run(input) {
          gateways.push(serve(input.port, (await starting).gateway))
          while (gateways.length > MAX_GATEWAYS) gateways.shift()?.()
          return {}
        },
      },
      'tab.site': {
        input: v.strictObject({ label: text(63), port: v.instance(MessagePort) }),
        async run({ label, port }) {
          const handlers = (await starting).site(label)
          sites.add(label, serve<SiteApi>(port, handlers))
          return {}
        },
      },
    }
    // At once: a page that hears nothing takes this worker for dead, and starting may take long.
    const stop = serve<PageApi>(
      port,
      starting.then(({ handlers }) => ({ ...handlers, ...page })),
      page,
    )
  }
}

/** Ports by whom they are for; past a bound the oldest end, first those for the same one. */
function createPorts(each: number, all: number): { add(who: string, end: () => void): void } {
  const open: { readonly who: string; readonly end: () => void }[] = []
  const endOldest = (which: (one: { readonly who: string }) => boolean, max: number): void => {
    for (let over = open.filter(which).length - max; over > 0; over--) {
      open.splice(open.findIndex(which), 1)[0]?.end()
    }
  }
  return {
    add(who, end) {
      open.push({ who, end })
      endOldest((one) => one.who === who, each)
      endOldest(() => true, all)
    },
  }
}
