/**
 * `<cafe-offer>`: this device is given an account by another: shows a link and its QR code, then the number that the other
 * one must show too, and at last asks how the account is kept here. Fires `done`.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import '@awesome.me/webawesome/dist/components/qr-code/qr-code.js'
import { html, type TemplateResult } from 'lit'
import type { GivenAccount, OfferProgress } from '../../worker/api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { plainName, short } from '../format.ts'
import { pair as english } from '../texts/en/pair.ts'
import { spoken } from '../texts/say.ts'
import { keepFields, passphraseField, readLock, readProof } from './keep-fields.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('pair', english)

export class CafeOffer extends Plain {
  static override properties = {
    cafe: { attribute: false },
    add: { type: Boolean },
    proof: { type: Boolean },
    step: { state: true },
    matched: { state: true },
    given: { state: true },
  }
  declare cafe: CafeConsole
  declare add: boolean
  declare proof: boolean
  declare step: OfferProgress | undefined
  /** The person has said that the numbers are the same. */
  declare matched: boolean
  declare given: GivenAccount | undefined
  readonly #offer = new Action<void>(this, 'device', async (_, signal) => {
    this.step = undefined
    this.matched = false
    try {
      const onProgress = (step: OfferProgress): void => {
        this.step = step
      }
      this.given = await this.cafe.devices.offer({ signal, onProgress })
    } finally {
      this.step = undefined
    }
  })
  readonly #match = new Action<boolean>(this, 'device', async (same) => {
    await this.cafe.devices.match(same)
    this.matched = same
  })
  readonly #keep = new Action<HTMLFormElement>(this, 'device', async (form) => {
    const add = this.add ? { add: true } : {}
    await this.cafe.devices.keep({ ...add, ...readLock(form), ...readProof(form) })
    this.given = undefined
    this.dispatchEvent(new Event('done', { bubbles: true }))
  })

  override render(): TemplateResult {
    if (this.given) return this.#keeping(this.given)
    if (!this.#offer.running) return this.#begin()
    const { step } = this
    if (step === undefined) return waiting(text.makingLink)
    return 'link' in step ? this.#link(step.link) : this.#compare(step)
  }

  #begin(): TemplateResult {
    return html`<div class="stack">
      <p>${text.offerText}</p>
      ${failure(this.#offer.problem)}
      <div class="row">
        <button type="button" class="button loud" @click=${() => this.#offer.run()}>
          ${this.#offer.problem ? text.newLink : text.showLink}
        </button>
      </div>
    </div>`
  }

  #link(link: string): TemplateResult {
    return html`<div class="stack">
      <p>
        ${text.scanIt((words) => html`<strong>${words}</strong>`)}
      </p>
      <div class="qr centred">
        <wa-qr-code .value=${link} size="240" error-correction="L" label=${text.qrLink}></wa-qr-code>
      </div>
      <label class="field">
        <span>${text.linkOf} <small>${text.fiveMinutes}</small></span>
        <input type="text" readonly .value=${link} />
      </label>
      <div class="row">
        <wa-copy-button .value=${link} copy-label=${text.copyLink} success-label=${text.copied} tooltip="copy">
          <button type="button" class="button loud">${icon('copy')}${text.copyLink}</button>
        </wa-copy-button>
        <button type="button" class="button" @click=${this.#stop}>${text.cancel}</button>
      </div>
    </div>`
  }

  #compare({ code, name }: Extract<OfferProgress, { code: string }>): TemplateResult {
    if (this.matched) {
      return html`<div class="stack">
        ${waiting(text.waiting)}
        <div class="row"><button type="button" class="button" @click=${this.#stop}>${text.cancel}</button></div>
      </div>`
    }
    return html`<div class="stack">
      <p>${text.sameNumber(html`<bdi>${plainName(name)}</bdi>`)}</p>
      <p class="code" aria-label=${text.number}>${code}</p>
      ${failure(this.#match.problem)}
      <div class="row">
        <button type="button" class="button loud" @click=${() => this.#match.run(true)}>${text.same}</button>
        <button type="button" class="button" @click=${() => this.#match.run(false)}>${text.differs}</button>
      </div>
    </div>`
  }

  #keeping(given: GivenAccount): TemplateResult {
    const { running, problem } = this.#keep
    return html`<form class="stack" autocomplete="off" @submit=${this.#submit}>
      <div class="notice good">
        ${icon('check')}
        <p>${text.isHere(html`<code title=${given.address}>${short(given.address)}</code>`)}</p>
      </div>
      ${keepFields()} ${this.proof ? passphraseField(text.proof) : ''} ${failure(problem)}
      <button class="button loud" aria-busy=${running ? 'true' : 'false'}>${running ? text.keeping : text.useHere}</button>
    </form>`
  }

  #stop(): void {
    this.#offer.abort()
    this.requestUpdate()
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) void this.#keep.run(event.currentTarget)
  }
}
customElements.define('cafe-offer', CafeOffer)
