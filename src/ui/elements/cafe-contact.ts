/**
 * `<cafe-contact>`: somebody's page: who they are, the picture and groups of their address, how this account knows them,
 * common threads; to start one with them, and to keep, rename, block or remove them.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { MAX_NAME } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ContactInfo, TalkInfo } from '../../worker/contact-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { ViewFocus } from '../controllers/view-focus.ts'
import { plainName } from '../format.ts'
import { alikeText } from '../people-words.ts'
import { threadHash } from '../route.ts'
import { personName } from '../thread-words.ts'
import './cafe-confirm.ts'
import './cafe-talk.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { contact as contactEnglish } from '../texts/en/contact.ts'
import { spoken } from '../texts/say.ts'
import { address, back, blocked, cardState, known, self } from './contact-parts.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { face } from './person.ts'

const common = spoken('common', commonEnglish)
const text = spoken('contact', contactEnglish)

type Change = 'add' | 'remove' | 'block' | 'unblock'

export class CafeContact extends Plain {
  static override properties = {
    cafe: { attribute: false },
    address: {},
    renaming: { state: true },
    asking: { state: true },
    talk: { state: true },
  }
  declare cafe: CafeConsole
  declare address: string
  declare renaming: boolean
  /** What the dialog asks about; it stays while the dialog fades. */
  declare asking: { readonly what: 'remove' | 'block'; readonly open: boolean } | undefined
  declare talk: TalkInfo | undefined
  readonly #info = new Live<ContactInfo>(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.contact.get(this.address),
    'person',
  )
  readonly #refresh = new Action<void>(this, 'person', async () => {
    await this.cafe.contact.refresh(this.address)
    this.#info.refresh()
  })
  readonly #focus = new ViewFocus()
  readonly #change = new Action<Change>(this, 'person', async (what) => {
    const { contact } = this.cafe
    // The button makes way for another.
    this.#focus.keepIn(null)
    await (what === 'add' ? contact.add({ address: this.address }) : contact[what](this.address))
    this.#info.refresh()
    if (this.asking) this.asking = { ...this.asking, open: false }
  })
  readonly #rename = new Action<string>(this, 'person', async (name) => {
    await this.cafe.contact.add({ address: this.address, name: name === '' ? null : name })
    this.#info.refresh()
    this.renaming = false
    await this.updateComplete
    this.querySelector<HTMLElement>('.person-actions [aria-expanded]')?.focus()
  })
  readonly #talk = new Action<void>(this, 'person', async () => {
    this.renaming = false
    const talk = await this.cafe.contact.talk(this.address)
    if (talk.invite === null || talk.invite.delivered) location.hash = threadHash(talk.thread)
    else this.talk = talk
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('address')) return
    this.talk = undefined
    this.renaming = false
    this.#info.refresh()
  }

  protected override updated(changed: PropertyValues): void {
    // Once for each person: their newest card, if a cafe has one.
    if (changed.has('address') || changed.has('cafe')) void this.#refresh.run()
  }

  override render(): TemplateResult {
    const info = this.#info.value
    if (info === undefined || info.address !== this.address) {
      return html`<h1 tabindex="-1">${text.somebody}</h1>
        ${this.#info.problem ? html`${failure(this.#info.problem)}${back()}` : waiting(common.looking)}`
    }
    return html`${this.#head(info)}
      ${info.alike.map((one) => html`<div class="notice part" role="note">${icon('warning')}<p>${alikeText(one)}</p></div>`)}
      ${info.blocked ? blocked() : nothing} ${failure(this.#talk.problem ?? (this.asking?.open ? undefined : this.#change.problem))}
      ${info.self ? self() : this.#actions(info)}
      ${this.talk === undefined ? nothing : html`<cafe-talk .talk=${this.talk} .name=${personName(info)}></cafe-talk>`}
      ${this.renaming ? this.#naming(info) : nothing}
      <div class="person-grid">
        ${address(info)} ${info.self ? nothing : this.#facts(info)}
      </div>
      ${this.#dialog(info)}`
  }

  #head(info: ContactInfo): TemplateResult {
    const { claimed, called, handle } = info
    return html`<div class="person-head">
      <a class="button icon-only" href="#people" aria-label=${text.all}>${icon('back')}</a>
      ${face(info, 'large')}
      <div class="grow">
        <h1 tabindex="-1"><bdi>${personName(info)}</bdi></h1>
        <p class="quiet marks">
          ${info.self ? text.isYou : nothing}
          ${called !== null && claimed !== null && called !== claimed ? html`<span>${text.callsThemselves(html`<bdi>${plainName(claimed)}</bdi>`)}</span>` : nothing}
          ${handle === null ? nothing : html`<span class="tag">@${handle}</span>`}
          ${info.added === null || info.self ? nothing : html`<span class="tag good">${icon('check')}${text.contactTag}</span>`}
        </p>
      </div>
    </div>`
  }

  #actions(info: ContactInfo): TemplateResult {
    const isKept = info.added !== null
    return html`<div class="row person-actions">
      <button type="button" class="button loud" aria-busy=${this.#talk.running ? 'true' : 'false'} @click=${() => this.#talk.run()}>
        ${icon('comment')}${this.#talk.running ? text.starting : text.start}
      </button>
      ${
        isKept
          ? html`<button type="button" class="button" aria-expanded=${this.renaming ? 'true' : 'false'} @click=${this.#toggleNaming}>
              ${icon('pencil')}${common.rename}
            </button>`
          : html`<button type="button" class="button" aria-busy=${this.#change.running ? 'true' : 'false'} @click=${() => this.#change.run('add')}>
              ${icon('plus')}${text.add}
            </button>`
      }
      ${
        info.blocked
          ? html`<button type="button" class="button" @click=${() => this.#change.run('unblock')}>${text.unblock}</button>`
          : html`<button type="button" class="button" @click=${() => this.#ask('block')}>${text.block}</button>`
      }
      ${isKept ? html`<button type="button" class="button" @click=${() => this.#ask('remove')}>${common.remove}</button>` : nothing}
    </div>`
  }

  #naming({ called, claimed }: ContactInfo): TemplateResult {
    return html`<form class="card stack" @submit=${this.#submitName}>
      <label class="field">
        <span>${text.called} <small>${text.calledHint}</small></span>
        <div class="row">
          <input
            class="grow"
            name="called"
            type="text"
            maxlength=${MAX_NAME}
            autocomplete="off"
            placeholder=${claimed === null ? '' : plainName(claimed)}
            .value=${called ?? ''}
          />
          <button class="button" aria-busy=${this.#rename.running ? 'true' : 'false'}>${common.save}</button>
        </div>
      </label>
      ${failure(this.#rename.problem)}
    </form>`
  }

  #facts(info: ContactInfo): TemplateResult {
    const { via, threads, card, devices, inboxes } = info
    return html`<div class="stack">
      <section class="card" aria-labelledby="via-heading">
        <h2 id="via-heading" class="minor">${text.via}</h2>
        ${via.length === 0 ? html`<p class="quiet small">${text.viaNothing}</p>` : html`<ul class="facts small">${via.map(known)}</ul>`}
        <p class="quiet small" role="status">
          ${this.#refresh.running ? text.askingCard : cardState(info)}
        </p>
        ${
          card === null
            ? nothing
            : html`<p class="quiet small">${text.devices(devices.length)} · ${text.mailAt(inboxes)}</p>`
        }
        ${!this.#refresh.running && this.#refresh.problem ? html`<p class="quiet small">${this.#refresh.problem.text}</p>` : nothing}
      </section>
      ${
        threads.length === 0
          ? nothing
          : html`<section class="card" aria-labelledby="common-heading">
              <h2 id="common-heading" class="minor">${text.common}</h2>
              <ul class="rows">
                ${threads.map(({ id, name }) => html`<li><a href=${threadHash(id)}><bdi>${plainName(name)}</bdi></a></li>`)}
              </ul>
            </section>`
      }
    </div>`
  }

  #dialog(info: ContactInfo): TemplateResult | typeof nothing {
    const { asking } = this
    if (asking === undefined) return nothing
    const name = personName(info)
    const texts = {
      remove: {
        heading: text.removeTitle(name),
        text: text.removeText,
        verb: common.remove,
      },
      block: {
        heading: text.blockTitle(name),
        text: text.blockText,
        verb: text.block,
      },
    }[asking.what]
    return html`<cafe-confirm
      .open=${asking.open}
      .heading=${texts.heading}
      .text=${texts.text}
      .verb=${texts.verb}
      .running=${this.#change.running}
      .problem=${this.#change.problem}
      @agreed=${() => this.#change.run(asking.what)}
      @left=${() => {
        this.asking = { ...asking, open: false }
        this.#change.clear()
      }}
    ></cafe-confirm>`
  }

  #ask(what: 'remove' | 'block'): void {
    this.asking = { what, open: true }
  }

  async #toggleNaming(): Promise<void> {
    this.renaming = !this.renaming
    await this.updateComplete
    this.querySelector<HTMLInputElement>('input[name=called]')?.focus()
  }

  #submitName(event: SubmitEvent): void {
    event.preventDefault()
    void this.#rename.run(this.querySelector<HTMLInputElement>('input[name=called]')?.value.trim() ?? '')
  }
}

customElements.define('cafe-contact', CafeContact)
