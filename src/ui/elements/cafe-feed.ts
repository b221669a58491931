/**
 * `<cafe-feed>`: the posts of one thread, or of all of them: newest first, in one of three ways to read. Older ones come as
 * somebody scrolls; only what is near the screen is drawn, and going back leads to where one was. Page Up and Page Down go
 * from post to post, and posts can be searched. `unread` posts from the top are set apart from those that were read.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { AnnotatedPost, FeedItem, FeedMode, Post, ThreadInfo } from '../../worker/thread-api.ts'
import { FeedPages, feedKey } from '../controllers/feed-pages.ts'
import { FeedPlaces } from '../controllers/feed-places.ts'
import { LongList, type Placed } from '../controllers/long-list.ts'
import { Seen, type SeenPost, watchScreen } from '../controllers/seen.ts'
import { threadHash } from '../route.ts'
import { modes, personName, threadTitle } from '../thread-words.ts'
import './cafe-feed-find.ts'
import type { FindEvent } from './cafe-feed-find.ts'
import './cafe-post.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { posts as postsEnglish } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import type { CafePost } from './cafe-post.ts'
import { empty, isPost, keyAt, line, textOf } from './feed-parts.ts'
import { failure, Plain, skeleton } from './parts.ts'
import { face } from './person.ts'

/** Lines before the end at which older ones are fetched: before anybody gets there. */
const AHEAD = 20

const common = spoken('common', commonEnglish)
const text = spoken('posts', postsEnglish)

export class CafeFeed extends Plain {
  static override properties = {
    cafe: { attribute: false },
    threads: { attribute: false },
    one: { attribute: false },
    unread: { attribute: false },
    mode: { state: true },
    active: { state: true },
  }
  declare cafe: CafeConsole
  /** The threads the posts can be of. */
  declare threads: readonly ThreadInfo[]
  /** Id of the only thread whose posts are shown. */
  declare one: string | undefined
  declare unread: number
  declare mode: FeedMode
  /** The line that the Tab key leads to, by its key; the first on screen without it. */
  declare active: string | undefined
  readonly #feed = new FeedPages(
    this,
    () => this.cafe,
    () => (this.one === undefined ? { mode: this.mode } : { id: this.one, mode: this.mode }),
  )

  readonly #long = new LongList<FeedItem>(this, () => this.querySelector<HTMLElement>(':scope > .feed'), feedKey)
  readonly #places = new FeedPlaces(this, () => ({ mode: this.mode, ...this.#long.here }))
  /** Where posts are from, while the threads are the same: what is the same is not drawn anew. */
  #from = new Map<string, TemplateResult>()
  #awaited: (() => void)[] = []

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
    if (changed.has('threads')) this.#from.clear()
    if (!this.hasUpdated) this.#comeBack()
    else if (changed.has('mode') || changed.has('one')) {
      this.active = undefined
      this.#feed.restart()
    }
  }

  protected override updated(): void {
    for (const resolve of this.#awaited.splice(0)) resolve()
    const shown = new Map<Element, SeenPost>()
    for (const element of this.querySelectorAll<CafePost>('cafe-post')) {
      const { thread, cid, self } = element.post
      if (!self) shown.set(element, { thread, cid })
    }
    this.#seen.show(shown)
    const items = this.#feed.items
    if (items === undefined) return
    this.#feed.show(this.#long.start, this.#long.end)
    if (this.#feed.more && !this.#feed.problem && this.#long.end > items.length - AHEAD) this.#feed.next()
  }

  /** To where the person was when they left this place of the history. */
  #comeBack(): void {
    const place = this.#places.before
    if (place === undefined) return
    this.mode = place.mode
    this.#feed.restart(place.key)
    this.#long.goTo(place)
  }

  override render(): TemplateResult {
    const items = this.#feed.items
    return html`<div class="row between">
        ${this.#modes()}
        ${items === undefined || items.length === 0 ? nothing : html`<cafe-feed-find @find=${this.#find}></cafe-feed-find>`}
      </div>
      ${failure(this.#feed.problem, () => this.#feed.refresh())}
      ${items === undefined ? (this.#feed.problem ? nothing : skeleton(common.looking, 3, 'posts')) : items.length === 0 ? empty() : this.#list(items)}`
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
    const { shown, rest } = this.#long.place(items)
    const active = this.active ?? keyAt(items, this.#long.first)
    const among = shown.some(({ index }) => keyAt(items, index) === active)
    return html`<div
        class="feed"
        role="feed"
        aria-label=${text.list}
        aria-busy=${this.#feed.loading ? 'true' : 'false'}
        style=${`padding-block-end: ${rest}px`}
        @keydown=${this.#typed}
        @focusin=${this.#entered}
      >
        ${repeat(
          shown,
          ({ index }) => keyAt(items, index),
          (placed) =>
            this.#line(items, placed, among ? keyAt(items, placed.index) === active : placed === shown[0], divider),
        )}
      </div>
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

  #line(items: readonly FeedItem[], { index, before }: Placed, active: boolean, divider: number): TemplateResult {
    const item = items[index] as FeedItem
    return html`<article
      data-at=${index}
      tabindex=${active ? 0 : -1}
      aria-label=${isPost(item.post) ? text.postOf(personName(item.post.author)) : personName(item.post.author)}
      aria-posinset=${index + 1}
      aria-setsize=${this.#feed.more ? -1 : items.length}
      style=${`margin-block-start: ${before}px`}
    >
      ${this.#item(item)} ${index === divider ? html`<p class="divider"><span>${text.seenBefore}</span></p>` : nothing}
    </article>`
  }

  /** From post to post, as reading programs do it. */
  #typed(event: KeyboardEvent): void {
    const { key, target, ctrlKey } = event
    if (!(target instanceof HTMLElement) || target.matches('input, textarea, select, [contenteditable]')) return
    const items = this.#feed.items ?? []
    const at = Number(target.closest<HTMLElement>('[data-at]')?.dataset['at'] ?? 0)
    const to =
      key === 'PageDown' ? at + 1 : key === 'PageUp' ? at - 1 : ctrlKey && key === 'Home' ? 0 : items.length - 1
    if (!(key === 'PageDown' || key === 'PageUp' || (ctrlKey && (key === 'Home' || key === 'End')))) return
    event.preventDefault()
    const line = items[to]
    if (line) void this.#focusOn(feedKey(line))
  }

  #entered({ target }: FocusEvent): void {
    const at = target instanceof Element ? target.closest<HTMLElement>('[data-at]')?.dataset['at'] : undefined
    const items = this.#feed.items
    if (at !== undefined && items) this.active = keyAt(items, Number(at))
  }

  async #focusOn(key: string): Promise<void> {
    const line = await this.#long.reveal(key)
    line?.focus({ preventScroll: true })
  }

  /** The next post that has the words, also among those that are not here yet. */
  async #find(event: FindEvent): Promise<void> {
    const { matches, signal } = event
    const items = (): readonly FeedItem[] => this.#feed.items ?? []
    for (let index = event.from; !signal.aborted && this.isConnected; index++) {
      while (index >= items().length && this.#feed.more && !this.#feed.problem && !signal.aborted) {
        this.#feed.next()
        await this.#drawing()
      }
      const item = items()[index]
      if (item === undefined) return event.answer(undefined)
      if (!isPost(item.post) && item.stack.length === 0 && item.post.text === '') continue
      if (!matches(textOf(item))) continue
      event.answer(index)
      return this.#focusOn(feedKey(item))
    }
  }

  /** The next drawing: whatever is read ends with one. */
  #drawing(): Promise<void> {
    return new Promise((resolve) => this.#awaited.push(resolve))
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
    const known = this.#from.get(thread)
    if (known) return known
    const info = this.threads.find(({ id }) => id === thread)
    const from = html`${text.inThread(html`<a href=${threadHash(thread)}><bdi>${info === undefined ? '' : threadTitle(info)}</bdi></a>`)} · `
    this.#from.set(thread, from)
    return from
  }
}

customElements.define('cafe-feed', CafeFeed)
