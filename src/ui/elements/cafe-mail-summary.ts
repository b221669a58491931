/**
 * `<cafe-mail-summary>`: the state of the mail in a sentence, and the way to it: as a card with `card`, else only while
 * something needs a look.
 */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Live } from '../controllers/live.ts'
import { type MailSummary, summaryLines } from '../mail-words.ts'
import './cafe-mail-room.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { mail as mailEnglish } from '../texts/en/mail.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('mail', mailEnglish)

/** Letters looked at: those that wait longest come first. */
const LOOKED_AT = 100

export class CafeMailSummary extends Plain {
  static override properties = { cafe: { attribute: false }, card: { type: Boolean } }
  declare cafe: CafeConsole
  declare card: boolean
  readonly #mail = new Live<MailSummary>(
    this,
    () => this.cafe,
    ['mail'],
    async (cafe) => {
      const [{ items, total }, unusable] = await Promise.all([
        cafe.mail.outgoing({ limit: LOOKED_AT }),
        cafe.mail.quarantine.list(),
      ])
      return { letters: items, total, unusable: unusable.length, now: Date.now() }
    },
    'mail',
  )

  override render(): TemplateResult {
    const summary = this.#mail.value
    const { state, needed } = summary === undefined ? { state: common.looking, needed: [] } : summaryLines(summary)
    return html`<cafe-mail-room .cafe=${this.cafe}></cafe-mail-room>
      ${this.card ? this.#card(state, needed) : needed.length === 0 ? nothing : attention(needed)}`
  }

  #card(state: string, needed: readonly string[]): TemplateResult {
    return html`<section class="card" aria-labelledby="mail-heading">
      <div class="heading">
        <h2 id="mail-heading">${text.title}</h2>
        <a class="button small" href="#mail">${icon('mail')}${text.seeMail}</a>
      </div>
      ${failure(this.#mail.problem)}
      <p class="quiet">${state}</p>
      ${needed.length === 0 ? nothing : attention(needed, false)}
    </section>`
  }
}

function attention(needed: readonly string[], linked = true): TemplateResult {
  return html`<div class="notice part" role="status">
    ${icon('mail')}
    <p>${needed.join(' ')}</p>
    ${linked ? html`<a class="button small" href="#mail">${text.seeMail}</a>` : nothing}
  </div>`
}
customElements.define('cafe-mail-summary', CafeMailSummary)
