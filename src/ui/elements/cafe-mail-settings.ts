/** `<cafe-mail-settings>`: whether others learn that something was read, and whether strangers may write. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { MailSettings } from '../../worker/mail-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { letters as lettersEnglish } from '../texts/en/letters.ts'
import { spoken } from '../texts/say.ts'
import { failure, Plain } from './parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('letters', lettersEnglish)

type Change = Partial<Record<keyof MailSettings, boolean>>

export class CafeMailSettings extends Plain {
  static override properties = { cafe: { attribute: false }, said: { state: true } }
  declare cafe: CafeConsole
  /** For the live region. */
  declare said: string
  readonly #settings = new Live<MailSettings>(
    this,
    () => this.cafe,
    ['mail', 'account'],
    (cafe) => cafe.mail.settings(),
    'mail',
  )
  readonly #set = new Action<Change>(this, 'mail', async (change) => {
    this.said = ''
    await this.cafe.mail.set(change)
    this.#settings.refresh()
    this.said = common.saved
  })

  constructor() {
    super()
    this.said = ''
  }

  override render(): TemplateResult | typeof nothing {
    const settings = this.#settings.value
    return html`<section class="card" aria-labelledby="mail-settings-heading">
      <h2 id="mail-settings-heading">${text.settingsTitle}</h2>
      ${failure(this.#settings.problem ?? this.#set.problem)}
      ${settings === undefined ? nothing : html`${this.#receipts(settings)} ${this.#strangers(settings)}`}
      <p class="sr" role="status">${this.said}</p>
    </section>`
  }

  #receipts({ receipts }: MailSettings): TemplateResult {
    return this.#box('receipts', receipts, text.receipts, text.receiptsHint)
  }

  #strangers({ strangers }: MailSettings): TemplateResult {
    return this.#box('strangers', strangers, text.strangers, text.strangersHint)
  }

  #box(name: keyof MailSettings, on: boolean, label: string, hint: string): TemplateResult {
    return html`<div>
      <label class="check">
        <input
          type="checkbox"
          .checked=${on}
          ?disabled=${this.#set.running}
          aria-describedby=${`mail-${name}`}
          @change=${(event: Event) => this.#turn(name, event)}
        />
        <span>${label}</span>
      </label>
      <p id=${`mail-${name}`} class="quiet small hint">${hint}</p>
    </div>`
  }

  async #turn(name: keyof MailSettings, { target }: Event): Promise<void> {
    if (!(target instanceof HTMLInputElement)) return
    const { checked } = target
    // What was not saved is not shown as if it were.
    if (!(await this.#set.run({ [name]: checked }))) target.checked = !checked
    target.focus()
  }
}
customElements.define('cafe-mail-settings', CafeMailSettings)
