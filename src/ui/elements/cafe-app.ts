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
import { SHARED } from '../shared.ts'
import { lineOf, NAVIGATION, VIEWS } from '../views.ts'
import './cafe-home.ts'
import './cafe-status.ts'
import './cafe-undo.ts'
import { frame as english } from '../texts/en/frame.ts'
import { spoken } from '../texts/say.ts'
import type { RecoverEvent } from './cafe-join.ts'
import type { WordsEvent } from './cafe-words.ts'
import { asked, busy, unread } from './nav-marks.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

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
      ${this.#recovering()} ${this.#thrownAway()}
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
    const account = this.#account.value
    if (route.view === 'home') return html`<cafe-home .cafe=${cafe}></cafe-home>`
    if (cafe === undefined) return this.problem ? html`` : waiting(text.starting)
    if (route.view === 'host')
      return html`<cafe-host .cafe=${cafe} .awake=${this.#awake} .awakeState=${this.#awake.state}></cafe-host>`
    if (route.view === 'settings') return html`<cafe-settings .cafe=${cafe}></cafe-settings>`
    if (route.view === 'doctor') return html`<cafe-doctor .cafe=${cafe}></cafe-doctor>`
    if (route.view === 'pair') return html`<cafe-pair .cafe=${cafe}></cafe-pair>`
    if (route.view === 'open')
      return html`<cafe-open .cafe=${cafe} .keys=${this.#keys} .link=${route.link}></cafe-open>`
    if (route.view === 'try') return html`<cafe-try .cafe=${cafe}></cafe-try>`
    // What follows is the account's.
    if (account?.locked) return html`<cafe-unlock .cafe=${cafe} .account=${account}></cafe-unlock>`
    if (route.view === 'account' || route.view === 'link') {
      const code = route.view === 'link' ? route.code : undefined
      return html`<cafe-accounts .cafe=${cafe} .account=${account} .code=${code}></cafe-accounts>`
    }
    if (route.view === 'join')
      return html`<cafe-join .cafe=${cafe} .code=${route.code} .eager=${this.#eager}></cafe-join>`
    return this.#later(cafe, route)
  }

  /** Views around threads and the account. */
  #later(cafe: CafeConsole, route: Route): TemplateResult {
    // Without an account the list says what it takes.
    const none = this.#account.value === null && (route.view === 'thread' || route.view === 'news')
    const person = this.#account.value === null && (route.view === 'contact' || route.view === 'introduced')
    if (route.view === 'people' || person) return html`<cafe-people .cafe=${cafe}></cafe-people>`
    if (route.view === 'contact') return html`<cafe-contact .cafe=${cafe} .address=${route.address}></cafe-contact>`
    if (route.view === 'introduced') return html`<cafe-introduced .cafe=${cafe} .code=${route.code}></cafe-introduced>`
    if (route.view === 'threads' || route.view === 'feed' || none) {
      return html`<cafe-threads .cafe=${cafe} .together=${route.view === 'feed'}></cafe-threads>`
    }
    if (route.view === 'thread') {
      return html`<cafe-thread
        .cafe=${cafe}
        .thread=${route.id}
        .sending=${this.#sending}
        .parcels=${this.#sending.parcels}
      ></cafe-thread>`
    }
    if (route.view === 'invited') return html`<cafe-invited .cafe=${cafe} .code=${route.code}></cafe-invited>`
    if (route.view === 'news') return html`<cafe-news .cafe=${cafe}></cafe-news>`
    if (route.view === 'mail') return html`<cafe-mail .cafe=${cafe}></cafe-mail>`
    if (route.view === 'you')
      return html`<cafe-you .cafe=${cafe} .errands=${this.#errands} .states=${this.#errands.states}></cafe-you>`
    if (route.view === 'recover')
      return html`<cafe-recover .cafe=${cafe} .errand=${this.#errands.recover} .state=${this.#errands.recover.state}></cafe-recover>`
    return html`<cafe-files
      .cafe=${cafe}
      .uploads=${this.#uploads}
      .items=${this.#uploads.items}
      .finished=${this.#uploads.finished}
    ></cafe-files>`
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
    const { Notices, TABS } = await import('../controllers/notices.ts')
    const { browserBoard } = await import('../notice-board.ts')
    new Notices(this, () => (this.#account.value?.locked === false ? this.cafe : undefined), {
      ...{ board: browserBoard(), page: document },
      ...TABS,
    })
    // The other views are fetched while nobody waits for them.
    await import('./cafe-update.ts').catch(() => undefined)
    await import('./cafe-install.ts').catch(() => undefined)
    await import('./cafe-shortcuts.ts').catch(() => undefined)
    const { takeLaunches } = await import('../asked.ts')
    takeLaunches(() => {
      location.hash = '#files'
      dispatchEvent(new Event(SHARED))
    })
    for (const load of Object.values(VIEWS)) await load().catch(() => undefined)
    const { keepShell } = await import('../service-worker.ts')
    keepShell()
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

  /** It goes on wherever the person looks. */
  #recovering(): TemplateResult | typeof nothing {
    const { running, problem } = this.#errands.recover.state
    if (this.route.view === 'recover' || !(running || problem)) return nothing
    return html`<div class="update" role="status">
      ${icon(running ? 'again' : 'warning')}
      <p>${running ? text.bringing : text.notAllBack}</p>
      <a class="button small" href="#recover">${text.howFar}</a>
    </div>`
  }

  #thrownAway(): TemplateResult | typeof nothing {
    if (!this.#remembered.lost) return nothing
    return html`<div class="update" role="alert">
      ${icon('warning')}
      <p>${text.thrownAway}</p>
      <a class="button small loud" href="#account">${text.useWords}</a>
      <button type="button" class="button small" @click=${() => this.#remembered.dismiss()}>${text.later}</button>
    </div>`
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
