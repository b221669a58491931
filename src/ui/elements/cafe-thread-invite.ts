/**
 * `<cafe-thread-invite>`: the dialog that invites to a thread: by a link for whoever has it, or one person by their address.
 * Fires `left` when it has closed.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { MadeInvite, ThreadInfo } from '../../worker/thread-api.ts'
import { Action } from '../controllers/action.ts'
import { plainName } from '../format.ts'
import './cafe-invite.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { threads as threadsEnglish } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import type { CafeInvite } from './cafe-invite.ts'
import { failure, icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('threads', threadsEnglish)

export class CafeThreadInvite extends Plain {
  static override properties = {
    cafe: { attribute: false },
    info: { attribute: false },
    open: { type: Boolean },
    made: { state: true },
  }
  declare cafe: CafeConsole
  declare info: ThreadInfo
  declare open: boolean
  /** The invite, and whom it is for: null for whoever has it. */
  declare made: { readonly invite: MadeInvite; readonly to: string | null } | undefined
  readonly #link = new Action<void>(this, 'ask', async () => {
    this.made = { invite: await this.cafe.thread.invite(this.info.id), to: null }
  })
  readonly #direct = new Action<string>(this, 'ask', async (to) => {
    this.made = { invite: await this.cafe.thread.invite(this.info.id, { to }), to }
  })

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('made') && this.made !== undefined) void this.#goOn()
  }

  /** What had the focus has made way: the person goes on with what was made. */
  async #goOn(): Promise<void> {
    await this.querySelector<CafeInvite>('cafe-invite')?.goOn()
    this.querySelector<HTMLElement>('.end [data-dialog=close]')?.focus()
  }

  override render(): TemplateResult {
    return html`<wa-dialog label=${text.inviteTitle(plainName(this.info.name))} ?open=${this.open} @wa-after-hide=${this.#hidden}>
      ${this.made === undefined ? this.#choose() : this.open ? this.#result(this.made) : nothing}
    </wa-dialog>`
  }

  #choose(): TemplateResult {
    const { running, problem } = this.#direct
    return html`<section class="stack" aria-labelledby="by-link">
        <h2 id="by-link" class="minor">${text.byLink}</h2>
        <p class="quiet small">${text.byLinkText}</p>
        ${failure(this.#link.problem)}
        <button
          type="button"
          class="button loud"
          autofocus
          aria-busy=${this.#link.running ? 'true' : 'false'}
          @click=${() => this.#link.run()}
        >
          ${icon('link')}${this.#link.running ? text.makingLink : text.makeLink}
        </button>
      </section>
      <hr />
      <form class="stack" aria-labelledby="by-address" @submit=${this.#submit}>
        <h2 id="by-address" class="minor">${text.byAddress}</h2>
        <label class="field">
          <span>${text.theirAddress} <small>${text.theirAddressHint}</small></span>
          <input name="to" type="text" required autocomplete="off" autocapitalize="none" spellcheck="false" placeholder=${text.addressExample} />
        </label>
        ${failure(problem)}
        <button class="button" aria-busy=${running ? 'true' : 'false'}>${running ? text.inviting : text.invitePerson}</button>
      </form>`
  }

  #result({ invite, to }: { invite: MadeInvite; to: string | null }): TemplateResult {
    const until = html`<wa-relative-time .date=${new Date(invite.expires)} sync></wa-relative-time>`
    if (to !== null && invite.delivered) {
      return html`<div class="notice good" role="status">
          ${icon('check')}
          <p>${invite.delivered === 'device' ? text.atDevice : text.onItsWay}</p>
        </div>
        <div class="row end"><button type="button" class="button" data-dialog="close">${common.done}</button></div>`
    }
    return html`<p role="status">
        ${to === null ? text.linkReady(until) : text.notReached(until)}
      </p>
      <cafe-invite
        .link=${invite.link}
        .name=${plainName(this.info.name)}
        .help=${to === null ? text.anyoneHelp : text.oneHelp}
      ></cafe-invite>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const to = String(new FormData(event.currentTarget).get('to') ?? '').trim()
    if (to !== '') void this.#direct.run(to)
  }

  #hidden(event: Event): void {
    // Tooltips inside the dialog fire the same event.
    if (event.target !== event.currentTarget) return
    this.made = undefined
    this.#link.clear()
    this.#direct.clear()
    this.dispatchEvent(new Event('left'))
  }
}
customElements.define('cafe-thread-invite', CafeThreadInvite)
