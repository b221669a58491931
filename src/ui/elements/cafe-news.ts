/** `<cafe-news>`: what others did that concerns this account, newest first; what was not read stands out. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Notifications, ThreadNotification } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live, threadNews } from '../controllers/live.ts'
import { count } from '../format.ts'
import { threadHash } from '../route.ts'
import { newsLine } from '../thread-words.ts'
import './cafe-invites.ts'
import './cafe-mail-requests.ts'
import './cafe-mail-summary.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { face, who } from './person.ts'
import { when } from './post-parts.ts'

/** Lines added at a time. */
const STEP = 30

export class CafeNews extends Plain {
  static override properties = { cafe: { attribute: false }, wanted: { state: true } }
  declare cafe: CafeConsole
  declare wanted: number
  readonly #news = new Live<Notifications>(
    this,
    () => this.cafe,
    threadNews(['notifications', 'threads']),
    (cafe) => readNews(cafe, this.wanted),
  )
  readonly #read = new Action<string | undefined>(this, 'threads', async (notification) => {
    await this.cafe.thread.read(notification === undefined ? {} : { notification })
    this.#news.refresh()
  })

  constructor() {
    super()
    this.wanted = STEP
  }

  override render(): TemplateResult {
    const news = this.#news.value
    return html`<div class="heading">
        <h1 tabindex="-1">News</h1>
        ${
          news && news.unread > 0
            ? html`<button type="button" class="button" ?disabled=${this.#read.running} @click=${() => this.#read.run(undefined)}>
                ${icon('check')}Mark all as read
              </button>`
            : nothing
        }
      </div>
      <p class="sr" role="status">${news === undefined ? '' : news.unread === 0 ? 'All is read' : `${count(news.unread, 'line')} not read`}</p>
      <cafe-mail-summary .cafe=${this.cafe}></cafe-mail-summary>
      <cafe-invites .cafe=${this.cafe}></cafe-invites>
      <cafe-mail-requests .cafe=${this.cafe}></cafe-mail-requests>
      ${failure(this.#news.problem ?? this.#read.problem)}
      ${news === undefined ? (this.#news.problem ? nothing : waiting('Looking…')) : news.items.length === 0 ? empty() : this.#list(news)}`
  }

  #list({ items, next }: Notifications): TemplateResult {
    return html`<ul class="card rows news" aria-label="News">
        ${repeat(
          items,
          ({ id }) => id,
          (item) => html`<li class=${item.read ? '' : 'new'}>${this.#row(item)}</li>`,
        )}
      </ul>
      ${next === null ? nothing : html`<button type="button" class="button" @click=${this.#more}>Show older</button>`}`
  }

  #row(item: ThreadNotification): TemplateResult {
    const href = item.kind === 'invite' ? '#threads' : threadHash(item.thread)
    return html`<a class="thread-row" href=${href} @click=${() => item.read || void this.#read.run(item.id)}>
      ${face(item.actor)}
      <span class="grow">
        <span>${item.read ? nothing : html`<span class="sr">New: </span>`}${who(item.actor)} ${newsLine(item)}</span>
        ${item.text === '' ? nothing : html`<span class="said lines" dir="auto">${item.text}</span>`}
        <span class="quiet small lines">${when(item.time)}</span>
      </span>
      ${item.read ? nothing : html`<span class="dot part" aria-hidden="true"></span>`}
    </a>`
  }

  #more(): void {
    this.wanted += STEP
    this.#news.refresh()
  }
}

/** From the newest on, as many as are wanted. */
async function readNews(cafe: CafeConsole, wanted: number): Promise<Notifications> {
  let page = await cafe.thread.notifications({ limit: STEP })
  const items = [...page.items]
  while (page.next !== null && items.length < wanted) {
    page = await cafe.thread.notifications({ after: page.next, limit: STEP })
    items.push(...page.items)
  }
  return { ...page, items }
}

function empty(): TemplateResult {
  return html`<div class="empty card">
    <span class="mark" aria-hidden="true">${icon('bell')}</span>
    <h2>Nothing new</h2>
    <p class="quiet">Here you see who posted, answered you or invited you.</p>
  </div>`
}
customElements.define('cafe-news', CafeNews)
