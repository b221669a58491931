/** `<cafe-files>`: keep files at the cafes, see how far they are, and what is kept. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Pin, Unfinished } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { LongList } from '../controllers/long-list.ts'
import { Undoing } from '../controllers/undo.ts'
import type { Finished, Upload, Uploads } from '../controllers/uploads.ts'
import { bytes, plainName } from '../format.ts'
import './cafe-cafes.ts'
import './cafe-drop.ts'
import type { FilesEvent } from './cafe-drop.ts'
import './cafe-pin.ts'
import './cafe-safety.ts'
import './cafe-sealed-links.ts'
import './cafe-shared.ts'
import './cafe-upload.ts'
import { files as english } from '../texts/en/files.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('files', english)

export class CafeFiles extends Plain {
  static override properties = {
    cafe: { attribute: false },
    uploads: { attribute: false },
    items: { attribute: false },
    finished: { attribute: false },
    checking: { state: true },
    checked: { state: true },
  }
  declare cafe: CafeConsole
  declare uploads: Uploads
  /** `uploads.items` of this moment, so that a change draws the view. */
  declare items: readonly Upload[]
  declare finished: Finished | undefined
  /** CID of the file that is being checked. */
  declare checking: string | undefined
  /** What the last check came to, for the live region. */
  declare checked: { readonly name: string; readonly whole: boolean } | undefined
  readonly #pins = new Live(
    this,
    () => this.cafe,
    ['pins'],
    (cafe) => cafe.pins.list(),
  )
  readonly #long = new LongList<Pin>(
    this,
    () => this.querySelector<HTMLElement>('.kept-list'),
    ({ cid }) => cid,
  )
  /** Sorted once for each reading: a list of ten thousand is drawn anew while it scrolls. */
  #newest: { readonly of: readonly Pin[]; readonly pins: readonly Pin[]; readonly size: number } | undefined
  readonly #cafes = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #going = new Undoing(this)
  readonly #unfinished = new Live(
    this,
    () => this.cafe,
    ['pins'],
    (cafe) => cafe.pins.unfinished(),
  )
  readonly #audit = new Action<Pin>(this, 'audit', async (pin) => {
    this.checking = pin.cid
    const { cafes } = await this.cafe.pins.audit(pin.cid)
    this.checked = { name: pin.name, whole: cafes.every(({ state }) => state === 'pinned') }
  })
  readonly #forget = new Action<Unfinished>(this, 'remove', async ({ id }) => {
    await this.cafe.pins.forget(id)
  })
  readonly #retry = new Action<Pin>(this, 'pin', async (pin) => {
    await this.cafe.pins.retry(pin.cid)
  })

  override render(): TemplateResult {
    const cafes = this.#cafes.value
    const active = cafes?.filter(({ state }) => state === 'active')
    const waits = cafes?.some(({ state }) => state === 'waiting') ?? false
    return html`<h1 tabindex="-1">${text.title}</h1>
      ${failure(this.#cafes.problem ?? this.#pins.problem)}
      ${active === undefined ? waiting(text.looking) : active.length === 0 ? html`<cafe-shared held></cafe-shared> ${noCafe(waits)}` : this.#drop()}
      ${this.#running()} ${this.#cutOff()} ${this.#kept()}
      <cafe-sealed-links .cafe=${this.cafe}></cafe-sealed-links>
      <cafe-cafes .cafe=${this.cafe}></cafe-cafes>
      <p class="sr" role="status">${said(this.finished)}</p>
      <p class="sr" role="status">${found(this.checked)}</p>`
  }

  #drop(): TemplateResult {
    const add = ({ files, plaintext }: FilesEvent): void => this.uploads.add(files, { plaintext })
    return html`<cafe-shared @cafe-drop-files=${add}></cafe-shared> <cafe-drop @cafe-drop-files=${add}></cafe-drop>`
  }

  #running(): TemplateResult | typeof nothing {
    if (this.items.length === 0) return nothing
    return html`<section class="card" aria-labelledby="running-heading">
      <h2 id="running-heading">${text.onTheWay}</h2>
      <ul class="rows">
        ${repeat(
          this.items,
          (item) => item.id,
          (item) => html`<li>
            <cafe-upload
              .item=${item}
              @cancel=${() => this.uploads.cancel(item.id)}
              @again=${() => this.uploads.retry(item.id)}
            ></cafe-upload>
          </li>`,
        )}
      </ul>
    </section>`
  }

  /** Files whose reading was cut off when the page closed: only the person can give them again. */
  #cutOff(): TemplateResult | typeof nothing {
    const going = new Set(this.items.map(({ name, size }) => `${size} ${name}`))
    const files = (this.#unfinished.value ?? []).filter(({ name, size }) => !going.has(`${size} ${name}`))
    if (files.length === 0) return nothing
    return html`<section class="card" aria-labelledby="unfinished-heading">
      <h2 id="unfinished-heading">${text.unfinished}</h2>
      <p class="quiet">${text.unfinishedText(files.length)}</p>
      ${failure(this.#forget.problem)}
      <ul class="rows">
        ${repeat(
          files,
          ({ id }) => id,
          (file) => html`<li>
            <span class="mark small" aria-hidden="true">${icon('upload')}</span>
            <div class="grow">
              <p class="title"><bdi>${plainName(file.name, 255)}</bdi></p>
              <p class="quiet small tabular">${text.read(bytes(file.read), bytes(file.size))}</p>
            </div>
            <button
              type="button"
              class="button icon-only"
              aria-label=${text.forget(plainName(file.name, 255))}
              ?disabled=${this.#forget.running}
              @click=${() => this.#forget.run(file)}
            >
              ${icon('trash')}
            </button>
          </li>`,
        )}
      </ul>
    </section>`
  }

  #kept(): TemplateResult | typeof nothing {
    const all = this.#pins.value
    const isGone = ({ cid }: Pin): boolean => this.#going.isGone(cid)
    const pins = all?.some(isGone) ? all.filter((pin) => !isGone(pin)) : all
    if (pins === undefined || pins.length === 0) return nothing
    const names = new Map((this.#cafes.value ?? []).map((session) => [session.cafe as string, session.name]))
    const { pins: newest, size } = this.#sorted(pins)
    const { shown, rest } = this.#long.place(newest)
    return html`<section class="card" aria-labelledby="kept-heading">
      <div class="heading">
        <h2 id="kept-heading">${text.kept}</h2>
        <p class="quiet">${text.keptLine(pins.length, bytes(size))}</p>
      </div>
      <cafe-safety .cafe=${this.cafe}></cafe-safety>
      ${failure(this.#retry.problem ?? this.#audit.problem)}
      <ul class="rows kept-list" style=${`padding-block-end: ${rest}px`}>
        ${repeat(
          shown,
          ({ index }) => newest[index]?.cid,
          ({ index, before }) => {
            const pin = newest[index] as Pin
            return html`<li
              data-at=${index}
              aria-posinset=${index + 1}
              aria-setsize=${newest.length}
              style=${`margin-block-start: ${before}px`}
            >
              <cafe-pin
                .pin=${pin}
                .names=${names}
                .trying=${this.#retry.running}
                .checking=${this.#audit.running && this.checking === pin.cid}
                @remove=${() => this.#remove(pin)}
                @retry=${() => this.#retry.run(pin)}
                @audit=${() => this.#audit.run(pin)}
              ></cafe-pin>
            </li>`
          },
        )}
      </ul>
    </section>`
  }

  #remove({ cid, name }: Pin): void {
    const { cafe } = this
    const work = async (): Promise<void> => {
      await cafe.pins.remove(cid)
    }
    this.#going.begin({ key: cid, text: text.removed(plainName(name, 255)), doing: 'remove', work })
    void this.updateComplete.then(() => catchFocus(this))
  }

  #sorted(pins: readonly Pin[]): { readonly pins: readonly Pin[]; readonly size: number } {
    if (this.#newest?.of === pins) return this.#newest
    const newest = pins.toSorted((a, b) => b.since - a.since)
    this.#newest = { of: pins, pins: newest, size: pins.reduce((sum, pin) => sum + pin.size, 0) }
    return this.#newest
  }
}

/** What the live region says about the file that ended last. */
function said(finished: Finished | undefined): string {
  if (finished === undefined) return ''
  const name = plainName(finished.name, 255)
  return finished.kept ? text.isKept(name) : text.isHere(name)
}

/** What the live region says about the last check. */
function found(checked: CafeFiles['checked']): string {
  if (checked === undefined) return ''
  const name = plainName(checked.name, 255)
  return checked.whole ? text.isWhole(name) : text.isNotWhole(name)
}

function noCafe(waits: boolean): TemplateResult {
  return html`<div class="empty card">
    <span class="mark" aria-hidden="true">${icon(waits ? 'people' : 'files')}</span>
    <h2>${waits ? text.waitTitle : text.joinTitle}</h2>
    <p class="quiet">${waits ? text.waitText : text.joinText}</p>
    ${waits ? nothing : html`<a class="button loud" href="#join">${text.join}</a>`}
  </div>`
}
customElements.define('cafe-files', CafeFiles)
