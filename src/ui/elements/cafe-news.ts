/** `<cafe-news>`: what others did that concerns this account, newest first; what was not read stands out. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Notifications, ThreadNotification } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { Live, threadNews } from '../controllers/live.ts'
import { threadHash } from '../route.ts'
import { newsLine } from '../thread-words.ts'
import './cafe-invites.ts'
import './cafe-mail-requests.ts'
import './cafe-mail-summary.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { news as newsEnglish } from '../texts/en/news.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, skeleton } from './parts.ts'
import { face, who } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('news', newsEnglish)

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
        <h1 tabindex="-1">${text.title}</h1>
        ${
          news && news.unread > 0
            ? html`<button type="button" class="button" ?disabled=${this.#read.running} @click=${() => this.#read.run(undefined)}>
                ${icon('check')}${text.markAll}
              </button>`
            : nothing
        }
      </div>
      <p class="sr" role="status">${news === undefined ? '' : news.unread === 0 ? text.allRead : text.notRead(news.unread)}</p>
      <cafe-mail-summary .cafe=${this.cafe}></cafe-mail-summary>
      <cafe-invites .cafe=${this.cafe}></cafe-invites>
      <cafe-mail-requests .cafe=${this.cafe}></cafe-mail-requests>
      ${failure(this.#news.problem ?? this.#read.problem)}
      ${news === undefined ? (this.#news.problem ? nothing : skeleton(common.looking)) : news.items.length === 0 ? empty() : this.#list(news)}`
  }

  #list({ items, next }: Notifications): TemplateResult {
    return html`<ul class="card rows news" aria-label=${text.title}>
        ${repeat(
          items,
          ({ id }) => id,
          (item) => html`<li class=${item.read ? '' : 'new'}>${this.#row(item)}</li>`,
        )}
      </ul>
      ${next === null ? nothing : html`<button type="button" class="button" @click=${this.#more}>${common.older}</button>`}`
  }

  #row(item: ThreadNotification): TemplateResult {
    const href = item.kind === 'invite' ? '#threads' : threadHash(item.thread)
    return html`<a class="thread-row" href=${href} @click=${() => item.read || void this.#read.run(item.id)}>
      ${face(item.actor)}
      <span class="grow">
        <span>${item.read ? nothing : html`<span class="sr">${text.newLine} </span>`}${who(item.actor)} ${newsLine(item)}</span>
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
    <h2>${text.noneTitle}</h2>
    <p class="quiet">${text.noneText}</p>
  </div>`
}
customElements.define('cafe-news', CafeNews)
