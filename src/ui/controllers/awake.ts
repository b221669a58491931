/**
 * Keeps the screen on while a cafe is open here, if the person wants it: asked for again whenever the page comes back to the
 * front, since browsers let go of it when it goes; given back when the cafe closes.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** `hidden`: wanted, and taken again when the page is in front; `refused`: the browser said no. */
export type AwakeState = 'off' | 'on' | 'hidden' | 'refused' | 'unsupported'

type Sentinel = Pick<WakeLockSentinel, 'release' | 'addEventListener' | 'released'>

/** What we use of the browser. */
export interface AwakePlace {
  readonly request: (() => Promise<Sentinel>) | undefined
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>
}

const browserPlace = (): AwakePlace => ({
  request: 'wakeLock' in navigator ? () => navigator.wakeLock.request('screen') : undefined,
  page: document,
})

export class Awake implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #open: () => boolean | undefined
  readonly #place: AwakePlace
  #wanted = false
  #lock: Sentinel | undefined
  #state: AwakeState
  readonly #look = () => void this.#settle()

  /** @param open whether a cafe is open here; undefined while that is not known. */
  constructor(host: ReactiveControllerHost, open: () => boolean | undefined, place = browserPlace()) {
    this.#host = host
    this.#open = open
    this.#place = place
    this.#state = place.request ? 'off' : 'unsupported'
    host.addController(this)
  }

  get state(): AwakeState {
    return this.#state
  }

  get wanted(): boolean {
    return this.#wanted
  }

  /** Only from what the person does. Holds until the cafe closes or the page goes. */
  async choose(wanted: boolean): Promise<void> {
    this.#wanted = wanted
    await this.#settle()
  }

  hostConnected(): void {
    this.#place.page.addEventListener('visibilitychange', this.#look)
  }

  hostDisconnected(): void {
    this.#place.page.removeEventListener('visibilitychange', this.#look)
    void this.choose(false)
  }

  hostUpdated(): void {
    if (this.#wanted && this.#open() === false) void this.choose(false)
  }

  async #settle(): Promise<void> {
    const { request, page } = this.#place
    if (!request) return
    if (!this.#wanted) {
      const lock = this.#lock
      this.#lock = undefined
      await lock?.release().catch(() => {}) // let go of already
      return this.#be('off')
    }
    if (page.visibilityState !== 'visible') return this.#be('hidden')
    if (this.#lock?.released === false) return this.#be('on')
    try {
      const lock = await request()
      // Switched off while the browser thought about it.
      if (!this.#wanted) return void (await lock.release())
      this.#lock = lock
      lock.addEventListener('release', () => this.#lost(lock), { once: true })
      this.#be('on')
    } catch {
      // It says no without a reason that could be told: no battery, no permission.
      this.#be(page.visibilityState === 'visible' ? 'refused' : 'hidden')
    }
  }

  /** The system took it. Out of sight it is asked for again on return; in sight it meant it. */
  #lost(lock: Sentinel): void {
    if (this.#lock !== lock) return
    this.#lock = undefined
    this.#be(this.#place.page.visibilityState === 'visible' ? 'refused' : 'hidden')
  }

  #be(state: AwakeState): void {
    if (state === this.#state) return
    this.#state = state
    this.#host.requestUpdate()
  }
}
