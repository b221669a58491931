/**
 * Whether an account was on this device: a mark beside the stores of the browser. Where the mark is and the account is not,
 * the browser has thrown the stores away (it had no room, or they were damaged), and the person is told so instead of being
 * taken for somebody new. A browser that throws everything away leaves no mark either.
 */
import type { ReactiveControllerHost } from 'lit'
import { keepChoice, readChoice } from '../choices.ts'

const NAME = 'cafe-account-here'

export class Remembered {
  readonly #host: ReactiveControllerHost
  #known: boolean | undefined
  #lost = false

  constructor(host: ReactiveControllerHost) {
    this.#host = host
  }

  /** There was an account that is gone, and the person has not said that it is known. */
  get lost(): boolean {
    return this.#lost
  }

  /** Says whether there is an account now; undefined while that is not known. */
  note(here: boolean | undefined): void {
    if (here === undefined || here === this.#known) return
    // One that goes while the app is open was forgotten by the person.
    const first = this.#known === undefined
    this.#known = here
    this.#lost = first && !here && readChoice(NAME) !== undefined
    if (!this.#lost) keepChoice(NAME, here ? 'yes' : undefined)
  }

  dismiss(): void {
    this.#lost = false
    keepChoice(NAME, undefined)
    this.#host.requestUpdate()
  }
}
