/** `<cafe-neighbours>`: the other cafes that this one knows, for its host: who passes on searches, and who lied. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { NeighbourInfo } from '../../worker/admission-api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { plainName, short } from '../format.ts'
import { admit as english } from '../texts/en/admit.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('admit', english)

export class CafeNeighbours extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #known = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.neighbours(),
  )

  override render(): TemplateResult | typeof nothing {
    const known = this.#known.value ?? []
    if (known.length === 0) return nothing
    const marked = known.filter((one) => one.marked !== null)
    const rest = known.filter((one) => one.marked === null)
    return html`<section class="card" aria-labelledby="neighbours-heading">
      <h2 id="neighbours-heading">${text.neighbours}</h2>
      <p class="quiet">
        ${text.knows(known.length)}
      </p>
      ${marked.map(
        (one) => html`<div class="notice bad">
          ${icon('warning')}
          <p>
            ${text.forged(nameOf(one))}
          </p>
        </div>`,
      )}
      ${
        rest.length > 0
          ? html`<details>
            <summary>${text.showThem}</summary>
            <ul class="rows">
              ${rest.map((one) => html`<li><p class="grow">${nameOf(one)} <span class="quiet small">${last(one)}</span></p></li>`)}
            </ul>
          </details>`
          : nothing
      }
    </section>`
  }
}

const nameOf = ({ name, peerId }: NeighbourInfo): TemplateResult =>
  html`<bdi>${plainName(name)}</bdi> <code class="quiet small" title=${peerId}>${short(peerId)}</code>`

const last = ({ answered }: NeighbourInfo): TemplateResult =>
  answered === null
    ? html`${text.notAnswered}`
    : text.answered(html`<wa-relative-time .date=${new Date(answered)} sync></wa-relative-time>`)

customElements.define('cafe-neighbours', CafeNeighbours)
