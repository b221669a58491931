/**
 * Which posts a person has had before their eyes: enough of it on screen, in a tab that is looked at, for a moment. Each is
 * reported once; several of a thread together.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'

export interface SeenPost {
  readonly thread: string
  readonly cid: string
}

export interface SeenComponents {
  /** Tells of posts of one thread. What it could not tell is told with the next. */
  tell(thread: string, cids: readonly string[]): Promise<void>
  /** Says of which elements enough is on screen, as they come and go. */
  watch(changed: (element: Element, onScreen: boolean) => void): Pick<IntersectionObserver, 'observe' | 'disconnect'>
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>
}

/** Milliseconds on screen that make a look: who scrolls by has read nothing. */
const LOOK = 500
/** Milliseconds in which reports are collected. */
const GATHER = 400
/** The most that is told at once. */
const MOST = 100
/** Remembered so that nothing is told twice; the oldest are forgotten, and telling again harms nobody. */
const REMEMBERED = 2000

export class Seen implements ReactiveController {
  readonly #components: SeenComponents
  readonly #posts = new WeakMap<Element, SeenPost>()
  readonly #looking = new Map<Element, ReturnType<typeof setTimeout>>()
  readonly #onScreen = new Set<Element>()
  readonly #told = new Set<string>()
  readonly #gathered = new Map<string, SeenPost>()
  #observer: ReturnType<SeenComponents['watch']> | undefined
  #gathering: ReturnType<typeof setTimeout> | undefined
  readonly #turned = () => {
    for (const element of this.#onScreen) this.#look(element)
  }

  constructor(host: ReactiveControllerHost, components: SeenComponents) {
    this.#components = components
    host.addController(this)
  }

  hostConnected(): void {
    this.#components.page.addEventListener('visibilitychange', this.#turned)
  }

  hostDisconnected(): void {
    this.#components.page.removeEventListener('visibilitychange', this.#turned)
    this.#observer?.disconnect()
    this.#observer = undefined
    for (const timer of this.#looking.values()) clearTimeout(timer)
    this.#looking.clear()
    this.#onScreen.clear()
    // What was seen has been seen, also if the person goes on at once.
    clearTimeout(this.#gathering)
    void this.#report()
  }

  /** These elements show these posts now. Those that are known already stay as they are. */
  show(shown: ReadonlyMap<Element, SeenPost>): void {
    const observer = this.#observer ?? this.#components.watch((element, onScreen) => this.#moved(element, onScreen))
    this.#observer = observer
    for (const [element, post] of shown) {
      const known = this.#posts.get(element)
      this.#posts.set(element, post)
      if (known !== undefined && keyOf(known) !== keyOf(post) && this.#onScreen.has(element)) this.#look(element, true)
      observer.observe(element)
    }
    for (const element of this.#onScreen) if (!shown.has(element)) this.#moved(element, false)
  }

  #moved(element: Element, onScreen: boolean): void {
    if (onScreen) this.#onScreen.add(element)
    else this.#onScreen.delete(element)
    this.#look(element)
  }

  /** Begins a look at what is on screen, and ends one at what is not; `anew` if something else is there now. */
  #look(element: Element, anew = false): void {
    const post = this.#posts.get(element)
    const visible = this.#onScreen.has(element) && this.#components.page.visibilityState === 'visible'
    const timer = this.#looking.get(element)
    if (timer !== undefined && (!visible || anew)) {
      clearTimeout(timer)
      this.#looking.delete(element)
    }
    if (!visible || post === undefined || this.#told.has(keyOf(post)) || this.#looking.has(element)) return
    const looked = (): void => {
      this.#looking.delete(element)
      this.#gather(post)
    }
    this.#looking.set(element, setTimeout(looked, LOOK))
  }

  #gather(post: SeenPost): void {
    remember(this.#told, keyOf(post))
    this.#gathered.set(keyOf(post), post)
    this.#gathering ??= setTimeout(() => void this.#report(), GATHER)
  }

  async #report(): Promise<void> {
    this.#gathering = undefined
    const posts = [...this.#gathered.values()]
    this.#gathered.clear()
    for (const [thread, of] of Map.groupBy(posts, (post) => post.thread)) {
      for (let from = 0; from < of.length; from += MOST) await this.#tell(thread, of.slice(from, from + MOST))
    }
  }

  async #tell(thread: string, posts: readonly SeenPost[]): Promise<void> {
    try {
      await this.#components.tell(
        thread,
        posts.map(({ cid }) => cid),
      )
    } catch {
      // The worker is gone or busy: kept for the next report.
      for (const post of posts) this.#gathered.set(keyOf(post), post)
    }
  }
}

const keyOf = ({ thread, cid }: SeenPost): string => `${thread} ${cid}`

function remember(told: Set<string>, key: string): void {
  told.add(key)
  const [oldest] = told
  if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest)
}

/** Half of a post, or as much of a long one as covers half of the window. */
export function watchScreen(
  changed: (element: Element, onScreen: boolean) => void,
): Pick<IntersectionObserver, 'observe' | 'disconnect'> {
  return new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
        const covers = rootBounds !== null && intersectionRect.height >= rootBounds.height / 2
        changed(target, isIntersecting && (intersectionRatio >= 0.5 || covers))
      }
    },
    { threshold: [0, 0.1, 0.25, 0.5, 0.75, 1] },
  )
}
