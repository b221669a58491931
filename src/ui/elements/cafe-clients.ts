/** `<cafe-clients>`: who has joined the cafe in this browser and how much room each of them uses. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, type TemplateResult } from 'lit'
import type { CafeConsole, ClientInfo } from '../../worker/api.ts'
import { Live } from '../controllers/live.ts'
import { bytes, count, short } from '../format.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

export class CafeClients extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #clients = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.clients(),
  )

  override render(): TemplateResult {
    const clients = this.#clients.value
    return html`<section class="card" aria-labelledby="clients-heading">
      <h2 id="clients-heading">Who has joined</h2>
      ${failure(this.#clients.problem)}
      ${clients === undefined ? waiting('Looking…') : this.#list(clients)}
    </section>`
  }

  #list(clients: readonly ClientInfo[]): TemplateResult {
    if (clients.length === 0) {
      return html`<p class="quiet">Nobody yet. Send the invite link, or let somebody scan the code.</p>`
    }
    return html`<ul class="rows">
      ${clients.map((client) => this.#client(client))}
    </ul>`
  }

  #client(client: ClientInfo): TemplateResult {
    const used = client.quota > 0 ? Math.min(100, Math.round((100 * client.bytes) / client.quota)) : 0
    return html`<li>
      <span class="mark small" aria-hidden="true">${icon('people')}</span>
      <div class="grow">
        <p class="title"><code title=${client.address}>${short(client.address)}</code></p>
        <p class="quiet small">
          ${count(client.roots, 'file')}, ${bytes(client.bytes)} of ${bytes(client.quota)} · joined
          <wa-relative-time .date=${new Date(client.since)} sync></wa-relative-time>
        </p>
        <wa-progress-bar .value=${used} label="Room used by ${short(client.address)}"></wa-progress-bar>
      </div>
    </li>`
  }
}
customElements.define('cafe-clients', CafeClients)
