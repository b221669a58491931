/** `<cafe-mail-out>`: letters not known to have arrived: to whom, how far, what is in the way; and one way to hurry. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { OutgoingLetter } from '../../worker/mail-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { day, letterName, stateText, whyText } from '../mail-words.ts'
import { threadHash } from '../route.ts'
import { common as commonEnglish } from '../texts/en/common.ts'
import { mail as mailEnglish } from '../texts/en/mail.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain, waiting } from './parts.ts'
import { face, who } from './person.ts'
import { when } from './post-parts.ts'

const common = spoken('common', commonEnglish)
const text = spoken('mail', mailEnglish)

/** Letters shown: whoever has more looks at their cause, not at each. */
const SHOWN = 50

type Outgoing = Awaited<ReturnType<CafeConsole['mail']['outgoing']>>

export class CafeMailOut extends Plain {
  static override properties = { cafe: { attribute: false }, said: { state: true } }
  declare cafe: CafeConsole
  /** For the live region. */
  declare said: string
  readonly #out = new Live<Outgoing>(
    this,
    () => this.cafe,
    ['mail'],
    (cafe) => cafe.mail.outgoing({ limit: SHOWN }),
    'mail',
  )
  readonly #retry = new Action<void>(this, 'mail', async () => {
    this.said = ''
    await this.cafe.mail.retry()
    this.said = text.tryingNow
  })

  constructor() {
    super()
    this.said = ''
  }

  override render(): TemplateResult {
    const out = this.#out.value
    return html`<section class="card" aria-labelledby="out-heading">
      <div class="heading">
        <h2 id="out-heading">${text.outTitle}</h2>
        ${
          out === undefined || out.total === 0
            ? nothing
            : html`<button type="button" class="button small" aria-busy=${this.#retry.running ? 'true' : 'false'} @click=${() => this.#retry.run()}>
                ${icon('again')}${text.tryNow}
              </button>`
        }
      </div>
      <p class="sr" role="status">${this.said}</p>
      ${failure(this.#out.problem ?? this.#retry.problem, () => this.#out.refresh())}
      ${out === undefined ? (this.#out.problem ? nothing : waiting(common.looking)) : this.#list(out)}
    </section>`
  }

  #list({ items, total }: Outgoing): TemplateResult {
    if (total === 0) return html`<p class="quiet">${text.allArrived}</p>`
    return html`<ul class="rows" aria-label=${text.outList}>
        ${repeat(
          items,
          ({ id }) => id,
          (letter) => html`<li>${row(letter)}</li>`,
        )}
      </ul>
      ${total > items.length ? html`<p class="quiet small">${text.andMore(total - items.length)}</p>` : nothing}`
  }
}

function row(letter: OutgoingLetter): TemplateResult {
  const { to, thread, state, since, ends } = letter
  const why = state === 'stored' ? undefined : whyText(letter.why)
  return html`${face(to)}
    <div class="grow">
      <p>
        ${text.letterFor(
          thread === null ? letterName(letter) : html`<a href=${threadHash(thread)}>${letterName(letter)}</a>`,
          html`<span class="title">${who(to)}</span>`,
        )}
        ${state === 'undelivered' ? html`<span class="tag bad">${text.notDelivered}</span>` : nothing}
      </p>
      <p class="quiet small">${text.since(state === 'undelivered' ? text.givenUp : upper(stateText(letter)), when(since))}${state === 'undelivered' ? nothing : ` · ${text.triedUntil(day(ends))}`}</p>
      ${why === undefined ? nothing : html`<p class="small">${why}</p>`}
    </div>`
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
customElements.define('cafe-mail-out', CafeMailOut)
