/**
 * What is being said in threads and has not arrived in them: files on their way into a post, and texts that were begun.
 * Lives as long as the app's page, so that walking through the views stops and loses nothing.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { AddFilesProgress } from '../../worker/thread-api.ts'
import { explain, type Problem } from '../explain.ts'

/** Files that become one post. */
export interface Parcel {
  readonly id: number
  readonly thread: string
  readonly names: readonly string[]
  readonly size: number
  readonly caption: string
  readonly state: 'waiting' | 'running' | 'failed'
  readonly progress?: AddFilesProgress | undefined
  readonly problem?: Problem | undefined
}

/** The queue. `parcels` is a new array whenever something changed. */
export class Sending implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #source: () => CafeConsole | undefined
  readonly #files = new Map<number, readonly File[]>()
  readonly #drafts = new Map<string, string>()
  #running: { readonly id: number; readonly controller: AbortController } | undefined
  #parcels: readonly Parcel[] = []
  #next = 1

  constructor(host: ReactiveControllerHost, source: () => CafeConsole | undefined) {
    this.#host = host
    this.#source = source
    host.addController(this)
  }

  get parcels(): readonly Parcel[] {
    return this.#parcels
  }

  /** True while something would be lost by leaving the page. */
  get busy(): boolean {
    return this.#parcels.some(({ state }) => state !== 'failed')
  }

  hostUpdate(): void {
    const waiting = this.#parcels.find(({ state }) => state === 'waiting')
    const cafe = this.#source()
    if (cafe && waiting && this.#running === undefined) void this.#send(cafe, waiting)
  }

  /** The text that was begun in a thread; empty for none. */
  draft(thread: string): string {
    return this.#drafts.get(thread) ?? ''
  }

  keep(thread: string, text: string): void {
    if (text === '') this.#drafts.delete(thread)
    else this.#drafts.set(thread, text)
  }

  add(thread: string, files: readonly File[], caption: string): void {
    const id = this.#next++
    this.#files.set(id, files)
    const size = files.reduce((sum, file) => sum + file.size, 0)
    const names = files.map(({ name }) => name)
    this.#parcels = [...this.#parcels, { id, thread, names, size, caption, state: 'waiting' }]
    this.#host.requestUpdate()
  }

  /** Stops one and forgets it. */
  cancel(id: number): void {
    if (this.#running?.id === id) this.#running.controller.abort()
    this.#forget(id)
  }

  /** Puts one that failed back into the queue. What was encrypted already is not done again. */
  retry(id: number): void {
    this.#change(id, { state: 'waiting', problem: undefined, progress: undefined })
  }

  async #send(cafe: CafeConsole, { id, thread, caption }: Parcel): Promise<void> {
    const files = this.#files.get(id)
    if (files === undefined) return
    const controller = new AbortController()
    this.#running = { id, controller }
    this.#change(id, { state: 'running' })
    try {
      await cafe.thread.addFiles(thread, files, {
        ...(caption === '' ? {} : { caption }),
        onProgress: (progress) => this.#change(id, { progress }),
        signal: controller.signal,
      })
      this.#forget(id)
    } catch (error) {
      if (!controller.signal.aborted) this.#change(id, { state: 'failed', problem: explain(error, 'files') })
    } finally {
      this.#running = undefined
      this.#host.requestUpdate()
    }
  }

  #change(id: number, change: Partial<Parcel>): void {
    this.#parcels = this.#parcels.map((parcel) => (parcel.id === id ? { ...parcel, ...change } : parcel))
    this.#host.requestUpdate()
  }

  #forget(id: number): void {
    this.#files.delete(id)
    this.#parcels = this.#parcels.filter((parcel) => parcel.id !== id)
    this.#host.requestUpdate()
  }
}
