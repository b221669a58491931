/**
 * A feed as far as it was looked at: the newest lines, more of them when asked, all of them current. What is shown is read
 * anew as a whole, so that a comment on an old post shows, and nothing is there twice.
 */
import type { ReactiveControllerHost } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { FeedInput, FeedItem } from '../../worker/thread-api.ts'
import type { Problem } from '../explain.ts'
import { Live, threadNews } from './live.ts'

/** Lines added at a time: a few screens of a phone. */
const STEP = 20
/** The most a page of a feed may be asked for. */
const PAGE = 100

interface Read {
  readonly items: readonly FeedItem[]
  readonly more: boolean
  /** How many lines were asked for. */
  readonly wanted: number
}

export class FeedPages {
  readonly #live: Live<Read>
  #wanted = STEP

  /** `input` says which feed; call {@link restart} when it says something else. */
  constructor(
    host: ReactiveControllerHost,
    source: () => CafeConsole | undefined,
    input: () => Pick<FeedInput, 'id' | 'mode'>,
  ) {
    const watch = threadNews(['feed', 'members', 'threads', 'sent'], () => input().id ?? null)
    this.#live = new Live(host, source, watch, (cafe) => read(cafe, input(), this.#wanted), 'threads')
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
    return this.#live.value !== undefined && this.#live.value.wanted !== this.#wanted
  }

  get problem(): Problem | undefined {
    return this.#live.problem
  }

  next(): void {
    this.#wanted += STEP
    this.#live.refresh()
  }

  /** From the top again. */
  restart(): void {
    this.#wanted = STEP
    this.#live.refresh()
  }

  refresh(): void {
    this.#live.refresh()
  }
}

async function read(cafe: CafeConsole, input: Pick<FeedInput, 'id' | 'mode'>, wanted: number): Promise<Read> {
  const items: FeedItem[] = []
  let after: string | undefined
  do {
    const page = await cafe.thread.feed({ ...input, after, limit: Math.min(PAGE, wanted - items.length) })
    items.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined && items.length < wanted)
  return { items, more: after !== undefined, wanted }
}
