/**
 * `<cafe-thread>`: one thread: what it is and how it stands, a place to write, its posts; beside them its members and what
 * else can be done. What is seen counts as read.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ThreadInfo } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live, threadNews } from '../controllers/live.ts'
import type { Parcel, Sending } from '../controllers/sending.ts'
import { peopleLine, presenceLine, threadTitle } from '../thread-words.ts'
import './cafe-compose.ts'
import './cafe-feed.ts'
import './cafe-parcel.ts'
import './cafe-thread-about.ts'
import './cafe-thread-alarms.ts'
import './cafe-thread-safety.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { threads as threadsEnglish } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { face } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('threads', threadsEnglish)

/** From here on the members are beside the posts; the same as in `threads.css`. */
const WIDE = '(min-width: 60rem)'

export class CafeThread extends Plain {
  static override properties = {
    cafe: { attribute: false },
    thread: { attribute: false },
    sending: { attribute: false },
    parcels: { attribute: false },
    wide: { state: true },
    unread: { state: true },
  }
  declare cafe: CafeConsole
  /** Its id. */
  declare thread: string
  declare sending: Sending
  /** `sending.parcels` of this moment, so that a change draws the view. */
  declare parcels: readonly Parcel[]
  declare wide: boolean
  /** Posts that were not read when the thread was opened. */
  declare unread: number | undefined
  readonly #info = new Live<ThreadInfo>(
    this,
    () => this.cafe,
    threadNews(['threads', 'feed', 'members', 'online'], () => this.thread),
    (cafe) => cafe.thread.get(this.thread),
    'threads',
  )
  readonly #sync = new Action<void>(this, 'threads', async () => void (await this.cafe.thread.sync(this.thread)))
  readonly #media = matchMedia(WIDE)
  readonly #sized = () => {
    this.wide = this.#media.matches
  }
  readonly #looked = () => this.#read()

  constructor() {
    super()
    this.parcels = []
    this.wide = this.#media.matches
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#media.addEventListener('change', this.#sized)
    document.addEventListener('visibilitychange', this.#looked)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#media.removeEventListener('change', this.#sized)
    document.removeEventListener('visibilitychange', this.#looked)
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('thread') && this.hasUpdated) {
      this.unread = undefined
      this.#info.refresh()
    }
    const info = this.#current
    if (info && this.unread === undefined) this.unread = info.unread
  }

  protected override updated(): void {
    this.#read()
  }

  override render(): TemplateResult {
    const info = this.#current
    if (info === undefined) {
      return html`<h1 tabindex="-1">${text.thread}</h1>
        ${this.#info.problem ? html`${failure(this.#info.problem)}${back()}` : waiting(common.looking)}`
    }
    return html`<div class="thread-head">
        <a class="button icon-only" href="#threads" aria-label=${text.all}>${icon('back')}</a>
        ${info.with === null ? nothing : face(info.with)}
        <div class="grow">
          <h1 tabindex="-1"><bdi>${threadTitle(info)}</bdi></h1>
          <p class="quiet small">${this.#state(info)}</p>
          ${
            info.standing === 'in'
              ? html`<cafe-thread-safety class="quiet small" .cafe=${this.cafe} .thread=${info.id}></cafe-thread-safety>`
              : nothing
          }
        </div>
        <button
          type="button"
          class="button icon-only"
          aria-label=${text.ask}
          title=${text.ask}
          aria-busy=${this.#sync.running ? 'true' : nothing}
          @click=${() => this.#sync.run()}
        >
          ${icon('again')}
        </button>
      </div>
      ${failure(this.#sync.problem, () => void this.#sync.run())} ${standing(info)}
      <cafe-thread-alarms .cafe=${this.cafe} .info=${info}></cafe-thread-alarms>
      <div class="thread-grid">
        <details class="card about" .open=${this.wide}>
          <summary>${text.about}</summary>
          <cafe-thread-about .cafe=${this.cafe} .info=${info}></cafe-thread-about>
        </details>
        <div class="stack posts">
          ${info.can.write ? html`<cafe-compose .cafe=${this.cafe} .thread=${info.id} .sending=${this.sending}></cafe-compose>` : nothing}
          ${this.#sent(info)}
          <cafe-feed .cafe=${this.cafe} .threads=${[info]} .one=${info.id} .unread=${this.unread ?? 0}></cafe-feed>
        </div>
      </div>`
  }

  #state(info: ThreadInfo): TemplateResult {
    return html`${info.with === null ? peopleLine(info) : presenceLine(info)}
    ${info.synced === null ? nothing : html` · ${text.upToDate(when(info.synced))}`}
    ${this.#sync.running ? html`<span role="status"> · ${text.asking}</span>` : nothing}`
  }

  #sent({ id }: ThreadInfo): TemplateResult | typeof nothing {
    const parcels = this.parcels.filter(({ thread }) => thread === id)
    if (parcels.length === 0) return nothing
    return html`<ul class="card rows" aria-label=${text.onTheWay}>
      ${repeat(
        parcels,
        (parcel) => parcel.id,
        (parcel) => html`<li>
          <cafe-parcel
            .parcel=${parcel}
            @cancel=${() => this.sending.cancel(parcel.id)}
            @again=${() => this.sending.retry(parcel.id)}
          ></cafe-parcel>
        </li>`,
      )}
    </ul>`
  }

  /** What was read last, if it is of this thread and not of the one shown before. */
  get #current(): ThreadInfo | undefined {
    const info = this.#info.value
    return info?.id === this.thread ? info : undefined
  }

  #read(): void {
    const info = this.#current
    if (!info || info.unread === 0 || document.visibilityState !== 'visible') return
    // Whatever fails here is tried again with the next news.
    void this.cafe.thread.read({ id: info.id }).catch(() => undefined)
  }
}

function standing({ standing }: ThreadInfo): TemplateResult | typeof nothing {
  if (standing === 'joining') {
    return html`<div class="notice part" role="status">
      ${icon('people')}
      <p>${text.joining}</p>
    </div>`
  }
  if (standing === 'removed') {
    return html`<div class="notice bad">
      ${icon('warning')}
      <p>${text.removed}</p>
    </div>`
  }
  return nothing
}

function back(): TemplateResult {
  return html`<p><a class="button" href="#threads">${common.seeThreads}</a></p>`
}
customElements.define('cafe-thread', CafeThread)
