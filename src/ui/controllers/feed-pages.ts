/**
 * A feed as far as it was looked at, in pages: older ones come when asked. What is new in it is read with the first page,
 * and a page that is on screen is read anew, so that a comment on an old post shows; the others are read anew when they
 * come on screen. So news cost the same however far somebody has scrolled, and nothing is there twice.
 */
import type { ReactiveControllerHost } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { FeedInput, FeedItem } from '../../worker/thread-api.ts'
import type { Problem } from '../explain.ts'
import { Live, threadNews } from './live.ts'

/** Lines of the first page: a few screens of a phone. */
const FIRST = 20
/** Lines of every other: the most a page may be asked for. */
const PAGE = 100
/** New lines that are looked through for those that are known: after more it begins from the top again. */
const MOST_NEW = 1000

interface FeedPage {
  /** Where it begins. */
  readonly after: string | undefined
  readonly items: readonly FeedItem[]
  /** Where it ends; null at the end of all. */
  readonly next: string | null
  /** The news there had been when its reading began. */
  readonly known: number
}

interface Read {
  readonly items: readonly FeedItem[]
  readonly more: boolean
}

type Which = Pick<FeedInput, 'id' | 'mode'>

/** The same post may be there again for what was said about it later. */
export function feedKey({ post, stack }: FeedItem): string {
  return `${post.thread} ${post.cid} ${stack.at(-1)?.cid ?? ''}`
}

export class FeedPages {
  readonly #host: ReactiveControllerHost
  readonly #live: Live<Read>
  readonly #input: () => Which
  #pages: readonly FeedPage[] = []
  /** Counts new beginnings: what was being read for an older one is not taken. */
  #round = 0
  #wanted = false
  /** How often something was new. */
  #news = 0
  /** A line to read on for. */
  #until: string | undefined
  #shown: readonly [number, number] = [0, FIRST]

  /** `input` says which feed; call {@link restart} when it says something else. */
  constructor(host: ReactiveControllerHost, source: () => CafeConsole | undefined, input: () => Which) {
    this.#host = host
    this.#input = input
    const news = threadNews(['feed', 'members', 'threads', 'sent'], () => input().id ?? null)
    this.#live = new Live(
      host,
      source,
      async (cafe, changed, options) => {
        try {
          await news(
            cafe,
            () => {
              this.#age()
              changed()
            },
            options,
          )
        } finally {
          // Whatever was not heard meanwhile.
          this.#age()
        }
      },
      (cafe) => this.#read(cafe),
      'threads',
    )
  }

  /** Undefined before the first read. */
  get items(): readonly FeedItem[] | undefined {
    return this.#live.value?.items
  }

  get more(): boolean {
    return this.#live.value?.more ?? false
  }

  /** More lines were asked for and are not here yet. */
  get loading(): boolean {
    return this.#live.value !== undefined && this.#wanted
  }

  get problem(): Problem | undefined {
    return this.#live.problem
  }

  /** Reads the next page, unless it is being read. */
  next(): void {
    if (this.#wanted) return
    this.#wanted = true
    this.#live.refresh()
    this.#host.requestUpdate()
  }

  /** From the top again; `until`: reads on until this line is there, or the end. */
  restart(until?: string): void {
    this.#round++
    this.#pages = []
    this.#until = until
    this.#live.refresh()
  }

  /** The lines from `from` to `to` are on screen. */
  show(from: number, to: number): void {
    this.#shown = [from, to]
    if (this.#due().length > 0) this.#live.refresh()
  }

  refresh(): void {
    this.#age()
    this.#live.refresh()
  }

  #age(): void {
    this.#news++
  }

  /** Pages to read anew: of those that are old the first, where news are, and what is on screen. */
  #due(): number[] {
    const [from, to] = this.#shown
    let start = 0
    return this.#pages.flatMap(({ known, items }, index) => {
      const begins = start
      start += items.length
      return known < this.#news && (index === 0 || (begins < to && start > from)) ? [index] : []
    })
  }

  async #read(cafe: CafeConsole): Promise<Read> {
    const round = this.#round
    if (this.#pages.length === 0) this.#take(round, [await this.#page(cafe, undefined, FIRST)])
    for (let [due] = this.#due(); due !== undefined && round === this.#round; [due] = this.#due()) {
      this.#take(round, await this.#renew(cafe, due))
    }
    await this.#append(cafe, round)
    const before = this.#live.value
    // It begins anew: what was shown stays until there is something else.
    if (round !== this.#round && before) return before
    return { items: this.#pages.flatMap(({ items }) => items), more: typeof this.#pages.at(-1)?.next === 'string' }
  }

  async #append(cafe: CafeConsole, round: number): Promise<void> {
    try {
      for (;;) {
        const after = this.#pages.at(-1)?.next
        if (typeof after !== 'string' || round !== this.#round || !(this.#wanted || this.#lacks())) break
        const page = await this.#page(cafe, after, PAGE)
        const keys = new Set(this.#pages.flatMap(({ items }) => items.map(feedKey)))
        const items = page.items.filter((item) => !keys.has(feedKey(item)))
        this.#take(round, [...this.#pages, { ...page, items }])
        // A page without lines is not what was asked for.
        if (items.length > 0) this.#wanted = false
      }
    } finally {
      if (round === this.#round) this.#wanted = false
    }
    if (round === this.#round) this.#until = undefined
  }

  #lacks(): boolean {
    const until = this.#until
    return until !== undefined && !this.#pages.some(({ items }) => items.some((item) => feedKey(item) === until))
  }

  /** All pages with page `index` read anew: until its last line or one of the next page is there, whatever has come between. */
  async #renew(cafe: CafeConsole, index: number): Promise<readonly FeedPage[]> {
    const old = this.#pages[index] as FeedPage
    const later = this.#pages.slice(index + 1)
    const ends = new Set([...old.items.slice(-1), ...(later[0]?.items ?? [])].map(feedKey))
    const most = old.items.length + (index === 0 ? MOST_NEW : PAGE)
    const limit = Math.max(FIRST, Math.min(PAGE, old.items.length))
    const fresh: FeedPage[] = []
    const keys = new Set<string>()
    for (let after = old.after; ; ) {
      const page = await this.#page(cafe, after, limit)
      fresh.push(page)
      for (const item of page.items) keys.add(feedKey(item))
      const isJoined = page.next === old.next || page.items.some((item) => ends.has(feedKey(item)))
      if (page.next === null || isJoined) break
      // More than anybody looks through: begin again, or leave it to the next page to say what is between.
      if (keys.size >= most && index === 0) return fresh
      if (keys.size >= most) break
      after = page.next
    }
    return [...this.#pages.slice(0, index), ...fresh, ...follow(later, keys, fresh.at(-1)?.next ?? null)]
  }

  async #page(cafe: CafeConsole, after: string | undefined, limit: number): Promise<FeedPage> {
    const known = this.#news
    const { items, next } = await cafe.thread.feed({ ...this.#input(), after, limit })
    return { after, items, next, known }
  }

  #take(round: number, pages: readonly FeedPage[]): void {
    if (round === this.#round) this.#pages = joined(pages)
  }
}

/** What is left of pages after those before them were read anew and hold `keys`, up to `next`. */
function follow(pages: readonly FeedPage[], keys: ReadonlySet<string>, next: string | null): FeedPage[] {
  if (next === null) return []
  let after: string | undefined = next
  return pages.flatMap((page) => {
    const items = page.items.filter((item) => !keys.has(feedKey(item)))
    if (items.length === 0) return []
    const kept = items.length === page.items.length ? page : { ...page, after, items }
    after = page.next ?? undefined
    return [kept]
  })
}

/** Neighbours that are one page together are one: news would leave ever smaller ones. */
function joined(pages: readonly FeedPage[]): FeedPage[] {
  const result: FeedPage[] = []
  for (const page of pages) {
    const last = result.at(-1)
    if (last && last.items.length + page.items.length <= PAGE) {
      const known = Math.min(last.known, page.known)
      result[result.length - 1] = { after: last.after, items: [...last.items, ...page.items], next: page.next, known }
    } else result.push(page)
  }
  return result
}
