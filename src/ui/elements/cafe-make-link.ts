/**
 * `<cafe-make-link>`: makes a sealed link of a keyed one: how long, how often, with a password; then the link to hand on. Says
 * what it can do and what not. Give it `cafe`, or it connects by itself.
 */
import { html, type TemplateResult } from 'lit'
import { MAX_LINK_PASSWORD, MAX_NAME, MIN_LINK_PASSWORD } from '../../core/limits.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { LinkInfo } from '../../worker/link-api.ts'
import { Action } from '../controllers/action.ts'
import { plainName } from '../format.ts'
import type { CafeInvite } from './cafe-invite.ts'
import './cafe-invite.ts'
import { links as english } from '../texts/en/links.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('links', english)

const HOUR = 3_600_000

export class CafeMakeLink extends Plain {
  static override properties = { cafe: { attribute: false }, link: {}, name: {}, made: { state: true } }
  declare cafe: CafeConsole | undefined
  /** With its key. */
  declare link: string
  declare name: string
  declare made: LinkInfo | undefined

  readonly #make = new Action<FormData>(this, 'seal', async (form) => {
    const { connectCafe } = await import('../connect.ts')
    const { links } = this.cafe ?? (await connectCafe())
    const [hours, times] = [Number(form.get('hours')), Number(form.get('times'))]
    const password = String(form.get('password') ?? '')
    this.made = await links.make({
      target: this.link,
      label: String(form.get('label') ?? '').trim(),
      expires: hours > 0 ? Date.now() + hours * HOUR : null,
      openings: times > 0 ? times : null,
      ...(password !== '' && { password }),
    })
    await this.updateComplete
    await this.querySelector<CafeInvite>('cafe-invite')?.goOn()
  })

  override render(): TemplateResult {
    return this.made === undefined ? this.#form() : this.#result(this.made)
  }

  #form(): TemplateResult {
    const { running, problem } = this.#make
    return html`<form class="stack make-link" @submit=${this.#submit}>
      <label class="field">
        <span>${text.forWhom} <small>${text.forWhomHint}</small></span>
        <input name="label" type="text" maxlength=${MAX_NAME} autocomplete="off" />
      </label>
      <div class="pair">
        <label class="field">
          <span>${text.opensFor}</span>
          <select name="hours">
            <option value="1">${text.hour}</option>
            <option value="24">${text.day}</option>
            <option value="168" selected>${text.week}</option>
            <option value="720">${text.month}</option>
            <option value="0">${text.forever}</option>
          </select>
        </label>
        <label class="field">
          <span>${text.howOften}</span>
          <select name="times">
            <option value="0" selected>${text.anyTimes}</option>
            <option value="1">${text.once}</option>
            <option value="2">${text.twice}</option>
            <option value="5">${text.times(5)}</option>
            <option value="20">${text.times(20)}</option>
          </select>
        </label>
      </div>
      <label class="field">
        <span>${text.password} <small>${text.passwordHint}</small></span>
        <input name="password" type="password" minlength=${MIN_LINK_PASSWORD} maxlength=${MAX_LINK_PASSWORD} autocomplete="new-password" />
      </label>
      <ul class="facts can">
        <li>${icon('warning')}${text.opensOnce}</li>
        <li>${icon('cup')}${text.cafeCounts}</li>
      </ul>
      ${failure(problem)}
      <div class="row end">
        <button class="button loud" aria-busy=${running ? 'true' : 'false'}>${text.make}</button>
      </div>
    </form>`
  }

  #result(made: LinkInfo): TemplateResult {
    const again = async (): Promise<void> => {
      this.made = undefined
      await this.updateComplete
      this.querySelector('input')?.focus()
    }
    return html`<p role="status">${made.state === 'waiting' ? text.readySoon : text.ready}</p>
      <cafe-invite
        .link=${new URL(made.link, location.href).href}
        .name=${plainName(this.name, 120)}
        .what=${text.takeBackLink}
        .help=${made.password ? text.withPassword : text.withoutPassword}
      ></cafe-invite>
      <p><button type="button" class="button small" @click=${again}>${text.another}</button></p>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#make.run(new FormData(event.currentTarget))
  }
}
customElements.define('cafe-make-link', CafeMakeLink)
