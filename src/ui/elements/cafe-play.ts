/** `<cafe-play>`: one player for many: sound and video one after the other, with a list to choose from. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { plainName } from '../format.ts'
import { viewer as english } from '../texts/en/viewer.ts'
import { spoken } from '../texts/say.ts'
import type { Item } from '../viewer/content.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('viewer', english)

/** Titles listed around the one that plays. */
const LISTED = 50

export class CafePlay extends Plain {
  static override properties = { tracks: { attribute: false }, at: { state: true }, broken: { state: true } }
  declare tracks: readonly Item[]
  declare at: number
  /** The one at hand does not play. */
  declare broken: boolean

  constructor() {
    super()
    this.at = 0
    this.broken = false
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('tracks')) {
      // What plays goes on, wherever it is in the new order.
      const old = (changed.get('tracks') as readonly Item[] | undefined)?.[this.at]
      this.at = Math.max(
        0,
        this.tracks.findIndex(({ link }) => link === old?.link),
      )
    }
    if (changed.has('at')) this.broken = false
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('at')) return
    // Some browsers want another click first: then the controls are there for it.
    this.querySelector<HTMLMediaElement>('audio, video')
      ?.play()
      .catch(() => {})
    this.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' })
  }

  override render(): TemplateResult | typeof nothing {
    const track = this.tracks[this.at]
    if (track?.link === undefined) return nothing
    const first = Math.max(0, Math.min(this.at - LISTED / 2, this.tracks.length - LISTED))
    return html`<section class="card player" aria-label=${text.player}>
      ${
        track.shape === 'video'
          ? html`<video controls playsinline src=${track.link} @ended=${this.#next} @error=${this.#failed}></video>`
          : html`<audio controls src=${track.link} @ended=${this.#next} @error=${this.#failed}></audio>`
      }
      <div class="row now-playing">
        <button type="button" class="button icon-only" aria-label=${text.previous} ?disabled=${this.at === 0} @click=${this.#previous}>
          ${icon('backward')}
        </button>
        <p class="grow"><bdi class="title">${plainName(track.name, 255)}</bdi> <span class="quiet small">${text.track(this.at + 1, this.tracks.length)}</span></p>
        <button type="button" class="button icon-only" aria-label=${text.next} ?disabled=${this.at === this.tracks.length - 1} @click=${this.#next}>
          ${icon('forward')}
        </button>
      </div>
      ${this.broken ? html`<p class="warn" role="alert">${icon('warning')}${text.notPlayed}</p>` : nothing}
      <ol class="tracks" start=${first + 1} aria-label=${text.playList}>
        ${this.tracks.slice(first, first + LISTED).map((one, i) => this.#line(one, first + i))}
      </ol>
    </section>`
  }

  #line({ name, shape }: Item, at: number): TemplateResult {
    return html`<li>
      <button
        type="button"
        class="track"
        aria-current=${at === this.at}
        @click=${() => {
          this.at = at
        }}
      >
        ${icon(shape === 'video' ? 'film' : 'sound')}<bdi>${plainName(name, 255)}</bdi>
      </button>
    </li>`
  }

  #next(): void {
    if (this.at < this.tracks.length - 1) this.at++
  }

  #previous(): void {
    if (this.at > 0) this.at--
  }

  #failed(): void {
    this.broken = true
  }
}
customElements.define('cafe-play', CafePlay)
