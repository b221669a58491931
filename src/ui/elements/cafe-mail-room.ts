/** `<cafe-mail-room>`: warns of own mailboxes that are nearly full, with what makes room. Shows nothing while there is enough. */
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { InboxRoom } from '../../worker/mail-api.ts'
import { Live } from '../controllers/live.ts'
import { plainName, short } from '../format.ts'
import { roomPercent, roomText } from '../mail-words.ts'
import { icon, Plain } from './parts.ts'

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
        <h2 id="room-heading" class="small">${full ? 'A mailbox of yours is full' : 'A mailbox of yours is nearly full'}</h2>
        ${rooms.map((room) => this.#row(room))}
        <p class="small">
          ${full ? 'It turns away new mail. ' : 'Once it is full, new mail is turned away and its senders try again later. '}
          Mail stays there until all of your devices have fetched it: open Popup Cafe on the others, or
          <a href="#account">remove devices</a> that you do not use any more.
        </p>
      </div>
    </section>`
  }

  #row(room: InboxRoom): TemplateResult {
    const name = this.#cafes.value?.find(({ cafe }) => cafe === room.cafe)?.name
    const percent = roomPercent(room)
    const label = name === undefined ? short(room.cafe) : plainName(name)
    return html`<div>
      <p class="small"><bdi>${label}</bdi>: ${percent} %, ${roomText(room)}</p>
      <wa-progress-bar value=${percent} label=${`Room in use at ${label}`}></wa-progress-bar>
    </div>`
  }
}
customElements.define('cafe-mail-room', CafeMailRoom)
