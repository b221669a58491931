/**
 * `<cafe-drill>`: how safe the account is: at how many cafes all of it is, and when it was last proved that it could be
 * brought back. One button proves it again.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { DrillProgress, DrillStatus } from '../../worker/recover-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { drillVerdict, percent } from '../recover-words.ts'
import { failure, icon, Plain } from './parts.ts'
import { when } from './post-parts.ts'

export class CafeDrill extends Plain {
  static override properties = { cafe: { attribute: false }, progress: { state: true } }
  declare cafe: CafeConsole
  declare progress: DrillProgress | undefined
  readonly #drills = new Live<DrillStatus>(
    this,
    () => this.cafe,
    ['account', 'pins'],
    (cafe) => cafe.recover.drills(),
  )
  readonly #drill = new Action<void>(this, 'drill', async (_input, signal) => {
    this.progress = undefined
    await this.cafe.recover.drill({
      signal,
      onProgress: (progress) => {
        this.progress = progress
      },
    })
    this.#drills.refresh()
  })

  override render(): TemplateResult {
    const { running, problem } = this.#drill
    const { last, good } = this.#drills.value ?? { last: null, good: null }
    const verdict = last === null ? undefined : drillVerdict(last)
    return html`<section class="card stack" aria-labelledby="drill-heading">
      <h2 id="drill-heading">Could it be brought back?</h2>
      <p class="quiet">
        A drill brings everything back from your cafes into a place of its own, compares it with what is here, and clears it away again.
        Nothing of yours is touched.
      </p>
      ${
        verdict === undefined || last === null || running
          ? nothing
          : html`<div class="notice ${verdict.level}" role="status">
              ${icon(verdict.level === 'good' ? 'check' : 'warning')}
              <p>${verdict.text} <span class="quiet small">${when(last.at)}</span></p>
            </div>`
      }
      <p>${good === null ? 'It has not been tried yet.' : html`Last good drill: ${when(good)}.`}</p>
      ${failure(this.#drills.problem ?? problem, () => void this.#drill.run())} ${running ? this.#running() : nothing}
      <div class="row">
        ${
          running
            ? html`<button type="button" class="button" @click=${this.#stop}>Stop</button>`
            : html`<button type="button" class="button loud" @click=${() => this.#drill.run()}>Try it now</button>`
        }
      </div>
    </section>`
  }

  #running(): TemplateResult {
    const { done = 0, total = 0 } = this.progress ?? {}
    const value = percent(done, total)
    return html`<div>
      <p class="quiet small tabular between" role="status">
        ${total === 0 ? 'Asking your cafes…' : 'Bringing it back and comparing'}<span>${total === 0 ? '' : `${value}%`}</span>
      </p>
      <wa-progress-bar .value=${value} label="Restore drill" ?indeterminate=${total === 0}></wa-progress-bar>
    </div>`
  }

  #stop(): void {
    this.#drill.abort()
    this.requestUpdate()
  }
}
customElements.define('cafe-drill', CafeDrill)
