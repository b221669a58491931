/**
 * `<cafe-pair>`: connects two devices that are beside each other, with no relay: each shows a code that the other reads. Two
 * steps on either side, by camera or by copy and paste.
 */
import './library.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { Paired, ShownCode } from '../../worker/pair-api.ts'
import { Action } from '../controllers/action.ts'
import { short } from '../format.ts'
import { readJoin } from '../link.ts'
import './cafe-qr.ts'
import './cafe-scan.ts'
import { pair as english } from '../texts/en/pair.ts'
import { spoken } from '../texts/say.ts'
import type { ScanEvent } from './cafe-scan.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('pair', english)

/** Which of the two this device is. */
type Side = 'first' | 'second'

export class CafePair extends Plain {
  static override properties = {
    cafe: { attribute: false },
    side: { state: true },
    shown: { state: true },
    reading: { state: true },
    paired: { state: true },
  }
  declare cafe: CafeConsole
  declare side: Side | undefined
  /** The code of this device. */
  declare shown: ShownCode | undefined
  /** The first device has shown its code and reads the other's now. */
  declare reading: boolean
  declare paired: Paired | undefined
  readonly #offer = new Action<void>(this, 'pair', async (_none, signal) => {
    this.shown = await this.cafe.pair.offer({ signal })
  })
  readonly #answer = new Action<string>(this, 'pair', async (code, signal) => {
    this.shown = await this.cafe.pair.answer(code, { signal })
    void this.#wait.run()
  })
  readonly #accept = new Action<string>(this, 'pair', async (code, signal) => {
    this.paired = await this.cafe.pair.accept(code, { signal })
  })
  readonly #wait = new Action<void>(this, 'pair', async (_none, signal) => {
    this.paired = await this.cafe.pair.connected({ signal })
  })

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // Codes of a page that is left must not be good any more; a connection that stands is not touched.
    this.cafe?.pair.cancel().catch(() => undefined)
  }

  override render(): TemplateResult {
    return html`<h1 tabindex="-1">${text.title}</h1>
      ${this.paired ? this.#done(this.paired) : this.side === undefined ? this.#choose() : this.#step(this.side)}`
  }

  #choose(): TemplateResult {
    return html`<p class="lead">${text.lead}</p>
      <div class="card stack narrow">
        <p>${text.begin}</p>
        <button type="button" class="button loud big" @click=${this.#begin}>${text.showCode}</button>
        <p>${text.andOther}</p>
        <button type="button" class="button big" @click=${() => this.#turn('second')}>${text.readCode}</button>
      </div>
      <p class="quiet small narrow">${text.holds}</p>`
  }

  #step(side: Side): TemplateResult {
    const problem = [this.#offer, this.#answer, this.#accept, this.#wait].find((action) => action.problem)?.problem
    return html`<div class="stack narrow">
      ${failure(problem)} ${side === 'first' ? this.#first() : this.#second()}
      <p><button type="button" class="button small" @click=${this.#restart}>${text.restart}</button></p>
    </div>`
  }

  #first(): TemplateResult {
    if (this.#offer.running) return waiting(text.making)
    if (this.#accept.running) return waiting(text.connecting)
    if (!this.shown) return html``
    if (!this.reading) {
      return html`<h2>${text.first1}</h2>
        ${this.#code(this.shown)}
        <button
          type="button"
          class="button loud big"
          @click=${() => {
            this.reading = true
          }}
        >${text.showsNow}</button>`
    }
    return html`<h2>${text.first2}</h2>
      ${this.#read((code) => void this.#accept.run(code))}`
  }

  #second(): TemplateResult {
    if (this.#answer.running) return waiting(text.makingOther)
    if (!this.shown) {
      return html`<h2>${text.second1}</h2>
        ${this.#read((code) => void this.#answer.run(code))}`
    }
    return html`<h2>${text.second2}</h2>
      ${this.#code(this.shown)} ${this.#wait.running ? waiting(text.waits) : nothing}`
  }

  #code({ code }: ShownCode): TemplateResult {
    return html`<cafe-qr .text=${code} .label=${text.qr}></cafe-qr>
      <div class="row">
        <wa-copy-button .value=${code} copy-label=${text.copyCode} success-label=${text.copied} tooltip="copy">
          <button type="button" class="button">${icon('copy')}${text.copyCode}</button>
        </wa-copy-button>
      </div>`
  }

  #read(take: (code: string) => void): TemplateResult {
    return html`<cafe-scan
        .what=${text.theCode}
        .more=${text.camera}
        @cafe-scan=${(event: ScanEvent) => take(event.text)}
      ></cafe-scan>
      <form
        class="stack"
        novalidate
        @submit=${(event: SubmitEvent) => {
          event.preventDefault()
          const code = this.querySelector('textarea')?.value.trim() ?? ''
          if (code !== '') take(code)
        }}
      >
        <label class="field">
          <span>${text.orPaste}</span>
          <textarea name="code" rows="4" autocomplete="off" autocapitalize="none" spellcheck="false"></textarea>
        </label>
        <button class="button">${text.goOn}</button>
      </form>`
  }

  #done({ peerId, invite }: Paired): TemplateResult {
    const code = invite === undefined ? undefined : readJoin(invite)
    return html`<div class="notice good" role="status">
        ${icon('check')}
        <p>${text.connected(html`<code title=${peerId}>${short(peerId)}</code>`)}</p>
      </div>
      ${
        code === undefined
          ? html`<p>${text.ifJoins((words) => html`<a href="#host">${words}</a>`)}</p>`
          : html`<p>${text.hasCafe}</p>
              <p><a class="button loud big" href="#join=${code}">${text.seeInvite}</a></p>`
      }`
  }

  readonly #begin = (): void => {
    this.#turn('first')
    void this.#offer.run()
  }

  #turn(side: Side): void {
    this.side = side
    this.shown = undefined
    this.reading = false
  }

  readonly #restart = (): void => {
    for (const action of [this.#offer, this.#answer, this.#accept, this.#wait]) {
      action.abort()
      action.clear()
    }
    this.cafe.pair.cancel().catch(() => undefined)
    this.side = undefined
    this.shown = undefined
  }
}
customElements.define('cafe-pair', CafePair)
