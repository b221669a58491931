/**
 * Something on its way to disk: one at a time, with how far it is, to be stopped, and ended with its element. Where the page
 * may not write files, the browser saves by itself and shows how far it is.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { CafeError } from '../../core/errors.ts'
import { explain, type Problem } from '../explain.ts'
import { files as english } from '../texts/en/files.ts'
import { spoken } from '../texts/say.ts'
import { asTarLink, type Item } from '../viewer/content.ts'

const text = spoken('files', english)

/** What is to be saved: one file, or many as one ZIP. `archive` is the link of their folder, if they have one. */
export type Wanted =
  | { readonly kind: 'file'; readonly name: string; readonly link: string; readonly size: number }
  | {
      readonly kind: 'zip'
      readonly name: string
      readonly items: readonly Item[]
      readonly archive?: string | undefined
    }

export interface SaveState {
  readonly name: string
  readonly done: number
  /** Unknown for an archive. */
  readonly total: number | undefined
}

/** Milliseconds between two steps that are shown: more are not seen. */
const SHOW = 100

export class Saving implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #current: AbortController | undefined
  #state: SaveState | undefined
  #problem: Problem | undefined
  #said = ''

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** How far it is; undefined if nothing is on its way. */
  get state(): SaveState | undefined {
    return this.#state
  }

  get problem(): Problem | undefined {
    return this.#problem
  }

  /** What the last one came to, in words. */
  get said(): string {
    return this.#said
  }

  hostDisconnected(): void {
    this.stop()
  }

  stop(): void {
    this.#current?.abort()
    this.#current = undefined
    this.#state = undefined
    this.#host.requestUpdate()
  }

  /** Call it from a click; `load` brings the code that saves. Never rejects. */
  async save(wanted: Wanted): Promise<void> {
    if (this.#current !== undefined) return
    const controller = new AbortController()
    this.#current = controller
    this.#problem = undefined
    this.#said = ''
    try {
      await this.#run(wanted, controller.signal)
    } catch (error) {
      if (!controller.signal.aborted) this.#problem = explain(error, 'save')
    } finally {
      if (this.#current === controller) {
        this.#current = undefined
        this.#state = undefined
      }
      this.#host.requestUpdate()
    }
  }

  async #run(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const save = await import('../viewer/save.ts')
    const name = wanted.kind === 'zip' ? `${wanted.name}.zip` : wanted.name
    if (!save.canPick()) return this.#byBrowser(wanted, save.saveByBrowser)
    const file = await save.pick(name)
    if (file === undefined) return
    const total = wanted.kind === 'file' ? wanted.size : undefined
    this.#state = { name, done: 0, total }
    this.#host.requestUpdate()
    const chunks =
      wanted.kind === 'file' ? save.readFile(wanted.link, wanted.size, signal) : save.zipOf(wanted.items, signal)
    let shown = 0
    await save.writeTo(file, chunks, {
      signal,
      onProgress: (done) => {
        // A step that was still being written when somebody stopped it.
        if (signal.aborted || performance.now() - shown < SHOW) return
        shown = performance.now()
        this.#state = { name, done, total }
        this.#host.requestUpdate()
      },
    })
    this.#said = `${name} is saved.`
  }

  /** Then one after the other, since each is a download of its own; a folder as the gateway's archive. */
  #byBrowser(wanted: Wanted, saveByBrowser: (link: string, onFailed: () => void) => void): void {
    const failed = (): void => {
      this.#said = ''
      this.#problem = explain(new CafeError('UNREACHABLE'), 'save')
      this.#host.requestUpdate()
    }
    if (wanted.kind === 'file') saveByBrowser(wanted.link, failed)
    else if (wanted.archive !== undefined) saveByBrowser(asTarLink(wanted.archive), failed)
    else for (const { link } of wanted.items) if (link !== undefined) saveByBrowser(link, failed)
    this.#said = text.browserSaves
  }
}
