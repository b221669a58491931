/** `<cafe-room>`: how much the cafe keeps of what it may, what can be freed, and a plain warning once the disk was full. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Collected, CollectProgress, HostRoom } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { bytes, collectLine, freedLine, taken } from '../format.ts'
import './cafe-budget.ts'
import { room as english } from '../texts/en/room.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('room', english)

export class CafeRoom extends Plain {
  static override properties = {
    cafe: { attribute: false },
    room: { attribute: false },
    asking: { state: true },
    progress: { state: true },
    freed: { state: true },
  }
  declare cafe: CafeConsole
  declare room: HostRoom
  declare asking: boolean
  declare progress: CollectProgress | undefined
  /** What the last "Clean up" came to. */
  declare freed: Collected | undefined
  readonly #collect = new Action<void>(this, 'room', async (_input, signal) => {
    this.freed = undefined
    this.progress = undefined
    const onProgress = (progress: CollectProgress): void => {
      this.progress = progress
    }
    this.freed = await this.cafe.host.collect({ onProgress, signal })
  })

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('room') as HostRoom | undefined
    // There is something new to free: what the last time came to is old news.
    if (before !== undefined && this.room.collectable > before.collectable) this.freed = undefined
  }

  override render(): TemplateResult {
    const { running, problem } = this.#collect
    return html`<section class="card" aria-labelledby="room-heading">
      <div class="heading">
        <h2 id="room-heading">${text.title}</h2>
        <button type="button" class="button small" @click=${this.#ask}>${text.change}</button>
      </div>
      ${this.#full()} ${this.#meter()}
      <div class="heading">
        <p class="grow quiet small" role="status">${running ? collectLine(this.progress) : this.#news()}</p>
        <button
          type="button"
          class="button small"
          aria-busy=${running ? 'true' : 'false'}
          @click=${() => this.#collect.run()}
        >${text.cleanUp}</button>
      </div>
      ${failure(problem, () => void this.#collect.run())}
      <cafe-budget
        .cafe=${this.cafe}
        .room=${this.room}
        .open=${this.asking ?? false}
        @left=${() => {
          this.asking = false
        }}
      ></cafe-budget>
    </section>`
  }

  #meter(): TemplateResult {
    const { budget, leased } = this.room
    const used = taken(this.room)
    const left = budget - used
    const percent = used >= budget ? 100 : Math.round((100 * used) / budget)
    return html`<div>
      <p class="tabular between">
        <span>${text.keptOf(bytes(used), bytes(budget))}</span>${left > 0 ? html`<span class="quiet small">${text.free(bytes(left))}</span>` : nothing}
      </p>
      <wa-progress-bar class="meter" .value=${percent} label=${text.usedByCafe}></wa-progress-bar>
      ${leased > 0 ? html`<p class="quiet small">${text.leased(bytes(leased))}</p>` : nothing}
      ${
        left > 0
          ? nothing
          : html`<p class="warn small">
              ${icon('warning')}${text.usedUp}
            </p>`
      }
    </div>`
  }

  /** What came of cleaning up, or what it would free. */
  #news(): TemplateResult | string {
    const { collectable, collected } = this.room
    if (this.freed !== undefined) return freedLine(this.freed)
    if (collectable > 0) return text.collectable(bytes(collectable))
    if (collected === undefined) return text.byItself
    const at = html`<wa-relative-time .date=${new Date(collected.at)} sync></wa-relative-time>`
    return collected.failed === undefined
      ? text.lastCleaned(at, freedLine(collected))
      : text.stoppedEarly(at, freedLine(collected))
  }

  #full(): TemplateResult | typeof nothing {
    const { diskFull } = this.room
    if (diskFull === undefined) return nothing
    return html`<div class="notice bad" role="alert">
      ${icon('warning')}
      <div class="grow">
        <p class="title">${text.diskFull(html`<wa-relative-time .date=${new Date(diskFull)} sync></wa-relative-time>`)}</p>
        <p class="small">${text.diskFullText}</p>
      </div>
    </div>`
  }

  #ask(): void {
    this.asking = true
  }
}
customElements.define('cafe-room', CafeRoom)
