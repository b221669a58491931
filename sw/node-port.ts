/**
 * The way from the service worker to the node: a MessagePort that some page handed over. It is a cache, not state: this
 * worker is stopped after 30 s of idling and the port dies with it, as it does with the node; a page gives another one in
 * about 2 ms.
 */
import { unlessAborted } from '../src/core/abort.ts'
import { CafeError, toCafeError } from '../src/core/errors.ts'
import { type Client, connect } from '../src/rpc/port.ts'
import type { GatewayApi } from '../src/worker/api.ts'

/**
 * A page that lives answers in milliseconds; one that is just starting its worker needs some hundred, and seconds where the
 * machine is slow or busy (measured: more than one). Where no window is open, nobody is waited for.
 */
const ANSWER_TIME = 5_000

export type Node = Client<GatewayApi>

export interface NodePort {
  /**
   * The node, from the port we have or from a page asked for one.
   * @throws CafeError UNREACHABLE `{what: 'node'}` if no page gives one; ABORTED or TIMEOUT by the signal.
   */
  need(options: { readonly signal: AbortSignal }): Promise<Node>
  /** True if `node` is still the one to be used. */
  isCurrent(node: Node): boolean
  /** Takes a port that a page has sent. `life` is the lock its node holds. */
  accept(port: MessagePort, life: string): void
}

export interface NodePortComponents {
  /** Asks every window for a port; the number of windows asked. */
  askWindows(): Promise<number>
  /** Resolves when nobody holds the lock any more (rpc/alive.ts). */
  whenGone(life: string, options: { readonly signal: AbortSignal }): Promise<void>
  readonly answerTime?: number
}

interface Current {
  readonly node: Node
  readonly life: string
  readonly watch: AbortController
}

export function createNodePort({ askWindows, whenGone, answerTime = ANSWER_TIME }: NodePortComponents): NodePort {
  let current: Current | undefined
  let asking: PromiseWithResolvers<Node> | undefined

  const drop = (which: Current): void => {
    if (current === which) current = undefined
    which.watch.abort()
    which.node.close()
  }

  const ask = async (answer: PromiseWithResolvers<Node>): Promise<void> => {
    const none = new CafeError('UNREACHABLE', { what: 'node' })
    try {
      if ((await askWindows()) === 0) return answer.reject(none)
    } catch (error) {
      return answer.reject(toCafeError(error))
    }
    setTimeout(() => answer.reject(none), answerTime)
  }

  const askOnce = (): Promise<Node> => {
    if (asking) return asking.promise
    const answer = Promise.withResolvers<Node>()
    asking = answer
    const done = (): void => {
      asking = undefined
    }
    answer.promise.then(done, done)
    void ask(answer)
    return answer.promise
  }

  return {
    need: async ({ signal }) => current?.node ?? unlessAborted(askOnce(), signal),
    isCurrent: (node) => current?.node === node,
    accept(port, life) {
      // Every window answers; ports after the first lead to the same node.
      if (current?.life === life) return port.close()
      if (current) drop(current)
      const next: Current = { node: connect<GatewayApi>(port), life, watch: new AbortController() }
      current = next
      // Both ends of the wait mean the same: this port is not to be used any more.
      const gone = (): void => drop(next)
      whenGone(life, { signal: next.watch.signal }).then(gone, gone)
      asking?.resolve(next.node)
    },
  }
}
