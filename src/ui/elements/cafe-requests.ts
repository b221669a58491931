/** `<cafe-requests>`: who asks to join the cafe in this browser, with a yes and a no for each. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { RequestInfo } from '../../worker/admission-api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { plainName, short } from '../format.ts'
import { host as english } from '../texts/en/host.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('host', english)

export class CafeRequests extends Plain {
  static override properties = { cafe: { attribute: false }, asked: { type: Boolean } }
  declare cafe: CafeConsole
  /** The cafe is one whose host is asked: then it is worth saying that nobody has. */
  declare asked: boolean
  readonly #requests = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.requests(),
  )
  readonly #decide = new Action<{ request: RequestInfo; admit: boolean }>(
    this,
    'decide',
    async ({ request, admit }) => {
      const { address, peerId } = request
      await this.cafe.host.decide({ address, peerId, admit })
    },
  )

  override render(): TemplateResult | typeof nothing {
    const requests = this.#requests.value ?? []
    if (requests.length === 0 && !this.asked) return nothing
    return html`<section class="card" aria-labelledby="requests-heading">
      <h2 id="requests-heading">${text.requestsTitle}</h2>
      ${failure(this.#decide.problem ?? this.#requests.problem)}
      ${
        requests.length === 0
          ? html`<p class="quiet">${text.nobodyWaits}</p>`
          : html`<ul class="rows" aria-live="polite">
              ${repeat(
                requests,
                (request) => `${request.address}/${request.peerId}`,
                (request) => this.#row(request),
              )}
            </ul>`
      }
    </section>`
  }

  #row(request: RequestInfo): TemplateResult {
    const id = short(request.address)
    const who = request.greeting === '' ? id : plainName(request.greeting, 200)
    const answer = (admit: boolean) => () => void this.#decide.run({ request, admit })
    return html`<li>
      <span class="mark small" aria-hidden="true">${icon('people')}</span>
      <div class="grow">
        <p class="title">${request.greeting === '' ? html`<code>${id}</code>` : html`<bdi>“${who}”</bdi>`}</p>
        <p class="quiet small">
          ${text.asked(html`<wa-relative-time .date=${new Date(request.since)} sync></wa-relative-time>`)} ·
          <code title=${request.address}>${id}</code>
        </p>
      </div>
      <div class="answers">
        <button type="button" class="button small" aria-label=${text.noLabel(who)} @click=${answer(false)}>${text.no}</button>
        <button type="button" class="button small loud" aria-label=${text.yesLabel(who)} @click=${answer(true)}>
          ${icon('check')}${text.yes}
        </button>
      </div>
    </li>`
  }
}
customElements.define('cafe-requests', CafeRequests)
