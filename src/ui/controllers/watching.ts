/**
 * What the service worker tells this page of the requests for one link: under a random name that this page makes and puts
 * into the fragment of what it asks, by a port that only this page has (core/watched.ts). In memory, as long as its element.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { systemRandom } from '../../core/clock.ts'
import { hex } from '../../core/ids.ts'
import { v } from '../../core/schema.ts'
import { type Watched, watchedSchema } from '../../core/watched.ts'
import type { WatchMessage } from '../../rpc/sw-messages.ts'

const NAME_SIZE = 16

export class Watching implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #name: string | undefined
  #port: MessagePort | undefined
  #seen: Watched | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** To be put into links with `withWatch`; undefined before `begin`. */
  get name(): string | undefined {
    return this.#name
  }

  /** What has been told; undefined where there is no service worker that tells. */
  get seen(): Watched | undefined {
    return this.#seen
  }

  /** Watches anew, under another name. */
  begin(): string {
    this.hostDisconnected()
    const name = hex(systemRandom(NAME_SIZE))
    this.#name = name
    this.#seen = undefined
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      const told = v.safeParse(watchedSchema, data)
      if (!told.success) return
      this.#seen = told.output
      this.#host.requestUpdate()
    }
    const message: WatchMessage = { type: 'cafe:watch', name }
    navigator.serviceWorker?.controller?.postMessage(message, [port2])
    return name
  }

  hostDisconnected(): void {
    this.#port?.close()
    this.#port = undefined
  }
}
