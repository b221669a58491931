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
import './cafe-invite.ts'
import { failure, icon, Plain } from './parts.ts'

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
  })

  override render(): TemplateResult {
    return this.made === undefined ? this.#form() : this.#result(this.made)
  }

  #form(): TemplateResult {
    const { running, problem } = this.#make
    return html`<form class="stack make-link" @submit=${this.#submit}>
      <label class="field">
        <span>Who is it for? <small>only you see this</small></span>
        <input name="label" type="text" maxlength=${MAX_NAME} autocomplete="off" />
      </label>
      <div class="pair">
        <label class="field">
          <span>Opens for</span>
          <select name="hours">
            <option value="1">an hour</option>
            <option value="24">a day</option>
            <option value="168" selected>a week</option>
            <option value="720">30 days</option>
            <option value="0">as long as I keep it</option>
          </select>
        </label>
        <label class="field">
          <span>How often</span>
          <select name="times">
            <option value="0" selected>any number of times</option>
            <option value="1">once</option>
            <option value="2">twice</option>
            <option value="5">5 times</option>
            <option value="20">20 times</option>
          </select>
        </label>
      </div>
      <label class="field">
        <span>Password <small>if you want one; tell it another way than the link</small></span>
        <input name="password" type="password" minlength=${MIN_LINK_PASSWORD} maxlength=${MAX_LINK_PASSWORD} autocomplete="new-password" />
      </label>
      <ul class="facts can">
        <li>${icon('warning')}Whoever has opened it has the key: taking the link back stops new openings only.</li>
        <li>${icon('cup')}It opens while your cafe is open, which counts and stops openings if it keeps its word. It cannot read the file.</li>
      </ul>
      ${failure(problem)}
      <div class="row end">
        <button class="button loud" aria-busy=${running ? 'true' : 'false'}>Make the link</button>
      </div>
    </form>`
  }

  #result(made: LinkInfo): TemplateResult {
    const again = (): void => {
      this.made = undefined
    }
    return html`<p role="status">${
      made.state === 'waiting'
        ? 'The link is ready. It opens as soon as your cafe can be reached.'
        : 'The link is ready. You find it again under Files, “Links you gave”.'
    }</p>
      <cafe-invite
        .link=${new URL(made.link, location.href).href}
        .name=${plainName(this.name, 120)}
        .what=${'Link that you can take back'}
        .help=${made.password ? 'It opens with the password you chose, which is kept nowhere.' : 'Whoever has the link can open it until it ends or you take it back.'}
      ></cafe-invite>
      <p><button type="button" class="button small" @click=${again}>Make another</button></p>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#make.run(new FormData(event.currentTarget))
  }
}
customElements.define('cafe-make-link', CafeMakeLink)
