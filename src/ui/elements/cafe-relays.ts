/**
 * `<cafe-relays>`: the relays through which others find this device, and whether each holds a seat for it. Some can be added
 * by their address, and removed again; those of the app's host and of invites come and go by themselves.
 */
import { html, nothing, type TemplateResult } from 'lit'
import type { RelayInfo } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { short } from '../format.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { settings as english } from '../texts/en/settings.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('settings', english)

export class CafeRelays extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #relays = new Live(
    this,
    () => this.cafe,
    ['node', 'account'],
    (cafe) => cafe.node.relays(),
  )
  readonly #add = new Action<HTMLFormElement>(this, 'relay', async (form) => {
    await this.cafe.node.addRelay(String(new FormData(form).get('relay') ?? '').trim())
    form.reset()
    this.#relays.refresh()
  })
  readonly #remove = new Action<string>(this, 'relay', async (peer) => {
    await this.cafe.node.removeRelay(peer)
    this.#relays.refresh()
    // Its button is gone.
    this.querySelector('input')?.focus()
  })

  override render(): TemplateResult {
    const relays = this.#relays.value ?? []
    return html`<section class="card stack" aria-labelledby="relays-heading">
      <h2 id="relays-heading">${text.relays}</h2>
      <p class="quiet small">${text.relaysText}</p>
      ${failure(this.#relays.problem)}
      ${
        relays.length === 0
          ? html`<p>${text.noRelays}</p>`
          : html`<ul class="rows" aria-labelledby="relays-heading">
              ${relays.map((relay) => this.#line(relay))}
            </ul>`
      }
      <form class="stack" novalidate @submit=${this.#submit}>
        <label class="field">
          <span>${text.relayAddress}</span>
          <div class="row">
            <input
              class="grow"
              name="relay"
              type="text"
              maxlength="512"
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              placeholder=${text.relayExample}
              aria-describedby="relay-help"
            />
            <button class="button" aria-busy=${this.#add.running ? 'true' : 'false'}>${text.addRelay}</button>
          </div>
        </label>
        <p id="relay-help" class="quiet small">${text.relayHelp}</p>
        ${failure(this.#add.problem ?? this.#remove.problem)}
      </form>
    </section>`
  }

  #line({ peerId, own, connected, seat }: RelayInfo): TemplateResult {
    return html`<li>
      <code class="grow" title=${peerId}>${short(peerId)}</code>
      <span class="tag ${seat ? 'good' : connected ? 'part' : 'bad'}">
        ${seat ? text.seat : connected ? text.noSeat : text.away}
      </span>
      ${
        own
          ? html`<button
              type="button"
              class="button small"
              aria-label=${text.removeRelay(short(peerId))}
              @click=${() => this.#remove.run(peerId)}
            >
              ${common.remove}
            </button>`
          : nothing
      }
    </li>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    this.#remove.clear()
    if (event.currentTarget instanceof HTMLFormElement) void this.#add.run(event.currentTarget)
  }
}
customElements.define('cafe-relays', CafeRelays)
