/** `<cafe-home>`: the first screen. Three things to do, and one line about each that is already going on. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { plainName } from '../format.ts'
import { home as english } from '../texts/en/home.ts'
import { spoken } from '../texts/say.ts'
import './cafe-link.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('home', english)

export class CafeHome extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole | undefined
  readonly #host = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.status(),
  )
  readonly #cafes = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.cafes(),
  )
  readonly #pins = new Live(
    this,
    () => this.cafe,
    ['pins'],
    (cafe) => cafe.pins.list(),
  )

  override render(): TemplateResult {
    const cafes = (this.#cafes.value ?? []).filter(({ state }) => state === 'active')
    const pins = this.#pins.value ?? []
    return html`<div class="hero">
        <h1 tabindex="-1">${text.title}</h1>
        <p>${text.lead}</p>
      </div>
      <div class="choices">
        <section class="choice" aria-labelledby="choice-open">
          <span class="mark" aria-hidden="true">${icon('cup')}</span>
          <h2 id="choice-open">${text.openTitle}</h2>
          ${this.#open()}
        </section>
        <section class="choice" aria-labelledby="choice-join">
          <span class="mark" aria-hidden="true">${icon('people')}</span>
          <h2 id="choice-join">${text.joinTitle}</h2>
          ${cafes.length === 0 ? html`<p>${text.joinText}</p>` : html`<p class="now">${text.joined(cafes.length)}</p>`}
          ${
            cafes.length === 0
              ? html`<a class="button loud" href="#join">${text.joinTitle}</a>`
              : html`<a class="button loud" href="#files">
                  ${pins.length === 0 ? text.keepFile : text.seeFiles(pins.length)}
                </a>`
          }
        </section>
        <section class="choice" aria-labelledby="choice-link">
          <span class="mark" aria-hidden="true">${icon('link')}</span>
          <h2 id="choice-link">${text.linkTitle}</h2>
          <p>${text.linkText}</p>
          <cafe-link></cafe-link>
          <a class="small" href="#open">${text.tryLink}</a>
        </section>
      </div>
      <ul class="facts across" aria-label=${text.how}>
        <li>${icon('lock')}${text.howKeys}</li>
        <li>${icon('files')}${text.howTwo}</li>
        <li>${icon('cup')}${text.howFree}</li>
      </ul>`
  }

  /** How it stands takes the place of what it would be: the page moves little when it comes. */
  #open(): TemplateResult {
    const host = this.#host.value
    if (!host?.open) {
      return html`<p>${text.openText}</p>
        <a class="button loud" href="#host">${text.openTitle}</a>`
    }
    return html`<p class="now">
        <span class="dot good" aria-hidden="true"></span>${text.isOpen(html`<bdi>${plainName(host.name)}</bdi>`, host.clients)}
        ${host.requests === 0 ? nothing : html`<strong>${text.asking(host.requests)}</strong>`}
      </p>
      <a class="button loud" href="#host">${text.seeCafe}</a>`
  }
}
customElements.define('cafe-home', CafeHome)
