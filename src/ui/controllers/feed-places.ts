/**
 * Where somebody was in a feed, kept with the entry of the history that showed it: going back, and a reload, lead there
 * again; the same feed opened anew begins at the top.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { v } from '../../core/schema.ts'
import type { FeedMode } from '../../worker/thread-api.ts'

/** Milliseconds without scrolling: browsers limit how often the history may be written. */
const STILL = 300

const MODES: readonly FeedMode[] = ['chronological', 'annotated', 'stacks']
const schema = v.object({
  feed: v.object({
    mode: v.picklist(MODES),
    key: v.pipe(v.string(), v.maxLength(512)),
    top: v.pipe(v.number(), v.finite()),
  }),
})

type FeedPlace = v.InferOutput<typeof schema>['feed']

type Now = () => { readonly mode: FeedMode; readonly key?: string; readonly top?: number }

export class FeedPlaces implements ReactiveController {
  readonly #now: Now
  /** The address it belongs to: a timer may end after the view has changed. */
  #href = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #scrolled = () => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#keep(), STILL)
  }

  /** `now` says where the person is; without a key it is the top. */
  constructor(host: ReactiveControllerHost, now: Now) {
    this.#now = now
    host.addController(this)
  }

  /** Where the person was when they left this entry. */
  get before(): FeedPlace | undefined {
    const state: unknown = history.state
    return v.is(schema, state) ? state.feed : undefined
  }

  hostConnected(): void {
    this.#href = location.href
    addEventListener('scroll', this.#scrolled, { passive: true })
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
    removeEventListener('scroll', this.#scrolled)
  }

  #keep(): void {
    if (location.href !== this.#href) return
    const { mode, key, top } = this.#now()
    const { feed: _, ...rest }: { feed?: unknown } = history.state ?? {}
    const feed = key === undefined ? {} : { feed: { mode, key, top } }
    history.replaceState({ ...rest, ...feed }, '')
  }
}
