/** `<cafe-status>`: the node's state as a chip; opened, every connection and whether it is direct or through the relay. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Connection, NodeStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { nodeLine, type Reach, short } from '../format.ts'
import { frame as english } from '../texts/en/frame.ts'
import { spoken } from '../texts/say.ts'
import { Plain } from './parts.ts'

const text = spoken('frame', english)

const failed = (): Reach => ({ level: 'none', text: text.notRunning })

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
    const line = this.failed ? failed() : nodeLine(node, navigator.onLine)
    return html`<details class="status" @keydown=${this.#escape}>
      <summary>
        <span class="dot ${line.level}" aria-hidden="true"></span><span class="sr">${text.network}</span>${line.text}
      </summary>
      <div class="panel">${node === undefined ? html`<p>${this.failed ? text.couldNotStart : text.isStarting}</p>` : this.#detail(node)}</div>
    </details>`
  }

  #detail(node: NodeStatus): TemplateResult {
    const { relay, tabs } = node
    const well = relay === 'connected' && tabs > 0
    return html`<p>${text.relay[relay]}</p>
      ${relay === 'none' ? html`<p>${text.withoutRelay((words) => html`<a href="#pair">${words}</a>`)}</p>` : nothing}
      <p class="quiet">
        ${tabs > 0 ? text.throughTabs(tabs) : text.noDirect}
      </p>
      ${well ? nothing : html`<p><a href="#doctor">${text.whatHinders}</a></p>`}
      ${
        node.connections.length === 0
          ? nothing
          : html`<ul class="plain" aria-label=${text.connections}>
              ${node.connections.map((connection) => this.#connection(connection))}
            </ul>`
      }
      <p class="quiet small">${text.thisBrowser(html`<code title=${node.peerId}>${short(node.peerId)}</code>`)}</p>`
  }

  #connection(connection: Connection): TemplateResult {
    const direct = connection.path === 'direct'
    return html`<li>
      <code title=${connection.peerId}>${short(connection.peerId)}</code>
      <span class="tag ${direct ? 'good' : 'part'}">${direct ? text.direct : text.throughRelay}</span>
      ${connection.whyRelayed ? html`<span class="quiet small">${text.why[connection.whyRelayed]}</span>` : nothing}
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
