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
import type { ScanEvent } from './cafe-scan.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

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
    return html`<h1 tabindex="-1">Connect two devices</h1>
      ${this.paired ? this.#done(this.paired) : this.side === undefined ? this.#choose() : this.#step(this.side)}`
  }

  #choose(): TemplateResult {
    return html`<p class="lead">
        Two devices beside each other connect directly, with no server and no internet. Each shows a code that the other reads.
      </p>
      <div class="card stack narrow">
        <p>Open this page on both devices, in the same network or on one’s hotspot. Then begin on one of them:</p>
        <button type="button" class="button loud big" @click=${this.#begin}>Show a code</button>
        <p>and on the other:</p>
        <button type="button" class="button big" @click=${() => this.#turn('second')}>Read the other’s code</button>
      </div>
      <p class="quiet small narrow">
        A code holds this device’s addresses in your network and its id, no secret. It is good once, for ten minutes.
      </p>`
  }

  #step(side: Side): TemplateResult {
    const problem = [this.#offer, this.#answer, this.#accept, this.#wait].find((action) => action.problem)?.problem
    return html`<div class="stack narrow">
      ${failure(problem)} ${side === 'first' ? this.#first() : this.#second()}
      <p><button type="button" class="button small" @click=${this.#restart}>Start again</button></p>
    </div>`
  }

  #first(): TemplateResult {
    if (this.#offer.running) return waiting('Making a code…')
    if (this.#accept.running) return waiting('Connecting…')
    if (!this.shown) return html``
    if (!this.reading) {
      return html`<h2>Step 1 of 2: let the other device read this</h2>
        ${this.#code(this.shown)}
        <button
          type="button"
          class="button loud big"
          @click=${() => {
            this.reading = true
          }}
        >
          It shows a code now
        </button>`
    }
    return html`<h2>Step 2 of 2: read the code of the other device</h2>
      ${this.#read((text) => void this.#accept.run(text))}`
  }

  #second(): TemplateResult {
    if (this.#answer.running) return waiting('Making the code for the other device…')
    if (!this.shown) {
      return html`<h2>Step 1 of 2: read the code of the other device</h2>
        ${this.#read((text) => void this.#answer.run(text))}`
    }
    return html`<h2>Step 2 of 2: let the other device read this</h2>
      ${this.#code(this.shown)} ${this.#wait.running ? waiting('Waiting until it has read the code…') : nothing}`
  }

  #code({ code }: ShownCode): TemplateResult {
    return html`<cafe-qr .text=${code} .label=${'QR code for the other device'}></cafe-qr>
      <div class="row">
        <wa-copy-button .value=${code} copy-label="Copy the code" success-label="Copied" tooltip="copy">
          <button type="button" class="button">${icon('copy')}Copy the code</button>
        </wa-copy-button>
      </div>`
  }

  #read(take: (text: string) => void): TemplateResult {
    const more = 'With the camera allowed, browsers also find each other in networks without internet.'
    return html`<cafe-scan
        .what=${'the code'}
        .more=${more}
        @cafe-scan=${({ text }: ScanEvent) => take(text)}
      ></cafe-scan>
      <form
        class="stack"
        novalidate
        @submit=${(event: SubmitEvent) => {
          event.preventDefault()
          const text = this.querySelector('textarea')?.value.trim() ?? ''
          if (text !== '') take(text)
        }}
      >
        <label class="field">
          <span>Or paste it</span>
          <textarea name="code" rows="4" autocomplete="off" autocapitalize="none" spellcheck="false"></textarea>
        </label>
        <button class="button">Continue</button>
      </form>`
  }

  #done({ peerId, invite }: Paired): TemplateResult {
    const code = invite === undefined ? undefined : readJoin(invite)
    return html`<div class="notice good" role="status">
        ${icon('check')}
        <p>Connected directly with <code title=${peerId}>${short(peerId)}</code>, for as long as both pages stay open.</p>
      </div>
      ${
        code === undefined
          ? html`<p>If the other device joins your cafe, you see it under <a href="#host">My cafe</a>.</p>`
          : html`<p>It has a cafe open.</p>
              <p><a class="button loud big" href="#join=${code}">See its invite</a></p>`
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
