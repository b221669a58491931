/**
 * A list of which only what is near the screen is drawn, however long it is; margins stand for the rest. What a person
 * reads stays where it is when lines come, go or grow above it; a line that has the focus, or holds something half
 * written or playing, stays drawn wherever the list is scrolled to. The list's element has a child for each drawn line,
 * with `data-at`, and scrolls with the page.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { Heights } from './heights.ts'

/** A line to draw: where it is in the list, and the pixels of lines that are not drawn before it. */
export interface Placed {
  readonly index: number
  readonly before: number
}

/** A line and how far below the top of the window it is. */
export interface Place {
  readonly key: string
  readonly top: number
}

/** What must not be thrown away because somebody scrolled; nor what has the focus. */
const BUSY = 'cafe-comment, wa-dialog[open], audio, video'
/** Pixels below the top of the window where a line that was asked for is shown: not at the very edge. */
const AIM = 96

export class LongList<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #element: () => HTMLElement | null
  readonly #keyOf: (item: T) => string
  readonly #heights = new Heights()
  #items: readonly T[] | undefined
  #from = 0
  #to = 0
  #anchor: Place | undefined
  /** How far the page was scrolled when the anchor was noted: what it was scrolled since is no change of the list. */
  #scroll = 0
  /** The anchor was asked for, and not only found where the person is. */
  #wanted = false
  #watched: HTMLElement | undefined
  #width = 0
  #frame = 0
  #waiting: (() => void)[] = []
  readonly #sizes: ResizeObserver
  readonly #scrolled = () => {
    this.#note()
    if (this.#isShort()) this.#host.requestUpdate()
  }

  /** `element` is the list when it is drawn. */
  constructor(host: ReactiveControllerHost, element: () => HTMLElement | null, keyOf: (item: T) => string) {
    this.#host = host
    this.#element = element
    this.#keyOf = keyOf
    this.#sizes = new ResizeObserver(() => this.#settle())
    host.addController(this)
  }

  hostConnected(): void {
    addEventListener('scroll', this.#scrolled, { passive: true })
    addEventListener('resize', this.#scrolled, { passive: true })
  }

  hostDisconnected(): void {
    removeEventListener('scroll', this.#scrolled)
    removeEventListener('resize', this.#scrolled)
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#sizes.disconnect()
    this.#watched = undefined
  }

  hostUpdated(): void {
    const element = this.#element() ?? undefined
    if (element !== this.#watched) {
      this.#sizes.disconnect()
      if (element) this.#sizes.observe(element)
      this.#watched = element
    }
    this.#soon()
  }

  /** The lines to draw now, and the pixels of those after them. To call once in each drawing. */
  place(items: readonly T[]): { readonly shown: readonly Placed[]; readonly rest: number } {
    const heights = this.#heights
    const busy = this.#busy()
    if (items !== this.#items) {
      this.#items = items
      heights.keys = items.map(this.#keyOf)
    }
    ;[this.#from, this.#to] = this.#range(1)
    const indexes = new Set(busy.map((key) => heights.indexOf(key)).filter((index) => index !== undefined))
    for (let index = this.#from; index < this.#to; index++) indexes.add(index)
    let end = 0
    const shown = [...indexes]
      .sort((a, b) => a - b)
      .map((index) => {
        const before = heights.top(index) - heights.top(end)
        end = index + 1
        return { index, before }
      })
    return { shown, rest: heights.total - heights.top(end) }
  }

  /** Index of the first line of which something is on the screen. */
  get first(): number {
    return this.#anchor === undefined ? 0 : (this.#heights.indexOf(this.#anchor.key) ?? 0)
  }

  /** One past the last drawn line around the screen. */
  get end(): number {
    return this.#to
  }

  /** Index of the first line drawn around the screen. */
  get start(): number {
    return this.#from
  }

  /** Where the person is; undefined at the top. */
  get here(): Place | undefined {
    return this.#anchor
  }

  /** Shows a line there, as soon as it is among the lines. */
  goTo(place: Place): void {
    this.#anchor = place
    this.#wanted = true
    this.#host.requestUpdate()
  }

  /** Scrolls to a line. @returns its element once it is drawn and in its place; undefined if it is gone by then. */
  async reveal(key: string): Promise<HTMLElement | undefined> {
    await this.#host.updateComplete
    const drawn = this.#childOf(key)
    const bounds = drawn?.getBoundingClientRect()
    if (drawn && bounds && bounds.top >= 0 && bounds.bottom <= innerHeight) return drawn
    this.goTo({ key, top: AIM })
    while (this.#wanted && this.#anchor?.key === key && this.#heights.indexOf(key) !== undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    return this.#childOf(key)
  }

  /** Indexes to draw: what is within `screens` of the window. */
  #range(screens: number): readonly [number, number] {
    const count = this.#heights.keys.length
    if (count === 0) return [0, 0]
    const y = this.#wantedY() ?? -(this.#element()?.getBoundingClientRect().top ?? 0)
    const over = screens * innerHeight
    return [this.#heights.at(y - over), this.#heights.at(y + innerHeight + over) + 1]
  }

  /** Where in the list the window begins once the anchor is where it should be. */
  #wantedY(): number | undefined {
    const anchor = this.#anchor
    const index = anchor && this.#heights.indexOf(anchor.key)
    return index === undefined || anchor === undefined ? undefined : this.#heights.top(index) - this.#aim(anchor)
  }

  /** Where the anchor should be now. A page that was scrolled by a program says so only with the next frame. */
  #aim({ top }: Place): number {
    return this.#wanted ? top : top - (scrollY - this.#scroll)
  }

  /** Something near the window is not drawn. */
  #isShort(): boolean {
    if (this.#items === undefined) return false
    const [from, to] = this.#range(0.5)
    return from < this.#from || to > this.#to
  }

  /** Settles before the next drawing is painted, when the elements in the lines have drawn themselves. */
  #soon(): void {
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#settle()
      for (const resolve of this.#waiting.splice(0)) resolve()
    })
  }

  /** After each change of size: measures, puts what is read back to where it was, and draws more if that takes it. */
  #settle(): void {
    const element = this.#element()
    if (!element) return
    if (element.clientWidth !== this.#width) {
      if (this.#width !== 0) this.#heights.forget()
      this.#width = element.clientWidth
    }
    const learned = this.#measure(element)
    this.#hold(element)
    this.#note()
    if (learned || this.#isShort()) this.#again()
  }

  /** Draws once more: once there is nothing new it ends. */
  #again(): void {
    this.#host.requestUpdate()
  }

  #measure(element: HTMLElement): boolean {
    const gap = Number.parseFloat(getComputedStyle(element).rowGap) || 0
    const lines = this.#children().map((child) => ({ at: atOf(child), bounds: child.getBoundingClientRect() }))
    let learned = false
    for (const [place, { at, bounds }] of lines.entries()) {
      const next = lines[place + 1]
      const key = this.#heights.keys[at]
      if (key === undefined) continue
      const height = next?.at === at + 1 ? next.bounds.top - bounds.top : bounds.height + gap
      learned = this.#heights.learn(key, height) || learned
    }
    return learned
  }

  #hold(element: HTMLElement): void {
    const anchor = this.#anchor
    const index = anchor && this.#heights.indexOf(anchor.key)
    if (anchor === undefined || index === undefined) return
    const child = this.#child(index)
    const top = child
      ? child.getBoundingClientRect().top
      : element.getBoundingClientRect().top + this.#heights.top(index)
    const off = top - this.#aim(anchor)
    if (Math.abs(off) >= 1) scrollBy({ top: off, behavior: 'instant' })
    if (child) this.#wanted = false
  }

  /** Remembers what is at the top of the window. While the list begins below that, nothing is held. */
  #note(): void {
    if (this.#wanted && this.#anchor && this.#heights.indexOf(this.#anchor.key) === undefined) return
    this.#wanted = false
    this.#scroll = scrollY
    const list = this.#element()?.getBoundingClientRect()
    if (list === undefined || list.top >= 0) {
      this.#anchor = undefined
      return
    }
    for (const child of this.#children()) {
      const at = atOf(child)
      const { top, bottom } = child.getBoundingClientRect()
      const key = this.#heights.keys[at]
      if (bottom <= 0 || key === undefined) continue
      // What is kept drawn far below is not where the person is.
      this.#anchor = top < innerHeight ? { key, top } : this.#estimate(-list.top)
      return
    }
    this.#anchor = this.#estimate(-list.top)
  }

  /** The anchor where nothing is drawn yet. */
  #estimate(y: number): Place | undefined {
    const index = this.#heights.at(y)
    const key = this.#heights.keys[index]
    return key === undefined ? undefined : { key, top: this.#heights.top(index) - y }
  }

  #busy(): string[] {
    const element = this.#element()
    const held = [document.activeElement, ...(element?.querySelectorAll(BUSY) ?? [])]
    const lines = new Set(held.map((one) => one?.closest<HTMLElement>('[data-at]')))
    return [...lines].flatMap((line) =>
      line && line.parentElement === element ? (this.#heights.keys[atOf(line)] ?? []) : [],
    )
  }

  #children(): HTMLElement[] {
    return [...(this.#element()?.querySelectorAll<HTMLElement>(':scope > [data-at]') ?? [])]
  }

  #childOf(key: string): HTMLElement | undefined {
    const index = this.#heights.indexOf(key)
    return index === undefined ? undefined : this.#child(index)
  }

  #child(index: number): HTMLElement | undefined {
    return this.#element()?.querySelector<HTMLElement>(`:scope > [data-at="${index}"]`) ?? undefined
  }
}

const atOf = (child: HTMLElement): number => Number(child.dataset['at'])
