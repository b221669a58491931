/** `<cafe-clients>`: who has joined the cafe in this browser, how much room each uses, and a way to send one away. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_NOTICE } from '../../core/limits.ts'
import type { ClientInfo } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { bytes, count, short } from '../format.ts'
import './cafe-confirm.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

export class CafeClients extends Plain {
  static override properties = { cafe: { attribute: false }, evicting: { state: true }, asking: { state: true } }
  declare cafe: CafeConsole
  /** The client the dialog is about; stays while the dialog fades. */
  declare evicting: ClientInfo | undefined
  declare asking: boolean
  readonly #evict = new Action<ClientInfo>(this, 'evict', async ({ address }) => {
    const notice = this.querySelector('input')?.value.trim() ?? ''
    await this.cafe.host.evict({ address, notice })
    this.asking = false
  })
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
      ${this.#dialog()}
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
        <p class="title">
          <code title=${client.address}>${short(client.address)}</code>
          ${client.revoked ? html`<span class="tag bad">locked out: invite withdrawn</span>` : nothing}
        </p>
        <p class="quiet small">
          ${count(client.roots, 'file')}, ${bytes(client.bytes)} of ${bytes(client.quota)} · joined
          <wa-relative-time .date=${new Date(client.since)} sync></wa-relative-time>
        </p>
        <wa-progress-bar .value=${used} label="Room used by ${short(client.address)}"></wa-progress-bar>
      </div>
      <button
        type="button"
        class="button small"
        aria-label="Remove ${short(client.address)}"
        @click=${() => {
          this.evicting = client
          this.asking = true
        }}
      >
        Remove
      </button>
    </li>`
  }

  #dialog(): TemplateResult {
    const { evicting } = this
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${`Remove ${evicting === undefined ? 'this person' : short(evicting.address)}?`}
      .text=${'All their devices lose access at once, and what they keep here is erased. They can come back only with a new invite.'}
      .more=${html`<label class="field">
        <span>What should they be told? <small>they see this</small></span>
        <input name="notice" type="text" maxlength=${MAX_NOTICE} autocomplete="off" placeholder="The cafe is moving. Thank you!" />
      </label>`}
      .verb=${'Remove and erase'}
      .running=${this.#evict.running}
      .problem=${this.#evict.problem}
      @agreed=${() => evicting && this.#evict.run(evicting)}
      @left=${() => {
        this.asking = false
        this.#evict.clear()
        const input = this.querySelector('input')
        if (input) input.value = ''
      }}
    ></cafe-confirm>`
  }
}
customElements.define('cafe-clients', CafeClients)
