/**
 * `<cafe-app>`: the frame around every view. Reads the route, loads the view's code, holds what must outlive a view
 * (the worker's console, running uploads, an account's words until they are written down), and the page's title.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Notifications } from '../../worker/thread-api.ts'
import { Awake } from '../controllers/awake.ts'
import { Badge } from '../controllers/badge.ts'
import { Curtain } from '../controllers/curtain.ts'
import { Errands } from '../controllers/errands.ts'
import { Install } from '../controllers/install.ts'
import { Live, threadNews } from '../controllers/live.ts'
import { Remembered } from '../controllers/remembered.ts'
import { Sending } from '../controllers/sending.ts'
import { Uploads } from '../controllers/uploads.ts'
import { isRestored, ViewFocus } from '../controllers/view-focus.ts'
import { explain, type Problem } from '../explain.ts'
import { plainName } from '../format.ts'
import { LinkKeys, type OpenEvent } from '../link-keys.ts'
import { painted } from '../painted.ts'
import { openHash, type Route } from '../route.ts'
import { lineOf, NAVIGATION, VIEWS } from '../views.ts'
import './cafe-home.ts'
import './cafe-status.ts'
import './cafe-undo.ts'
import { frame as english } from '../texts/en/frame.ts'
import { spoken } from '../texts/say.ts'
import type { RecoverEvent } from './cafe-join.ts'
import type { WordsEvent } from './cafe-words.ts'
import { recovering, thrownAway } from './frame-bars.ts'
import { asked, busy, unread } from './nav-marks.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { viewOf } from './view-of.ts'

const text = spoken('frame', english)

export class CafeApp extends Plain {
  static override properties = {
    cafe: { state: true },
    route: { state: true },
    words: { state: true },
    problem: { state: true },
  }
  declare cafe: CafeConsole | undefined
  declare route: Route
  declare words: string | undefined
  declare problem: Problem | undefined
  readonly #uploads = new Uploads(this, () => this.cafe)
  readonly #host = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.status(),
  )
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )
  readonly #sending = new Sending(this, () => this.cafe)
  readonly #errands = new Errands(this, () => this.cafe)
  /** What of the news was not read. Without an account that is open there are none. */
  readonly #news = new Live<Notifications>(
    this,
    () => (this.#account.value?.locked === false ? this.cafe : undefined),
    threadNews(['notifications']),
    (cafe) => cafe.thread.notifications({ limit: 1 }),
  )
  readonly #awake = new Awake(this, () => this.#host.value?.open)
  readonly #install = new Install(this)
  readonly #remembered = new Remembered(this)
  readonly #keys = new LinkKeys()
  /** An account was made in order to join. */
  #eager = false
  /** What `updated` has seen last. */
  #locked: boolean | null | undefined
  readonly #focus = new ViewFocus()
  readonly #curtain = new Curtain()
  readonly #routed = () => void this.#go(this.#keys.route())
  readonly #leaving = (event: BeforeUnloadEvent) => {
    if (this.#uploads.busy || this.#sending.busy || this.words !== undefined) event.preventDefault()
  }

  constructor() {
    super()
    this.route = { view: 'home' }
    new Badge(this, () => {
      const host = this.#host.value
      const asking = host?.open ? host.requests : 0
      const title = host?.open ? text.isOpen(plainName(host.name)) : 'Popup Cafe'
      return { title, waiting: asking + (this.#news.value?.unread ?? 0) }
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#routed)
    addEventListener('beforeunload', this.#leaving)
    // A file dropped beside its place would replace this page, and with it the cafe.
    addEventListener('dragover', refuseDrop)
    addEventListener('drop', refuseDrop)
    this.#routed()
    void this.#connect()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#focus.end()
    removeEventListener('hashchange', this.#routed)
    removeEventListener('beforeunload', this.#leaving)
    removeEventListener('dragover', refuseDrop)
    removeEventListener('drop', refuseDrop)
  }

  protected override updated(changed: PropertyValues): void {
    // Home is there at once, with nothing to look for; other views have something to show from here on.
    if (changed.has('cafe') && this.route.view !== 'home') this.#settle()
    const account = this.#account.value
    const locked = account === null ? null : account?.locked
    // Only where it is needed; the same promise each time.
    if (locked) import('./cafe-unlock.ts').catch(() => undefined)
    // What had the focus goes with the view that made way.
    if (locked !== this.#locked && this.#locked !== undefined)
      requestAnimationFrame(() => this.#focus.keep(this.#main()))
    this.#locked = locked
  }

  protected override willUpdate(): void {
    const account = this.#account.value
    this.#remembered.note(account === undefined ? undefined : account !== null)
  }

  override render(): TemplateResult {
    return html`<a class="skip" href="#main" @click=${this.#skip}>${text.skip}</a>
      <header class="top">
        <a class="brand" href="#">${icon('cup')}Popup Cafe</a>
        <nav aria-label=${text.main}>
          ${NAVIGATION.map(
            (
              item,
            ) => html`<a href=${item.href} aria-current=${item.view === lineOf(this.route.view) ? 'page' : nothing}>
              ${icon(item.icon)}<span>${text[item.view]}</span>
              ${item.view === 'host' ? asked(this.#host.value) : nothing}
              ${item.view === 'threads' ? unread(this.#news.value?.posts) : nothing}
              ${item.view === 'news' ? unread(this.#news.value?.unread) : nothing}
              ${item.view === 'threads' && this.#sending.busy ? busy() : nothing}
              ${item.view === 'files' && this.#uploads.busy ? busy() : nothing}
            </a>`,
          )}
        </nav>
        <cafe-status .cafe=${this.cafe} .failed=${this.problem !== undefined && this.cafe === undefined}></cafe-status>
      </header>
      <cafe-update .busy=${this.#uploads.busy || this.#sending.busy || this.words !== undefined}></cafe-update>
      <cafe-undo></cafe-undo>
      <cafe-shortcuts></cafe-shortcuts>
      ${this.route.view === 'recover' ? nothing : recovering(this.#errands.recover.state)}
      ${this.#remembered.lost ? thrownAway(() => this.#remembered.dismiss()) : nothing}
      <main id="main" tabindex="-1" @account-words=${this.#keep} @cafe-open-link=${this.#open} @cafe-recover=${this.#recover}>
        ${failure(this.problem, () => location.reload())} ${this.#view()}
      </main>
      ${this.#offer()}`
  }

  /** Installing is offered to who has achieved something here. */
  #offer(): TemplateResult | typeof nothing {
    const { offer } = this.#install
    if (offer === undefined || !(this.#host.value?.open || this.#uploads.finished?.kept)) return nothing
    return html`<cafe-install
      .offer=${offer}
      @install=${() => this.#install.install()}
      @dismiss=${() => this.#install.dismiss()}
    ></cafe-install>`
  }

  #view(): TemplateResult {
    const { cafe, route } = this
    if (this.words !== undefined) {
      return html`<cafe-words .words=${this.words} @noted=${this.#noted}></cafe-words>`
    }
    if (route.view === 'home') return html`<cafe-home .cafe=${cafe}></cafe-home>`
    if (cafe === undefined) return this.problem ? html`` : waiting(text.starting)
    return viewOf(route, {
      cafe,
      account: this.#account.value,
      awake: this.#awake,
      keys: this.#keys,
      eager: this.#eager,
      uploads: this.#uploads,
      sending: this.#sending,
      errands: this.#errands,
    })
  }

  async #connect(): Promise<void> {
    try {
      await painted()
      const { connectCafe } = await import('../connect.ts')
      this.cafe = await connectCafe()
    } catch (error) {
      this.problem = explain(error, 'start')
      return
    }
    const { fetchRest } = await import('../rest.ts')
    await fetchRest(this, () => (this.#account.value?.locked === false ? this.cafe : undefined))
  }

  async #go(route: Route): Promise<void> {
    const first = !this.hasUpdated
    try {
      await VIEWS[route.view]()
    } catch (error) {
      this.problem = { ...explain(error, 'start'), retry: true }
      return
    }
    this.route = route
    if (first) return
    this.#settle()
    if (!isRestored()) scrollTo(0, 0)
    await this.#focusView()
  }

  /** A screen reader then reads where it is. */
  async #focusView(): Promise<void> {
    await this.updateComplete
    // The view's own heading exists one update later.
    requestAnimationFrame(() => this.#focus.begin(this.#main(), { preventScroll: isRestored() }))
  }

  /** What is drawn from here on is seen when it stands still. */
  #settle(): void {
    const main = this.#main()
    if (main) this.#curtain.fall(this, main)
  }

  #main(): HTMLElement | null {
    return this.querySelector('main')
  }

  #skip(event: Event): void {
    event.preventDefault()
    this.#main()?.focus()
  }

  #keep(event: WordsEvent): void {
    this.words = event.words
    if (!isRestored()) scrollTo(0, 0)
  }

  #open({ link }: OpenEvent): void {
    location.hash = openHash(this.#keys.keep(link))
  }

  #recover({ codes }: RecoverEvent): void {
    void this.#errands.recover.run({ cafes: codes, salvage: false })
  }

  #noted(): void {
    this.words = undefined
    this.#eager = this.route.view === 'join'
    void this.#focusView()
  }
}

function refuseDrop(event: DragEvent): void {
  if (event.defaultPrevented) return
  event.preventDefault()
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'none'
}
customElements.define('cafe-app', CafeApp)
