/**
 * `<cafe-mail-requests>`: invites from people this account does not know, apart from those of people it does: each to be
 * accepted, declined, or its sender blocked. Shows nothing while there is none.
 */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { MAX_MEMBERS } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactInfo } from '../../worker/contact-api.ts'
import type { ReceivedInvite } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { plainName } from '../format.ts'
import { threadHash } from '../route.ts'
import { personName } from '../thread-words.ts'
import './cafe-confirm.ts'
import { letters as english } from '../texts/en/letters.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, failure, Plain } from './parts.ts'
import { face, lookalikes, tail, whoLink } from './person.ts'
import { when } from './post-parts.ts'

const text = spoken('letters', english)

/** An invite, and whom its sender’s name looks like among people this account knows. */
type Known = ReceivedInvite & Pick<ContactInfo, 'alike'>

export class CafeMailRequests extends Plain {
  static override properties = {
    cafe: { attribute: false },
    blocking: { state: true },
    asking: { state: true },
  }
  declare cafe: CafeConsole
  /** Whom the dialog is about; stays while the dialog fades. */
  declare blocking: ReceivedInvite | undefined
  declare asking: boolean
  readonly #requests = new Live<readonly Known[]>(this, () => this.cafe, ['mail'], readRequests)
  readonly #accept = new Action<ReceivedInvite>(this, 'enter', async ({ id }) => {
    const info = await this.cafe.thread.join(id)
    location.hash = threadHash(info.id)
  })
  readonly #decline = new Action<ReceivedInvite>(this, 'enter', async ({ id }) => {
    await this.cafe.thread.decline(id)
    await this.#gone()
  })
  readonly #block = new Action<ReceivedInvite>(this, 'enter', async ({ id, from }) => {
    await this.cafe.contact.block(from.address)
    await this.cafe.thread.decline(id)
    this.asking = false
    await this.#gone()
  })

  override render(): TemplateResult | typeof nothing {
    const requests = this.#requests.value ?? []
    if (requests.length === 0) return html`${this.#dialog()}`
    return html`<section class="card" aria-labelledby="requests-heading">
        <h2 id="requests-heading">${text.requestsTitle}</h2>
        <p class="quiet small">${text.requestsText}</p>
        ${failure(this.#accept.problem ?? this.#decline.problem)}
        <ul class="rows">
          ${repeat(
            requests,
            ({ id }) => id,
            (request) => html`<li>${this.#row(request)}</li>`,
          )}
        </ul>
      </section>
      ${this.#dialog()}`
  }

  #row(request: Known): TemplateResult {
    const name = plainName(request.name)
    const from = personName(request.from)
    const busy = this.#accept.running || this.#decline.running || this.#block.running
    return html`${face(request.from)}
      <div class="grow">
        <p class="title">${whoLink(request.from)} <span class="quiet small">${tail(request.from)}</span></p>
        <p class="quiet small">${text.invitesYou(html`<bdi>${name}</bdi>`)} · ${when(request.time)}</p>
        ${lookalikes(request.alike)}
      </div>
      <div class="answers">
        <button type="button" class="button small quiet-button" aria-label=${text.blockLabel(from)} ?disabled=${busy} @click=${() => this.#ask(request)}>${text.block}</button>
        <button type="button" class="button small" aria-label=${text.declineLabel(name, from)} ?disabled=${busy} @click=${() => this.#decline.run(request)}>${text.decline}</button>
        <button
          type="button"
          class="button small loud"
          aria-label=${text.acceptLabel(name, from)}
          ?disabled=${busy}
          aria-busy=${this.#accept.running ? 'true' : nothing}
          @click=${() => this.#accept.run(request)}
        >
          ${text.accept}
        </button>
      </div>`
  }

  #dialog(): TemplateResult | typeof nothing {
    const { blocking } = this
    if (blocking === undefined) return nothing
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${text.blockTitle(personName(blocking.from))}
      .text=${text.blockText}
      .verb=${text.blockVerb}
      .running=${this.#block.running}
      .problem=${this.#block.problem}
      @agreed=${() => this.#block.run(blocking)}
      @left=${() => {
        this.asking = false
        this.#block.clear()
      }}
    ></cafe-confirm>`
  }

  #ask(request: ReceivedInvite): void {
    this.blocking = request
    this.asking = true
  }

  async #gone(): Promise<void> {
    this.#requests.refresh()
    await this.updateComplete
    const view = this.closest('main')
    if (view) catchFocus(view)
  }
}

/** With what their senders call themselves on their cards, where there is one, and of whom they remind. */
async function readRequests(cafe: CafeConsole): Promise<readonly Known[]> {
  const requests = await cafe.mail.requests()
  if (requests.length === 0) return []
  const addresses = [...new Set(requests.map(({ from }) => from.address))].slice(0, MAX_MEMBERS)
  const known = await cafe.contact.known(addresses).catch(() => [])
  const people = new Map(known.map((one) => [one.address, one]))
  return requests.map((request) => {
    const person = people.get(request.from.address)
    if (!person) return { ...request, alike: [] }
    const { address, name, avatar, alike } = person
    return { ...request, from: { address, name, avatar }, alike }
  })
}
customElements.define('cafe-mail-requests', CafeMailRequests)
