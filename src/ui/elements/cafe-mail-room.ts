/** `<cafe-mail-room>`: warns of own mailboxes that are nearly full, with what makes room. Shows nothing while there is enough. */
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { InboxRoom } from '../../worker/mail-api.ts'
import { Live } from '../controllers/live.ts'
import { plainName, short } from '../format.ts'
import { roomPercent, roomText } from '../mail-words.ts'
import { mail as english } from '../texts/en/mail.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('mail', english)

export class CafeMailRoom extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #room = new Live<readonly InboxRoom[]>(
    this,
    () => this.cafe,
    ['mail', 'account'],
    (cafe) => cafe.mail.room(),
  )
  readonly #cafes = new Live(
    this,
    () => (this.#room.value?.length ? this.cafe : undefined),
    ['account'],
    (cafe) => cafe.account.cafes(),
  )

  override render(): TemplateResult | typeof nothing {
    const rooms = this.#room.value ?? []
    if (rooms.length === 0) return nothing
    const full = rooms.some((room) => roomPercent(room) === 100)
    return html`<section class="notice ${full ? 'bad' : 'part'}" aria-labelledby="room-heading">
      ${icon('warning')}
      <div class="grow stack tight">
        <h2 id="room-heading" class="small">${full ? text.roomFull : text.roomNearlyFull}</h2>
        ${rooms.map((room) => this.#row(room))}
        <p class="small">
          ${full ? text.turnsAway : text.willTurnAway} ${text.makeRoom((words) => html`<a href="#account">${words}</a>`)}
        </p>
      </div>
    </section>`
  }

  #row(room: InboxRoom): TemplateResult {
    const name = this.#cafes.value?.find(({ cafe }) => cafe === room.cafe)?.name
    const percent = roomPercent(room)
    const label = name === undefined ? short(room.cafe) : plainName(name)
    return html`<div>
      <p class="small">${text.roomAt(html`<bdi>${label}</bdi>`, percent, roomText(room))}</p>
      <wa-progress-bar value=${percent} label=${text.roomLabel(label)}></wa-progress-bar>
    </div>`
  }
}
customElements.define('cafe-mail-room', CafeMailRoom)
