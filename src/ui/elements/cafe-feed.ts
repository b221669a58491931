/**
 * `<cafe-feed>`: the posts of one thread, or of all of them: newest first, in one of three ways to read, a page at a time.
 * `unread` posts from the top are set apart from those that were read.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { AnnotatedPost, FeedItem, FeedMode, Post, ThreadInfo } from '../../worker/thread-api.ts'
import { FeedPages } from '../controllers/feed-pages.ts'
import { Seen, type SeenPost, watchScreen } from '../controllers/seen.ts'
import { threadHash } from '../route.ts'
import { eventLine, modes, threadTitle } from '../thread-words.ts'
import './cafe-post.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { posts as postsEnglish } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import type { CafePost } from './cafe-post.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { face, who } from './person.ts'
import { prose, when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('posts', postsEnglish)

export class CafeFeed extends Plain {
  static override properties = {
    cafe: { attribute: false },
    threads: { attribute: false },
    one: { attribute: false },
    unread: { attribute: false },
    mode: { state: true },
  }
  declare cafe: CafeConsole
  /** The threads the posts can be of. */
  declare threads: readonly ThreadInfo[]
  /** Id of the only thread whose posts are shown. */
  declare one: string | undefined
  declare unread: number
  declare mode: FeedMode
  readonly #feed = new FeedPages(
    this,
    () => this.cafe,
    () => (this.one === undefined ? { mode: this.mode } : { id: this.one, mode: this.mode }),
  )

  readonly #seen = new Seen(this, {
    tell: (thread, cids) => this.cafe.mail.seen(thread, cids),
    watch: watchScreen,
    page: document,
  })

  constructor() {
    super()
    this.mode = 'annotated'
    this.unread = 0
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.hasUpdated && (changed.has('mode') || changed.has('one'))) this.#feed.restart()
  }

  protected override updated(): void {
    const shown = new Map<Element, SeenPost>()
    for (const element of this.querySelectorAll<CafePost>('cafe-post')) {
      const { thread, cid, self } = element.post
      if (!self) shown.set(element, { thread, cid })
    }
    this.#seen.show(shown)
  }

  override render(): TemplateResult {
    const items = this.#feed.items
    return html`${this.#modes()} ${failure(this.#feed.problem, () => this.#feed.refresh())}
      ${items === undefined ? (this.#feed.problem ? nothing : waiting(common.looking)) : items.length === 0 ? empty() : this.#list(items)}`
  }

  #modes(): TemplateResult {
    return html`<fieldset class="switch">
      <legend class="sr">${text.show}</legend>
      ${modes().map(
        ({ value, name, text: about }) => html`<label title=${about}>
          <input
            type="radio"
            name="mode"
            .value=${value}
            .checked=${value === this.mode}
            @change=${() => {
              this.mode = value
            }}
          /><span>${name}</span>
        </label>`,
      )}
    </fieldset>`
  }

  #list(items: readonly FeedItem[]): TemplateResult {
    const divider = this.#divider(items)
    return html`<ol class="feed" aria-label=${text.list}>
        ${repeat(
          items,
          (item) => keyOf(item),
          (item, index) => html`<li>
            ${this.#item(item)} ${index === divider ? html`<p class="divider"><span>${text.seenBefore}</span></p>` : nothing}
          </li>`,
        )}
      </ol>
      ${
        this.#feed.more
          ? html`<button
              type="button"
              class="button"
              aria-busy=${this.#feed.loading ? 'true' : 'false'}
              @click=${() => this.#feed.next()}
            >
              ${this.#feed.loading ? common.looking : common.older}
            </button>`
          : nothing
      }`
  }

  /** Index of the oldest post that was not read; none where all or none of those shown were. */
  #divider(items: readonly FeedItem[]): number {
    if (this.unread === 0 || this.mode === 'stacks') return -1
    let left = this.unread
    const index = items.findIndex(({ post }) => isPost(post) && !post.self && --left === 0)
    return index === items.length - 1 && !this.#feed.more ? -1 : index
  }

  #item({ post, stack, initial }: FeedItem): TemplateResult {
    if (!isPost(post)) return this.#event(post)
    const annotated: AnnotatedPost = 'comments' in post ? post : { ...post, comments: [], likes: [], flags: [] }
    const thread = this.threads.find(({ id }) => id === post.thread)
    return html`${stack.length === 0 ? nothing : html`<ul class="stack-lines">${stack.map((said) => html`<li>${line(said)}</li>`)}</ul>`}
      <cafe-post
        class=${initial || stack.length === 0 ? nothing : 'older'}
        .cafe=${this.cafe}
        .post=${annotated}
        .can=${thread?.can}
        .where=${this.#where(post)}
        @said=${() => this.#feed.refresh()}
      ></cafe-post>`
  }

  #event(post: Post): TemplateResult {
    return html`<div class="event">${face(post.author, 'small')}<div class="grow">${line(post)} ${this.#where(post)}</div></div>`
  }

  #where({ thread }: Post): TemplateResult | undefined {
    if (this.one !== undefined) return undefined
    const info = this.threads.find(({ id }) => id === thread)
    return html`${text.inThread(html`<a href=${threadHash(thread)}><bdi>${info === undefined ? '' : threadTitle(info)}</bdi></a>`)} · `
  }
}

const isPost = ({ kind }: Post): boolean => kind === 'text' || kind === 'files'

/** The same post may be there again for what was said about it later. */
function keyOf({ post, stack }: FeedItem): string {
  return `${post.thread} ${post.cid} ${stack.at(-1)?.cid ?? ''}`
}

/** One thing that happened, in a line; a comment with what it says. */
function line(post: Post): TemplateResult {
  return html`<p class="small">
      <span class="title">${who(post.author, post.self)}</span> ${eventLine(post)}
      <span class="quiet">· ${when(post.time)}</span>
    </p>
    ${post.kind === 'comment' ? prose(post.text) : nothing}`
}

function empty(): TemplateResult {
  return html`<div class="empty">
    <span class="mark" aria-hidden="true">${icon('comment')}</span>
    <h2>${text.noneTitle}</h2>
    <p class="quiet">${text.noneText}</p>
  </div>`
}
customElements.define('cafe-feed', CafeFeed)
