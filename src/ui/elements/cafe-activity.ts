/** `<cafe-activity>`: what has happened at the cafe of this browser, newest first, a few lines at a time. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { ActivityInfo } from '../../worker/admission-api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { bytes } from '../format.ts'
import { hosting as english } from '../texts/en/hosting.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const text = spoken('hosting', english)

/** Lines at first, and how many more at a time. */
const FEW = 6
const MORE = 24

export class CafeActivity extends Plain {
  static override properties = { cafe: { attribute: false }, shown: { state: true }, news: { state: true } }
  declare cafe: CafeConsole
  /** Lines that are shown, of those there are. */
  declare shown: number
  /** For the live region: what came while the list was looked at. */
  declare news: ActivityInfo | undefined
  #newest: string | undefined
  readonly #lines = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.activity(),
  )

  constructor() {
    super()
    this.shown = FEW
  }

  protected override willUpdate(): void {
    const [first] = this.#lines.value ?? []
    if (first === undefined) return
    // What was there before anybody looked is no news.
    if (this.#newest !== undefined && keyOf(first) !== this.#newest) this.news = first
    this.#newest = keyOf(first)
  }

  override render(): TemplateResult {
    const lines = this.#lines.value ?? []
    return html`<section class="card" aria-labelledby="activity-heading">
      <h2 id="activity-heading">${text.activity}</h2>
      ${failure(this.#lines.problem)}
      ${lines.length === 0 ? html`<p class="quiet">${text.activityNone}</p>` : this.#list(lines)}
      <p class="quiet small">${text.activityText}</p>
      <p class="sr" role="status">${this.news === undefined ? nothing : words(this.news)}</p>
    </section>`
  }

  #list(lines: readonly ActivityInfo[]): TemplateResult {
    return html`<ul class="rows log">
        ${repeat(
          lines.slice(0, this.shown),
          keyOf,
          (line) => html`<li>
            <p class="grow">${words(line)}${again(line)}</p>
            <wa-relative-time class="quiet small" .date=${new Date(line.at)} sync></wa-relative-time>
          </li>`,
        )}
      </ul>
      ${
        lines.length > this.shown
          ? html`<button type="button" class="button small" @click=${this.#more}>${text.showMore}</button>`
          : nothing
      }`
  }

  async #more(): Promise<void> {
    const before = this.shown
    this.shown += MORE
    await this.updateComplete
    // The button may be gone, and the first of the new lines is where one reads on.
    if (document.activeElement === document.body) {
      const line = this.querySelectorAll<HTMLElement>('li')[before]
      line?.setAttribute('tabindex', '-1')
      line?.focus()
    }
  }
}

const keyOf = ({ what, who, from, at }: ActivityInfo): string => `${what} ${who} ${from} ${at}`

function words({ what, who, times, bytes: size }: ActivityInfo): TemplateResult | string {
  const name = html`<code>${who}</code>`
  return what === 'kept' ? text.kept(times, bytes(size), name) : text.happened[what](name)
}

/** How often, where the line does not say so itself. */
const again = ({ what, times }: ActivityInfo): TemplateResult | typeof nothing =>
  what === 'kept' || times === 1 ? nothing : html` <span class="quiet small">${text.times(times)}</span>`

customElements.define('cafe-activity', CafeActivity)
