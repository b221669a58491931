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
import { bytes, short } from '../format.ts'
import './cafe-confirm.ts'
import { host as english } from '../texts/en/host.ts'
import { hosting as englishHosting } from '../texts/en/hosting.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, skeleton } from './parts.ts'

const text = spoken('host', english)
const own = spoken('hosting', englishHosting)

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
      <h2 id="clients-heading">${text.clientsTitle}</h2>
      ${failure(this.#clients.problem)}
      ${clients === undefined ? skeleton(text.looking) : this.#list(clients)}
      ${this.#dialog()}
    </section>`
  }

  #list(clients: readonly ClientInfo[]): TemplateResult {
    if (clients.length === 0) {
      return html`<p class="quiet">${text.nobodyYet}</p>`
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
          ${client.online ? html`<span class="tag good">${own.online}</span>` : nothing}
          ${client.revoked ? html`<span class="tag bad">${text.lockedOut}</span>` : nothing}
        </p>
        <p class="quiet small">
          ${text.clientLine(client.roots, bytes(client.bytes), bytes(client.quota))} ·
          ${text.joined(time(client.since))}${client.online ? nothing : html` · ${own.seen(time(client.seen))}`}
        </p>
        <wa-progress-bar .value=${used} label=${text.usedBy(short(client.address))}></wa-progress-bar>
      </div>
      <button
        type="button"
        class="button small"
        aria-label=${text.removeLabel(short(client.address))}
        @click=${() => {
          this.evicting = client
          this.asking = true
        }}
      >${text.remove}</button>
    </li>`
  }

  #dialog(): TemplateResult {
    const { evicting } = this
    return html`<cafe-confirm
      .open=${this.asking ?? false}
      .heading=${evicting === undefined ? text.removePerson : text.removeTitle(short(evicting.address))}
      .text=${text.removeText}
      .more=${html`<label class="field">
        <span>${text.toldWhat} <small>${text.toldHint}</small></span>
        <input name="notice" type="text" maxlength=${MAX_NOTICE} autocomplete="off" placeholder=${text.toldExample} />
      </label>`}
      .verb=${text.removeVerb}
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

const time = (at: number): TemplateResult => html`<wa-relative-time .date=${new Date(at)} sync></wa-relative-time>`

customElements.define('cafe-clients', CafeClients)
