/** `<cafe-host>`: open a cafe in this browser; once open, its card: name, id, invite, reach, guests, room, and close. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import { MAX_NAME } from '../../core/limits.ts'
import type { HostStatus } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import type { Awake, AwakeState } from '../controllers/awake.ts'
import { Live } from '../controllers/live.ts'
import { bytes, plainName, reach, short } from '../format.ts'
import './cafe-alarms.ts'
import './cafe-awake.ts'
import './cafe-clients.ts'
import './cafe-confirm.ts'
import './cafe-door.ts'
import './cafe-invite.ts'
import { MODES, modeChoices } from './cafe-mode.ts'
import './cafe-neighbours.ts'
import './cafe-requests.ts'
import './cafe-room.ts'
import './cafe-token.ts'
import './cafe-tokens.ts'
import { host as english } from '../texts/en/host.ts'
import { spoken } from '../texts/say.ts'
import { catchFocus, failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('host', english)

type Open = Extract<HostStatus, { open: true }>
type Mode = Open['mode']

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
  readonly #node = new Live(
    this,
    () => this.cafe,
    ['node'],
    (cafe) => cafe.node.status(),
  )
  readonly #open = new Action<{ name: string; mode: Mode }>(this, 'open', async (input) => {
    await this.cafe.host.open(input)
  })
  readonly #close = new Action<void>(this, 'close', async () => {
    await this.cafe.host.close()
    this.asking = false
  })

  #wasOpen: boolean | undefined

  protected override updated(): void {
    const open = this.#host.value?.open
    if (this.#wasOpen !== undefined && open !== this.#wasOpen) catchFocus(this)
    this.#wasOpen = open
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
    const { running, problem } = this.#open
    return html`<h1 tabindex="-1">${text.openTitle}</h1>
      <p class="lead">${text.lead}</p>
      <form class="card stack narrow" @submit=${this.#submit}>
        <label class="field">
          <span>${text.name}</span>
          <input name="name" type="text" required maxlength=${MAX_NAME} autocomplete="off" placeholder=${text.example} />
        </label>
        ${modeChoices('invite')} ${failure(problem)}
        <button class="button loud big" aria-busy=${running ? 'true' : 'false'}>
          ${running ? text.opening : text.open}
        </button>
      </form>
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
      ${this.#reach()}
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
      ${host.door ? html`<cafe-door .cafe=${this.cafe} .door=${host.door}></cafe-door>` : nothing}
      <cafe-tokens .cafe=${this.cafe}></cafe-tokens>
      <cafe-neighbours .cafe=${this.cafe}></cafe-neighbours>
      ${this.#carry(text.carry, true)} ${this.#dialogs(name)}`
  }

  /** A chunk of its own, loaded when somebody looks. */
  #carry(title: string, hosts: boolean): TemplateResult {
    return html`<details class="card" @toggle=${loadCarry}>
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

  #reach(): TemplateResult {
    const node = this.#node.value
    const now = node === undefined ? { level: 'part', text: text.finding } : reach(node)
    return html`<p class="reach ${now.level}" role="status">
      <span class="dot ${now.level}" aria-hidden="true"></span>${now.text}
    </p>`
  }

  #dialogs(name: string): TemplateResult {
    return html`<cafe-confirm
        .open=${this.asking ?? false}
        .heading=${text.closeTitle(name)}
        .text=${text.closeText}
        .verb=${text.close}
        .running=${this.#close.running}
        .problem=${this.#close.problem}
        @agreed=${() => this.#close.run()}
        @left=${() => {
          this.asking = false
          this.#close.clear()
        }}
      ></cafe-confirm>
      <cafe-token
        .cafe=${this.cafe}
        .open=${this.inviting ?? false}
        .name=${name}
        @left=${() => {
          this.inviting = false
        }}
      ></cafe-token>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    const mode = MODES.find((mode) => mode === form.get('mode')) ?? 'invite'
    void this.#open.run({ name: String(form.get('name') ?? '').trim(), mode })
  }

  #ask(): void {
    this.asking = true
  }

  #invite(): void {
    this.inviting = true
  }
}
/** One that cannot be fetched now is asked for again with the next look. */
const loadCarry = (): void => void import('./cafe-carry.ts').catch(() => {})

customElements.define('cafe-host', CafeHost)
