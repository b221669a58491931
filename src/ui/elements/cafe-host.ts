/** `<cafe-host>`: open a cafe in this browser; once open, its card: name, id, invite, reach, guests, room, and close. */
import './library.ts'
import '../hosting.css'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { HostStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Awake, AwakeState } from '../controllers/awake.ts'
import { Live } from '../controllers/live.ts'
import { bytes, plainName, short } from '../format.ts'
import './cafe-activity.ts'
import './cafe-alarms.ts'
import './cafe-awake.ts'
import './cafe-clients.ts'
import './cafe-closing.ts'
import './cafe-door.ts'
import './cafe-invite.ts'
import './cafe-mode.ts'
import './cafe-neighbours.ts'
import './cafe-new.ts'
import './cafe-pause.ts'
import './cafe-reach.ts'
import './cafe-requests.ts'
import './cafe-room.ts'
import './cafe-token.ts'
import './cafe-tokens.ts'
import { host as english } from '../texts/en/host.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('host', english)

type Open = Extract<HostStatus, { open: true }>

export class CafeHost extends Plain {
  static override properties = {
    cafe: { attribute: false },
    awake: { attribute: false },
    awakeState: { attribute: false },
    asking: { state: true },
    inviting: { state: true },
  }
  declare cafe: CafeConsole
  declare awake: Awake
  /** `awake.state` of this moment. */
  declare awakeState: AwakeState
  declare asking: boolean
  declare inviting: boolean
  readonly #host = new Live(
    this,
    () => this.cafe,
    ['host', 'node'],
    (cafe) => cafe.host.status(),
  )
  #before: HostStatus | undefined

  protected override willUpdate(): void {
    // Its card is gone, and the dialogs with it, which cannot say that they have closed: they must not open with the next.
    if (this.#host.value?.open === false) {
      this.asking = false
      this.inviting = false
    }
  }

  protected override updated(): void {
    const now = this.#host.value
    const before = this.#before
    this.#before = now
    if (before === undefined || now === undefined) return
    if (before.open !== now.open || pausedOf(before) !== pausedOf(now)) catchFocus(this)
  }

  override render(): TemplateResult {
    const host = this.#host.value
    if (host === undefined) {
      return html`<h1 tabindex="-1">${text.title}</h1>
        ${this.#host.problem ? failure(this.#host.problem) : waiting(text.looking)}`
    }
    return host.open ? this.#card(host) : this.#form()
  }

  #form(): TemplateResult {
    return html`<h1 tabindex="-1">${text.openTitle}</h1>
      <p class="lead">${text.lead}</p>
      <cafe-new .cafe=${this.cafe}></cafe-new>
      <ul class="facts narrow">
        <li>${icon('cup')}${text.factOpen}</li>
        <li>${icon('lock')}${text.factSealed}</li>
        <li>${icon('people')}${text.factWho}</li>
      </ul>
      ${this.#carry(text.bring, false)}`
  }

  #card(host: Open): TemplateResult {
    const name = plainName(host.name)
    return html`<div class="heading">
        <div>
          <h1 tabindex="-1"><bdi>${name}</bdi></h1>
          ${this.#line(host)}
        </div>
        <button type="button" class="button" @click=${this.#ask}>${text.close}</button>
      </div>
      <cafe-reach .cafe=${this.cafe} .up=${host.up} .paused=${host.paused !== null}></cafe-reach>
      ${host.paused === null ? nothing : this.#pause(host)}
      <cafe-awake .awake=${this.awake} .state=${this.awakeState}></cafe-awake>
      <cafe-alarms .cafe=${this.cafe}></cafe-alarms>
      <cafe-requests .cafe=${this.cafe} .asked=${host.mode === 'ask'}></cafe-requests>
      <section class="card" aria-labelledby="invite-heading">
        <div class="heading">
          <h2 id="invite-heading">${text.inviteTitle}</h2>
          <button type="button" class="button small" @click=${this.#invite}>${text.newInvite}</button>
        </div>
        <cafe-invite .link=${host.invite} .name=${name} .mode=${host.mode}></cafe-invite>
        <cafe-mode .cafe=${this.cafe} .mode=${host.mode}></cafe-mode>
        <p class="quiet small">
          ${text.beside((words) => html`<a href="#pair">${words}</a>`)}
        </p>
      </section>
      <cafe-clients .cafe=${this.cafe}></cafe-clients>
      <cafe-room .cafe=${this.cafe} .room=${host.room}></cafe-room>
      ${host.paused === null ? this.#pause(host) : nothing}
      <cafe-activity .cafe=${this.cafe}></cafe-activity>
      ${host.door ? html`<cafe-door .cafe=${this.cafe} .door=${host.door}></cafe-door>` : nothing}
      <cafe-tokens .cafe=${this.cafe}></cafe-tokens>
      <cafe-neighbours .cafe=${this.cafe}></cafe-neighbours>
      ${this.#carry(text.carry, true)} ${this.#dialogs(name)}`
  }

  /** A chunk of its own, loaded when somebody looks. */
  #carry(title: string, hosts: boolean): TemplateResult {
    return html`<details class="card carry" @toggle=${loadCarry}>
      <summary>${title}</summary>
      <cafe-carry .cafe=${this.cafe} .hosts=${hosts}></cafe-carry>
    </details>`
  }

  #line(host: Open): TemplateResult {
    return html`<p class="quiet">
        ${text.opened(html`<wa-relative-time .date=${new Date(host.since)} format="long" sync></wa-relative-time>`)} ·
        ${text.keeps(host.roots, bytes(host.bytes))}
      </p>
      <p class="quiet small peer">
        ${text.peer(html`<code title=${host.peerId}>${short(host.peerId)}</code>`)}
        <wa-copy-button
          .value=${host.peerId}
          copy-label=${text.copyPeer}
          success-label=${text.copied}
        ></wa-copy-button>
      </p>`
  }

  /** A notice at the top while guests are paused; else an offer further down. */
  #pause({ paused }: Open): TemplateResult {
    return html`<cafe-pause .cafe=${this.cafe} .since=${paused}></cafe-pause>`
  }

  #dialogs(name: string): TemplateResult {
    return html`<cafe-closing
        .cafe=${this.cafe}
        .open=${this.asking ?? false}
        .name=${name}
        @carry=${this.#showCarry}
        @left=${() => {
          this.asking = false
        }}
      ></cafe-closing>
      <cafe-token
        .cafe=${this.cafe}
        .open=${this.inviting ?? false}
        .name=${name}
        @left=${() => {
          this.inviting = false
        }}
      ></cafe-token>`
  }

  #showCarry(): void {
    const carry = this.querySelector<HTMLDetailsElement>('details.carry')
    if (carry === null) return
    carry.open = true
    carry.querySelector('summary')?.focus()
    carry.scrollIntoView()
  }

  #ask(): void {
    this.asking = true
  }

  #invite(): void {
    this.inviting = true
  }
}

const pausedOf = (host: HostStatus): boolean => host.open && host.paused !== null

/** One that cannot be fetched now is asked for again with the next look. */
const loadCarry = (): void => void import('./cafe-carry.ts').catch(() => {})

customElements.define('cafe-host', CafeHost)
