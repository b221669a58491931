/** `<cafe-reach>`: how people reach the cafe of this browser now, in a sentence and in chips, and since when it is open. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { NodeStatus, RelayInfo } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { reach } from '../format.ts'
import { host as english } from '../texts/en/host.ts'
import { hosting as englishHosting } from '../texts/en/hosting.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('host', english)
const own = spoken('hosting', englishHosting)

export class CafeReach extends Plain {
  static override properties = { cafe: { attribute: false }, up: { type: Number }, paused: { type: Boolean } }
  declare cafe: CafeConsole
  /** Since when it is open without a break. */
  declare up: number
  declare paused: boolean
  readonly #node = new Live(
    this,
    () => this.cafe,
    ['node'],
    async (cafe) => {
      const [node, relays] = await Promise.all([cafe.node.status(), cafe.node.relays()])
      return { node, relays }
    },
  )

  override render(): TemplateResult {
    const found = this.#node.value
    const now = found === undefined ? { level: 'part', text: text.finding } : reach(found.node)
    return html`<p class="reach ${now.level}" role="status">
        <span class="dot ${now.level}" aria-hidden="true"></span>${now.text}
      </p>
      <ul class="chips" aria-label=${own.ways}>
        ${this.paused ? html`<li class="tag part">${icon('warning')}${own.paused}</li>` : nothing}
        ${found === undefined ? nothing : ways(found.node, found.relays)}
      </ul>
      <p class="quiet small">
        ${own.up(html`<wa-relative-time .date=${new Date(this.up)} sync></wa-relative-time>`)}
      </p>`
  }
}

/** By the network itself, which takes a tab that lends connections; and through relays, each of which takes a seat. */
function ways({ tabs }: NodeStatus, relays: readonly RelayInfo[]): TemplateResult {
  const seats = relays.filter(({ seat }) => seat).length
  return html`<li class="tag ${tabs > 0 ? 'good' : 'part'}">${tabs > 0 ? own.onNetwork : own.notOnNetwork}</li>
    <li class="tag ${seats > 0 ? 'good' : 'bad'}">${seats > 0 ? own.seats(seats) : own.noSeat}</li>`
}
customElements.define('cafe-reach', CafeReach)
