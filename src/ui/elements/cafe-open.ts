/**
 * `<cafe-open>`: content by its link: a folder or a file, the way to it, and what can be done with it; or why it does not
 * open. The key stays in memory; the account's own files are known by theirs.
 */
import '../viewer.css'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { About, Trouble } from '../../core/about.ts'
import { withWatch } from '../../core/watched.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { ViewFocus } from '../controllers/view-focus.ts'
import { Watching } from '../controllers/watching.ts'
import { bytes, plainName } from '../format.ts'
import type { LinkKeys } from '../link-keys.ts'
import { openHash } from '../route.ts'
import { ask, cafesOf, crumbs, hasKey, type Item, itemsOf, titleOf } from '../viewer/content.ts'
import { arrange, shapeText, unnamed } from '../viewer/words.ts'
import './cafe-folder.ts'
import './cafe-happened.ts'
import './cafe-link-password.ts'
import './cafe-look.ts'
import './cafe-save.ts'
import './cafe-share-link.ts'
import './cafe-site-link.ts'
import './cafe-turn.ts'
import './cafe-why.ts'
import { viewer as english } from '../texts/en/viewer.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('viewer', english)

/** What was found at a link. */
interface Found {
  readonly link: string
  readonly about: About
  /** Of a folder; one list for as long as it is shown, whatever else is told meanwhile. */
  readonly items: readonly Item[]
}

export class CafeOpen extends Plain {
  static override properties = {
    cafe: { attribute: false },
    keys: { attribute: false },
    link: {},
    found: { state: true },
    trouble: { state: true },
    sharing: { state: true },
    names: { state: true },
  }
  declare cafe: CafeConsole
  declare keys: LinkKeys
  /** Without its key. */
  declare link: string
  declare found: Found | undefined
  declare trouble: Trouble | undefined
  declare sharing: boolean
  /** Names of the account's cafes by peer id. */
  declare names: ReadonlyMap<string, string>
  /** What was beside a file when it was chosen from its folder. */
  #beside: readonly Item[] = []
  readonly #focus = new ViewFocus()
  readonly #watching = new Watching(this)
  readonly #ask = new Action<void>(this, 'link', async (_, signal) => {
    await this.#ownKey()
    const link = this.keys.whole(this.link)
    const answer = await ask(withWatch(link, this.#watching.begin()), signal)
    if (answer.ok) {
      const { about } = answer
      this.found = { link, about, items: about.kind === 'folder' ? itemsOf(link, about.entries) : [] }
    } else {
      await this.#name()
      this.trouble = answer.trouble
    }
    if (answer.ok && answer.about.kind === 'folder') this.#beside = besides(link, answer.about)
  })

  constructor() {
    super()
    this.sharing = false
    this.names = new Map()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('link')) return
    this.found = undefined
    this.sharing = false
    this.#again()
  }

  override render(): TemplateResult {
    const { found, trouble } = this
    const name = titleOf(this.link) ?? sealedName(found)
    return html`${this.#way()}
      <h1 tabindex="-1"><bdi>${name === undefined ? this.#kind() : plainName(name, 255)}</bdi></h1>
      ${failure(this.#ask.problem, this.#again)}
      ${found ? this.#found(found) : trouble ? this.#why(trouble) : this.#ask.problem ? nothing : waiting(text.opening)}
      ${found || (trouble && trouble.what !== 'password') ? this.#happened() : nothing}
      <cafe-turn .link=${this.keys.whole(this.link)} .beside=${this.#beside}></cafe-turn>`
  }

  /** What stands for a name that is not known. */
  #kind(): string {
    if (this.trouble?.what === 'password') return text.passwordTitle
    if (this.trouble || this.#ask.problem) return text.closedTitle
    if (this.found === undefined) return text.openingTitle
    return unnamed(this.found.about.kind === 'folder' ? 'folder' : this.found.about.shape)
  }

  /** The folders above; of a lone file there are none. */
  #way(): TemplateResult | typeof nothing {
    const way = crumbs(this.keys.whole(this.link)).slice(0, -1)
    // What is above an encrypted file is its place in an entry, or nothing: its own key opens no folder.
    if (way.length === 0 || hasKey(way[0]?.link ?? '')) return nothing
    return html`<nav class="crumbs" aria-label=${text.above}>
      ${way.map(({ name, link }) => html`<a href=${openHash(link)}><bdi>${name === undefined ? text.folder : plainName(name, 60)}</bdi></a>`)}
    </nav>`
  }

  #found(found: Found): TemplateResult {
    const { link, about, items } = found
    const name = titleOf(link) ?? sealedName(found) ?? (about.kind === 'folder' ? text.folder : text.file)
    const isFolder = about.kind === 'folder'
    const wanted = isFolder
      ? { kind: 'zip' as const, name, items, archive: link }
      : { kind: 'file' as const, name, link, size: about.size }
    return html`<p class="quiet facts-line">
        ${isFolder ? (about.more ? text.entriesAndMore(items.length) : text.entries(items.length)) : `${shapeText(about.shape)}, ${bytes(about.size)}`}
        ${hasKey(link) ? html`<span class="tag good">${icon('lock')}${text.encrypted}</span>` : html`<span class="tag part">${text.public}</span>`}
      </p>
      <div class="row view-actions">
        <button type="button" class="button" @click=${this.#share}>${icon('share')}${text.share}</button>
        <cafe-save .wanted=${wanted}></cafe-save>
        ${isFolder && about.index ? page(link) : nothing}
        ${isFolder && about.index ? html`<cafe-site-link .cid=${about.cid} .keyed=${hasKey(link)}></cafe-site-link>` : nothing}
      </div>
      ${
        about.kind === 'folder'
          ? html`<cafe-folder .items=${items}></cafe-folder>`
          : html`<cafe-look .link=${link} .name=${name} .size=${about.size} .shape=${about.shape} .watch=${this.#watching.name}></cafe-look>`
      }
      <cafe-share-link
        .open=${this.sharing}
        .link=${link}
        .name=${name}
        .folder=${isFolder}
        @left=${() => {
          this.sharing = false
        }}
      ></cafe-share-link>`
  }

  #why(trouble: Trouble): TemplateResult {
    const link = this.keys.whole(this.link)
    if (trouble.what === 'password') {
      return html`<section class="card"><cafe-link-password .link=${link} @opened=${this.#unlocked}></cafe-link-password></section>`
    }
    return html`<cafe-why
      .trouble=${trouble}
      .names=${this.names}
      .from=${cafesOf(link)}
      .keyless=${!hasKey(link)}
      .busy=${this.#ask.running}
      @again=${this.#again}
    ></cafe-why>`
  }

  #happened(): TemplateResult {
    const { name, seen } = this.#watching
    return html`<cafe-happened
      .cafe=${this.cafe}
      .link=${this.keys.whole(this.link)}
      .watch=${name}
      .seen=${seen}
    ></cafe-happened>`
  }

  readonly #again = (): void => {
    this.#ask.abort()
    this.trouble = undefined
    void this.#ask.run()
  }

  /** The field for the password makes way for what is shown. */
  #unlocked(): void {
    this.#focus.keepIn(null)
    this.#again()
  }

  #share(): void {
    this.sharing = true
  }

  /** The account knows the keys of its own files. */
  async #ownKey(): Promise<void> {
    if (this.keys.whole(this.link) !== this.link) return
    const root = this.link.split(/[/?#]/)[2]
    // Without an account there are none; a failure is that of opening, which follows.
    const pins = await this.cafe.pins.list().catch(() => [])
    const own = pins.find(({ cid }) => cid === root)
    if (own) this.keys.keep(own.link)
  }

  async #name(): Promise<void> {
    const cafes = await this.cafe.account.cafes().catch(() => []) // then they are told by their ids
    this.names = new Map(cafes.map((session) => [session.cafe as string, session.name]))
  }
}

/** What a sealed link calls it. */
const sealedName = (found: Found | undefined): string | undefined =>
  found?.about.kind === 'file' ? found.about.name : undefined

/** Files beside each other, by name, as the viewer goes through them. */
function besides(link: string, about: Extract<About, { kind: 'folder' }>): Item[] {
  const items = itemsOf(link, about.entries).filter(({ shape }) => shape !== 'folder')
  return arrange(items, { query: '', kind: 'all', order: 'name' })
}

function page(link: string): TemplateResult {
  return html`<a class="button" href=${`${link.replace(/\/?(?=[?#]|$)/, '/')}`} target="_blank" rel="noopener noreferrer">
    ${icon('open')}${text.webPage}
  </a>`
}

customElements.define('cafe-open', CafeOpen)
