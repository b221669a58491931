/** `<cafe-you>`: everything about this account: how others see it, how safe it is, its cafes, and moving between them. */
import { html, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { ErrandStates, Errands } from '../controllers/errands.ts'
import { Live } from '../controllers/live.ts'
import { settings as english } from '../texts/en/settings.ts'
import { spoken } from '../texts/say.ts'
import './cafe-account.ts'
import './cafe-cafes.ts'
import './cafe-drill.ts'
import './cafe-findable.ts'
import './cafe-mail-summary.ts'
import './cafe-move.ts'
import './cafe-notices.ts'
import './cafe-profile.ts'
import { cafes as englishCafes } from '../texts/en/cafes.ts'
import { failure, icon, Plain, waiting } from './parts.ts'

const text = spoken('cafes', englishCafes)

const settings = spoken('settings', english)

export class CafeYou extends Plain {
  static override properties = {
    cafe: { attribute: false },
    errands: { attribute: false },
    states: { attribute: false },
  }
  declare cafe: CafeConsole
  declare errands: Errands
  /** `errands.states` of this moment, so that a change draws the view. */
  declare states: ErrandStates
  readonly #account = new Live(
    this,
    () => this.cafe,
    ['account'],
    (cafe) => cafe.account.status(),
  )

  override render(): TemplateResult {
    const account = this.#account.value
    return html`<h1 tabindex="-1">${text.you}</h1>
      ${failure(this.#account.problem)}
      ${account === undefined ? waiting(text.looking) : account === null ? this.#none() : this.#all()}`
  }

  #none(): TemplateResult {
    return html`<cafe-account .cafe=${this.cafe}></cafe-account>
      <p><a href="#recover">${text.hadAccount}</a></p>`
  }

  #all(): TemplateResult {
    return html`<cafe-profile .cafe=${this.cafe}></cafe-profile>
      <cafe-findable .cafe=${this.cafe}></cafe-findable>
      <cafe-mail-summary .cafe=${this.cafe} card></cafe-mail-summary>
      <cafe-notices></cafe-notices>
      <cafe-drill .cafe=${this.cafe} .errand=${this.errands.drill} .state=${this.states.drill}></cafe-drill>
      <cafe-cafes .cafe=${this.cafe}></cafe-cafes>
      <cafe-move .cafe=${this.cafe} .errand=${this.errands.move} .state=${this.states.move}></cafe-move>
      <div class="row links">
        <a class="button" href="#account">${icon('lock')}${text.passphrases}</a>
        <a class="button" href="#recover">${icon('again')}${text.missing}</a>
        <a class="button" href="#settings">${icon('device')}${settings.link}</a>
      </div>`
  }
}
customElements.define('cafe-you', CafeYou)
