/**
 * `<cafe-give>`: gives the account to another device: follows its link, shows the number that both must show, and gives when
 * the person says so. Fires `left` when it is over.
 */
import { html, type PropertyValues, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { plainName } from '../format.ts'
import { keep as english } from '../texts/en/keep.ts'
import { spoken } from '../texts/say.ts'
import { passphraseField, readProof } from './keep-fields.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('keep', english)

export class CafeGive extends Plain {
  static override properties = {
    cafe: { attribute: false },
    code: { attribute: false },
    lock: { type: Boolean },
    found: { state: true },
    given: { state: true },
  }
  declare cafe: CafeConsole
  /** Code of the other device's link. */
  declare code: string
  /** The account has a passphrase, which is asked for again. */
  declare lock: boolean
  declare found: { readonly code: string; readonly name: string } | undefined
  declare given: boolean
  readonly #follow = new Action<string>(this, 'device', async (link) => {
    this.found = undefined
    this.found = await this.cafe.devices.follow(link)
  })
  readonly #give = new Action<HTMLFormElement>(this, 'device', async (form, signal) => {
    await this.cafe.devices.give({ ...readProof(form), signal })
    form.reset()
    this.given = true
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('code')) void this.#follow.run(this.code)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // Whoever goes elsewhere gives nothing; if it is given already there is nothing to take back.
    if (this.found && !this.given) void this.cafe.devices.cancel().catch(() => {})
  }

  override render(): TemplateResult {
    return html`<section class="card stack narrow" aria-labelledby="give-heading">
      <h2 id="give-heading">${text.giveTitle}</h2>
      ${this.given ? this.#done() : this.found ? this.#compare(this.found) : this.#looking()}
    </section>`
  }

  #looking(): TemplateResult {
    const { running, problem } = this.#follow
    if (running) return waiting(text.looking)
    return html`${failure(problem, () => void this.#follow.run(this.code))}
      <div class="row"><button type="button" class="button" @click=${this.#leave}>${text.back}</button></div>`
  }

  #compare({ code, name }: { readonly code: string; readonly name: string }): TemplateResult {
    const { running, problem } = this.#give
    return html`<p>${text.same(html`<bdi>${plainName(name)}</bdi>`)}</p>
      <p class="code" aria-label=${text.number}>${code}</p>
      <form class="stack" autocomplete="off" @submit=${this.#submit}>
        ${this.lock ? passphraseField(text.yours) : ''} ${failure(problem)}
        <p class="quiet small">${text.whole}</p>
        <div class="row">
          <button class="button loud" aria-busy=${running ? 'true' : 'false'}>
            ${running ? text.waiting : text.give}
          </button>
          <button type="button" class="button" @click=${this.#leave}>${text.cancel}</button>
        </div>
      </form>`
  }

  #done(): TemplateResult {
    return html`<div class="notice good">
        ${icon('check')}
        <p>${text.given(html`<bdi>${plainName(this.found?.name ?? text.theDevice)}</bdi>`)}</p>
      </div>
      <div class="row"><button type="button" class="button" @click=${this.#leave}>${text.devices}</button></div>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#give.run(event.currentTarget)
  }

  #leave(): void {
    this.dispatchEvent(new Event('left'))
  }
}
customElements.define('cafe-give', CafeGive)
