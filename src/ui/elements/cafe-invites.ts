/** `<cafe-invites>`: invites to threads that came to this account by themselves, each to be taken or declined. */
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_MEMBERS } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactInfo } from '../../worker/contact-api.ts'
import type { ReceivedInvite } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live, threadNews } from '../controllers/live.ts'
import { plainName } from '../format.ts'
import { threadHash } from '../route.ts'
import { threads as english } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { personName, terms } from '../thread-words.ts'
import { failure, Plain } from './parts.ts'
import { face, lookalikes, tail, whoLink } from './person.ts'
import { when } from './post-parts.ts'

const text = spoken('threads', english)

/** An invite from somebody as they are known here, and whom their name looks like. */
type Known = ReceivedInvite & Pick<ContactInfo, 'alike'>

export class CafeInvites extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #invites = new Live<readonly Known[]>(
    this,
    () => this.cafe,
    threadNews(['invites']),
    async (cafe) => {
      const invites = await cafe.thread.invites()
      const people = await cafe.contact.known(invites.map(({ from }) => from.address).slice(0, MAX_MEMBERS))
      return invites.map((invite, i) => ({ ...invite, from: people[i] ?? invite.from, alike: people[i]?.alike ?? [] }))
    },
  )
  readonly #join = new Action<ReceivedInvite>(this, 'enter', async ({ id }) => {
    const info = await this.cafe.thread.join(id)
    location.hash = threadHash(info.id)
  })
  readonly #decline = new Action<ReceivedInvite>(this, 'enter', async ({ id }) => {
    await this.cafe.thread.decline(id)
    this.#invites.refresh()
  })

  override render(): TemplateResult | typeof nothing {
    const invites = this.#invites.value ?? []
    if (invites.length === 0) return nothing
    return html`<section class="card" aria-labelledby="invites-heading">
      <h2 id="invites-heading">${text.invitedTitle}</h2>
      ${failure(this.#join.problem ?? this.#decline.problem)}
      <ul class="rows">
        ${invites.map((invite) => this.#row(invite))}
      </ul>
    </section>`
  }

  #row(invite: Known): TemplateResult {
    const name = plainName(invite.name)
    const busy = this.#join.running || this.#decline.running
    return html`<li>
      ${face(invite.from)}
      <div class="grow">
        <p class="title"><bdi>${name}</bdi></p>
        <p class="quiet small">${text.fromShort(whoLink(invite.from), tail(invite.from))} · ${when(invite.time)}</p>
        ${lookalikes(invite.alike)}
        <p class="quiet small">${terms({ ...invite, starter: personName(invite.from) })}</p>
      </div>
      <div class="answers">
        <button type="button" class="button small" aria-label=${text.declineLabel(name)} ?disabled=${busy} @click=${() => this.#decline.run(invite)}>
          ${text.decline}
        </button>
        <button
          type="button"
          class="button small loud"
          aria-label=${text.joinLabel(name)}
          ?disabled=${busy}
          aria-busy=${this.#join.running ? 'true' : nothing}
          @click=${() => this.#join.run(invite)}
        >
          ${text.joinShort}
        </button>
      </div>
    </li>`
  }
}
customElements.define('cafe-invites', CafeInvites)
