/**
 * `<cafe-drill>`: how safe the account is: at how many cafes all of it is, and when it was last proved that it could be
 * brought back. One button proves it again.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Session } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { DrillProgress, DrillResult, DrillStatus } from '../../worker/recover-api.ts'
import type { Errand, ErrandState } from '../controllers/errand.ts'
import { Live } from '../controllers/live.ts'
import { drillVerdict, percent } from '../recover-words.ts'
import './cafe-safety.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { recover as recoverEnglish } from '../texts/en/recover.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('recover', recoverEnglish)

export class CafeDrill extends Plain {
  static override properties = { cafe: { attribute: false }, errand: { attribute: false }, state: { attribute: false } }
  declare cafe: CafeConsole
  declare errand: Errand<undefined, DrillProgress, DrillResult>
  /** `errand.state` of this moment, so that a change draws the view. */
  declare state: ErrandState<DrillProgress, DrillResult>
  readonly #drills = new Live<DrillStatus>(
    this,
    () => this.cafe,
    ['account', 'pins'],
    (cafe) => cafe.recover.drills(),
  )
  readonly #cafes = new Live<readonly Session[]>(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )

  protected override updated(changed: PropertyValues): void {
    const before = changed.get('state') as ErrandState<DrillProgress, DrillResult> | undefined
    if (before?.running && !this.state.running) this.#drills.refresh()
  }

  override render(): TemplateResult {
    const { running, problem } = this.state
    const { last, good } = this.#drills.value ?? { last: null, good: null }
    const verdict = last === null ? undefined : drillVerdict(last)
    return html`<section class="card stack" aria-labelledby="drill-heading">
      <h2 id="drill-heading">${text.safe}</h2>
      <cafe-safety .cafe=${this.cafe} .names=${this.#names()}></cafe-safety>
      <p class="quiet">
        ${text.drillText}
      </p>
      ${
        verdict === undefined || last === null || running
          ? nothing
          : html`<div class="notice ${verdict.level}" role="status">
              ${icon(verdict.level === 'good' ? 'check' : 'warning')}
              <p>${verdict.text} <span class="quiet small">${when(last.at)}</span></p>
            </div>`
      }
      ${good === last?.at ? nothing : html`<p>${good === null ? text.noDrill : text.lastDrill(when(good))}</p>`}
      ${failure(this.#drills.problem ?? problem, () => void this.errand.run(undefined))} ${running ? this.#running() : nothing}
      <div class="row">
        ${
          running
            ? html`<button type="button" class="button" @click=${this.#stop}>${common.stop}</button>`
            : html`<button type="button" class="button loud" @click=${() => this.errand.run(undefined)}>${text.startDrill}</button>`
        }
      </div>
    </section>`
  }

  #names(): ReadonlyMap<string, string> {
    return new Map((this.#cafes.value ?? []).map(({ cafe, name }) => [cafe, name]))
  }

  #running(): TemplateResult {
    const { done = 0, of: total = 0 } = this.state.progress ?? {}
    const value = percent(done, total)
    return html`<div>
      <p class="quiet small tabular between" role="status">
        ${total === 0 ? text.askingYours : text.comparing}<span>${total === 0 ? '' : `${value}%`}</span>
      </p>
      <wa-progress-bar .value=${value} label=${text.drill} ?indeterminate=${total === 0}></wa-progress-bar>
    </div>`
  }

  #stop(): void {
    this.errand.stop()
  }
}
customElements.define('cafe-drill', CafeDrill)
