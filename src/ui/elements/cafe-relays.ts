/** `<cafe-relays>`: the relays through which others find this device, and whether each holds a seat for it. */
import { html, type TemplateResult } from 'lit'
import type { RelayInfo } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { short } from '../format.ts'
import { settings as english } from '../texts/en/settings.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

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
              ${relays.map(line)}
            </ul>`
      }
    </section>`
  }
}

function line({ peerId, connected, seat }: RelayInfo): TemplateResult {
  return html`<li>
    <code class="grow" title=${peerId}>${short(peerId)}</code>
    <span class="tag ${seat ? 'good' : connected ? 'part' : 'bad'}">
      ${seat ? text.seat : connected ? text.noSeat : text.away}
    </span>
  </li>`
}
customElements.define('cafe-relays', CafeRelays)
