/** `<cafe-threads>`: the threads of this account, invites that came, and the two ways to another: start one, open a link. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ThreadInfo } from '../../worker/thread-api.ts'
import { Live, threadNews } from '../controllers/live.ts'
import { LongList } from '../controllers/long-list.ts'
import { threadHash } from '../route.ts'
import { lastLine, peopleLine, threadTitle } from '../thread-words.ts'
import './cafe-account.ts'
import './cafe-feed.ts'
import './cafe-invites.ts'
import './cafe-mail-requests.ts'
import './cafe-notices-offer.ts'
import './cafe-thread-link.ts'
import './cafe-thread-new.ts'
import './cafe-thread-safety.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { threads as threadsEnglish } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, skeleton, waiting } from './parts.ts'
import { face } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('threads', threadsEnglish)

/** Threads that say themselves how safe they are: those that have changed last, since each asks for all of its backups. */
const TOLD = 12

export class CafeThreads extends Plain {
  static override properties = {
    cafe: { attribute: false },
    together: { attribute: false },
    starting: { state: true },
  }
  declare cafe: CafeConsole
  /** All posts in one feed instead of the list. */
  declare together: boolean
  declare starting: boolean
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )
  readonly #threads = new Live<readonly ThreadInfo[]>(
    this,
    () => (this.#account.value ? this.cafe : undefined),
    threadNews(['threads', 'feed', 'online', 'members']),
    (cafe) => cafe.thread.list(),
  )
  readonly #long = new LongList<ThreadInfo>(
    this,
    () => this.querySelector<HTMLElement>('.thread-list'),
    ({ id }) => id,
  )

  override render(): TemplateResult {
    const account = this.#account.value
    return html`<div class="heading">
        <h1 tabindex="-1">${common.threads}</h1>
        ${
          account
            ? html`<button type="button" class="button loud" @click=${this.#start}>${icon('plus')}${text.newThread}</button>`
            : nothing
        }
      </div>
      ${failure(this.#account.problem)}
      ${account === undefined ? waiting(common.looking) : account === null ? this.#noAccount() : this.#content()}`
  }

  #noAccount(): TemplateResult {
    return html`<p class="lead">${text.lead}</p>
      <cafe-account .cafe=${this.cafe}></cafe-account>`
  }

  #content(): TemplateResult {
    const threads = this.#threads.value
    return html`<cafe-invites .cafe=${this.cafe}></cafe-invites>
      <cafe-mail-requests .cafe=${this.cafe}></cafe-mail-requests>
      ${failure(this.#threads.problem, () => this.#threads.refresh())}
      ${threads === undefined ? (this.#threads.problem ? nothing : skeleton(common.looking)) : this.#lists(threads)}
      <cafe-thread-link></cafe-thread-link>
      <cafe-thread-new
        .cafe=${this.cafe}
        .open=${this.starting ?? false}
        @left=${() => {
          this.starting = false
        }}
      ></cafe-thread-new>`
  }

  #lists(threads: readonly ThreadInfo[]): TemplateResult {
    if (threads.length === 0) return this.#none()
    const somebody = threads.some(({ members, standing }) => members > 1 && standing === 'in')
    return html`${somebody ? html`<cafe-notices-offer></cafe-notices-offer>` : nothing}
      <nav class="tabs" aria-label=${common.threads}>
        <a href="#threads" aria-current=${this.together ? nothing : 'page'}>${text.count(threads.length)}</a>
        <a href="#feed" aria-current=${this.together ? 'page' : nothing}>${text.allPosts}</a>
      </nav>
      ${this.together ? html`<cafe-feed .cafe=${this.cafe} .threads=${threads}></cafe-feed>` : this.#list(threads)}`
  }

  #list(threads: readonly ThreadInfo[]): TemplateResult {
    const { shown, rest } = this.#long.place(threads)
    return html`<ul class="card rows thread-list" aria-label=${text.yours} style=${rest === 0 ? nothing : `padding-block-end: ${rest}px`}>
      ${repeat(
        shown,
        ({ index }) => threads[index]?.id,
        ({ index, before }) => html`<li
          data-at=${index}
          aria-posinset=${index + 1}
          aria-setsize=${threads.length}
          style=${before === 0 ? nothing : `margin-block-start: ${before}px`}
        >
          ${this.#row(threads[index] as ThreadInfo, index < TOLD)}
        </li>`,
      )}
    </ul>`
  }

  #row(info: ThreadInfo, told: boolean): TemplateResult {
    return html`<a class="thread-row" href=${threadHash(info.id)}>
      ${
        info.with === null
          ? html`<span class="mark small" aria-hidden="true">${icon(info.type === 'private' ? 'lock' : 'threads')}</span>`
          : face(info.with)
      }
      <span class="grow">
        <span class="title"><bdi>${threadTitle(info)}</bdi> ${mark(info)}</span>
        ${info.last === null ? nothing : html`<span class="last lines ${info.unread > 0 ? 'new' : 'quiet'}" dir="auto">${lastLine(info)}</span>`}
        <span class="quiet small lines">
          ${info.standing === 'joining' ? `${text.notHere} · ` : info.with === null ? `${peopleLine(info)} · ` : nothing}${when(info.updated)}
        </span>
        ${
          told && info.standing === 'in'
            ? html`<cafe-thread-safety class="quiet small lines" .cafe=${this.cafe} .thread=${info.id}></cafe-thread-safety>`
            : nothing
        }
      </span>
      ${
        info.unread === 0
          ? nothing
          : html`<span class="badge">${info.unread > 99 ? '99+' : info.unread}<span class="sr"> ${text.notRead}</span></span>`
      }
    </a>`
  }

  #none(): TemplateResult {
    return html`<div class="empty card">
      <span class="mark" aria-hidden="true">${icon('threads')}</span>
      <h2>${text.noneTitle}</h2>
      <p class="quiet">${text.noneText}</p>
      <button type="button" class="button loud" @click=${this.#start}>${text.start}</button>
    </div>`
  }

  #start(): void {
    this.starting = true
  }
}

function mark({ standing, alarms }: ThreadInfo): TemplateResult | typeof nothing {
  if (standing === 'joining') return html`<span class="tag part">${text.waitingTag}</span>`
  if (standing === 'removed') return html`<span class="tag bad">${text.removedTag}</span>`
  return alarms.length === 0 ? nothing : html`<span class="tag bad">${text.lookTag}</span>`
}
customElements.define('cafe-threads', CafeThreads)
