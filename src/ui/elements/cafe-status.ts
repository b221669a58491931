/** `<cafe-status>`: the node's state as a chip; opened, every connection and whether it is direct or through the relay. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Connection, NodeStatus, WhyRelayed } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { count, nodeLine, type Reach, short } from '../format.ts'
import { Plain } from './parts.ts'

const RELAY = {
  none: 'This page knows no relay.',
  waiting: 'The relay does not answer. We keep trying.',
  connected: 'The relay is connected.',
} as const

const WHY: Readonly<Record<WhyRelayed, string>> = {
  'no-address': 'no direct address is known',
  'no-tab': 'no open tab lends a direct connection',
  pending: 'trying for a direct connection',
  timeout: 'a direct connection took too long; a firewall may be in the way',
  failed: 'a direct connection was refused on the way',
}

const FAILED: Reach = { level: 'none', text: 'Not running' }

export class CafeStatus extends Plain {
  static override properties = { cafe: { attribute: false }, failed: { type: Boolean } }
  declare cafe: CafeConsole | undefined
  /** The node could not be started. */
  declare failed: boolean
  readonly #node = new Live(
    this,
    () => this.cafe,
    ['node'],
    (cafe) => cafe.node.status(),
  )
  readonly #redraw = () => this.requestUpdate()
  readonly #outside = (event: Event) => {
    if (!event.composedPath().includes(this)) this.#fold()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('online', this.#redraw)
    addEventListener('offline', this.#redraw)
    document.addEventListener('click', this.#outside)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('online', this.#redraw)
    removeEventListener('offline', this.#redraw)
    document.removeEventListener('click', this.#outside)
  }

  override render(): TemplateResult {
    const node = this.#node.value
    const line = this.failed ? FAILED : nodeLine(node, navigator.onLine)
    return html`<details class="status" @keydown=${this.#escape}>
      <summary>
        <span class="dot ${line.level}" aria-hidden="true"></span><span class="sr">Network: </span>${line.text}
      </summary>
      <div class="panel">${node === undefined ? html`<p>${this.failed ? 'Popup Cafe could not start.' : 'Popup Cafe is starting.'}</p>` : this.#detail(node)}</div>
    </details>`
  }

  #detail(node: NodeStatus): TemplateResult {
    return html`<p>${RELAY[node.relay]}</p>
      <p class="quiet">
        ${
          node.tabs > 0
            ? `Direct connections through ${count(node.tabs, 'open tab')}.`
            : 'No direct connections: no open tab lends one.'
        }
      </p>
      ${
        node.connections.length === 0
          ? nothing
          : html`<ul class="plain" aria-label="Connections">
              ${node.connections.map((connection) => this.#connection(connection))}
            </ul>`
      }
      <p class="quiet small">This browser is <code title=${node.peerId}>${short(node.peerId)}</code></p>`
  }

  #connection(connection: Connection): TemplateResult {
    const direct = connection.path === 'direct'
    return html`<li>
      <code title=${connection.peerId}>${short(connection.peerId)}</code>
      <span class="tag ${direct ? 'good' : 'part'}">${direct ? 'direct' : 'through relay'}</span>
      ${connection.whyRelayed ? html`<span class="quiet small">${WHY[connection.whyRelayed]}</span>` : nothing}
    </li>`
  }

  #escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    this.#fold()
    this.querySelector('summary')?.focus()
  }

  #fold(): void {
    this.querySelector('details')?.removeAttribute('open')
  }
}
customElements.define('cafe-status', CafeStatus)
