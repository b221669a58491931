/**
 * Files on their way to the cafes. Lives as long as the app's page, so that walking through the views stops nothing;
 * a few run at once, the others wait their turn.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { PinProgress } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { explain, type Problem } from '../explain.ts'

export interface Upload {
  readonly id: number
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  readonly state: 'waiting' | 'running' | 'failed'
  readonly progress?: PinProgress
  readonly problem?: Problem
}

/** A file that is done; `kept` says whether a cafe has it, or only this device so far. */
export interface Finished {
  readonly name: string
  readonly kept: boolean
}

/** Two at once keep encrypting and sending busy; more would only share the same link. */
const AT_ONCE = 2

/** The queue of files to keep. `items` is a new array whenever something changed. */
export class Uploads implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #source: () => CafeConsole | undefined
  readonly #files = new Map<number, { readonly file: File; readonly plaintext: boolean }>()
  readonly #running = new Map<number, AbortController>()
  #items: readonly Upload[] = []
  #finished: Finished | undefined
  #next = 1

  constructor(host: ReactiveControllerHost, source: () => CafeConsole | undefined) {
    this.#host = host
    this.#source = source
    host.addController(this)
  }

  /** Files that are not kept yet, in the order they were given. */
  get items(): readonly Upload[] {
    return this.#items
  }

  /** The file that ended last, for the live region. */
  get finished(): Finished | undefined {
    return this.#finished
  }

  /** True while something would be lost by leaving the page. */
  get busy(): boolean {
    return this.#items.some((item) => item.state !== 'failed')
  }

  hostUpdate(): void {
    this.#fill()
  }

  /** Queues files; `plaintext` ones are not encrypted. */
  add(files: Iterable<File>, { plaintext = false }: { readonly plaintext?: boolean } = {}): void {
    for (const file of files) {
      const id = this.#next++
      this.#files.set(id, { file, plaintext })
      this.#items = [...this.#items, { id, name: file.name, size: file.size, state: 'waiting' }]
    }
    this.#host.requestUpdate()
  }

  /** Stops one and forgets it. */
  cancel(id: number): void {
    this.#running.get(id)?.abort()
    this.#forget(id)
  }

  /** Puts one that failed back into the queue. */
  retry(id: number): void {
    this.#items = this.#items.map((item) =>
      item.id === id && item.state === 'failed'
        ? { id, name: item.name, size: item.size, state: 'waiting' as const }
        : item,
    )
    this.#host.requestUpdate()
  }

  #fill(): void {
    const cafe = this.#source()
    if (cafe === undefined) return
    for (const item of this.#items) {
      if (this.#running.size >= AT_ONCE) return
      if (item.state === 'waiting' && !this.#running.has(item.id)) void this.#send(cafe, item.id)
    }
  }

  async #send(cafe: CafeConsole, id: number): Promise<void> {
    const given = this.#files.get(id)
    if (given === undefined) return
    const { file, plaintext } = given
    const controller = new AbortController()
    this.#running.set(id, controller)
    this.#change(id, { state: 'running' })
    try {
      const pin = await cafe.pins.add(file, {
        name: file.name,
        plaintext,
        onProgress: (progress) => this.#change(id, { progress }),
        signal: controller.signal,
      })
      this.#finished = { name: file.name, kept: pin.cafes.some((at) => at.state === 'pinned') }
      this.#forget(id)
    } catch (error) {
      if (!controller.signal.aborted) this.#change(id, { state: 'failed', problem: explain(error, 'pin') })
    } finally {
      this.#running.delete(id)
      this.#host.requestUpdate()
    }
  }

  #change(id: number, change: Partial<Upload>): void {
    this.#items = this.#items.map((item) => (item.id === id ? { ...item, ...change } : item))
    this.#host.requestUpdate()
  }

  #forget(id: number): void {
    this.#files.delete(id)
    this.#items = this.#items.filter((item) => item.id !== id)
    this.#host.requestUpdate()
  }
}
