/**
 * The host without SharedWorker, or without modules in it: every tab queues for one Web Lock, and the tab that holds it runs the host in a dedicated
 * worker of its own. The others send it ports through the service worker. When that tab closes, reloads, crashes or is
 * frozen, the browser gives the lock to the next, so there is one host at any time, and soon another.
 */
import { CafeError } from '../core/errors.ts'
import { holdLife, type Life, whenGone } from '../rpc/alive.ts'
import { type Arrived, HOST_HERE, isArrived, isPagePort, isWhoHosts, TO_HOST } from '../rpc/sw-messages.ts'
import { CLASSIC_HOST } from './classic-host.ts'
import type { HostLink, HostPort } from './host-link.ts'
import { runsModules } from './module-workers.ts'
import { registerServiceWorker } from './service-worker.ts'

const HOST_LOCK = 'popup-cafe:host'
/** Milliseconds for one port to reach the host's tab, which may just be changing. */
const ANSWER_TIME = 500
/** Milliseconds after which a host's tab that takes no port is a failure for the person to solve. */
const GIVE_UP = 15_000

export const dedicatedHost = (): HostLink => new DedicatedHost()

/** A time in office. */
interface Term {
  readonly worker: Worker
  readonly failed: Promise<never>
  readonly life: Life
}

class DedicatedHost implements HostLink {
  readonly outlivesPages = false
  #elected = Promise.withResolvers<Term>()
  #term: Term | undefined
  #resign: () => void = () => {}

  constructor() {
    this.#stand()
    addEventListener('pagehide', () => this.#resign())
    // A frozen page's workers stand still, but it would keep the lock.
    document.addEventListener('freeze', () => this.#resign())
    document.addEventListener('resume', () => this.#stand())
    navigator.serviceWorker?.addEventListener('message', (event) => this.#receive(event))
    navigator.serviceWorker?.startMessages()
  }

  async open(): Promise<HostPort> {
    const giveUp = Date.now() + GIVE_UP
    for (;;) {
      if (this.#term) return this.#own(this.#term)
      const port = await Promise.race([this.#ask(), this.#elected.promise])
      if (port && 'port' in port) return port
      if (!port && Date.now() > giveUp) throw new CafeError('TIMEOUT', { what: 'tab' })
    }
  }

  /** Queues for the lock; this tab hosts from the moment it gets it until it resigns. */
  #stand(): void {
    const over = Promise.withResolvers<void>()
    const queued = new AbortController()
    this.#resign = () => {
      queued.abort()
      // A term that is over must not be taken for one that begins.
      if (this.#term) this.#elected = Promise.withResolvers<Term>()
      this.#term?.worker.terminate()
      this.#term?.life.release()
      this.#term = undefined
      over.resolve()
    }
    const serve = async (): Promise<void> => {
      const life = await holdLife('host')
      if (queued.signal.aborted) return life.release()
      this.#term = { ...startWorker(), life }
      this.#elected.resolve(this.#term)
      await over.promise
    }
    navigator.locks.request(HOST_LOCK, { signal: queued.signal }, serve).catch(() => {}) // left the queue
  }

  #own({ worker, failed }: Term): HostPort {
    const { port1, port2 } = new MessageChannel()
    worker.postMessage(null, [port2])
    return { port: port1, failed }
  }

  /** A port to the host in another tab, or undefined if none has taken it. */
  async #ask(): Promise<HostPort | undefined> {
    const carrier = await registerServiceWorker().catch(() => undefined)
    if (!carrier) {
      await pause(GIVE_UP)
      throw new CafeError('CONFLICT', { what: 'tab' })
    }
    const { port1, port2 } = new MessageChannel()
    const arrived = new Promise<Arrived>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<unknown>) => isArrived(data) && resolve(data)
    })
    carrier.postMessage(TO_HOST, [port2])
    const answer = await Promise.race([arrived, pause(ANSWER_TIME)])
    if (answer) return { port: port1, failed: failsWith(answer.life) }
    port1.close()
    return undefined
  }

  #receive({ data, source, ports: [port] }: MessageEvent<unknown>): void {
    const term = this.#term
    if (isWhoHosts(data) && term && source instanceof ServiceWorker) source.postMessage(HOST_HERE)
    if (!isPagePort(data) || !port) return
    if (!term) {
      port.close() // its page asks again
      return
    }
    port.postMessage({ life: term.life.name } satisfies Arrived)
    term.worker.postMessage(null, [port])
  }
}

function startWorker(): Omit<Term, 'life'> {
  const worker =
    runsModules(Worker) || !CLASSIC_HOST
      ? new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module', name: 'popup-cafe' })
      : new Worker(CLASSIC_HOST, { name: 'popup-cafe' })
  const failed = new Promise<never>((_resolve, reject) => {
    worker.onerror = () => reject(new CafeError('INTERNAL', { what: 'worker' }))
  })
  failed.catch(() => {}) // it may come after everybody has stopped listening
  return { worker, failed }
}

/** Rejects when the lock `life` is let go. */
function failsWith(life: string): Promise<never> {
  const failed = whenGone(life, { signal: new AbortController().signal }).then(() => {
    throw new CafeError('UNREACHABLE', { what: 'worker' })
  })
  failed.catch(() => {})
  return failed
}

const pause = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, ms, undefined))
