/**
 * Offers to install the app: the browser says that it could, and we say it when the person has achieved something here, until
 * they have answered once.
 */

import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { keepChoice, readChoice } from '../choices.ts'

/** What Chromium gives; TypeScript's own library does not know it yet. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

const ANSWERED = 'cafe:install'

/** What may be offered now: a button, or a sentence how it is done on iOS; undefined for nothing. */
export type InstallOffer = 'button' | 'ios' | undefined

export class Install implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #prompt: InstallPrompt | undefined
  #answered = hasAnswered()
  readonly #could = (event: Event): void => {
    // The browser's own banner would come before anything was achieved.
    event.preventDefault()
    this.#prompt = event as InstallPrompt
    this.#host.requestUpdate()
  }
  readonly #done = () => this.#answer()

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get offer(): InstallOffer {
    if (this.#answered || isInstalled()) return undefined
    if (this.#prompt) return 'button'
    return isIos(navigator) ? 'ios' : undefined
  }

  hostConnected(): void {
    addEventListener('beforeinstallprompt', this.#could)
    addEventListener('appinstalled', this.#done)
  }

  hostDisconnected(): void {
    removeEventListener('beforeinstallprompt', this.#could)
    removeEventListener('appinstalled', this.#done)
  }

  /** Has the browser ask. Only from what the person does; whatever they answer, they are not asked again. */
  async install(): Promise<void> {
    const prompt = this.#prompt
    this.#answer()
    await prompt?.prompt().catch(() => {}) // shown once already
  }

  /** For good. */
  dismiss(): void {
    this.#answer()
  }

  #answer(): void {
    this.#answered = true
    this.#prompt = undefined
    keepChoice(ANSWERED, 'done')
    this.#host.requestUpdate()
  }
}

const hasAnswered = (): boolean => readChoice(ANSWERED) !== undefined

const isInstalled = (): boolean => matchMedia('(display-mode: standalone)').matches

/** iPads say that they are Macs, which have no touch screen. */
export function isIos({ userAgent, maxTouchPoints }: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): boolean {
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)
}
