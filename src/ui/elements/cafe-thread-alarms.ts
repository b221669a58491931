/** `<cafe-thread-alarms>`: what should not be in a thread's history, in plain words with what helps, while it is so. */
import { html, nothing, type TemplateResult } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { MemberInfo, ThreadAlarm, ThreadInfo } from '../../worker/thread-api.ts'
import { Live, threadNews } from '../controllers/live.ts'
import { short } from '../format.ts'
import { threads as english } from '../texts/en/threads.ts'
import { spoken } from '../texts/say.ts'
import { alarmText, distinctAlarms, personName } from '../thread-words.ts'
import { icon, Plain } from './parts.ts'

const text = spoken('threads', english)

export class CafeThreadAlarms extends Plain {
  static override properties = { cafe: { attribute: false }, info: { attribute: false } }
  declare cafe: CafeConsole
  declare info: ThreadInfo
  readonly #members = new Live<readonly MemberInfo[]>(
    this,
    () => (this.info.alarms.length === 0 ? undefined : this.cafe),
    threadNews(['members'], () => this.info.id),
    (cafe) => cafe.thread.members(this.info.id),
  )

  override render(): TemplateResult | typeof nothing {
    const alarms = distinctAlarms(this.info.alarms)
    const [first, ...rest] = alarms
    if (first === undefined) return nothing
    return html`<div class="notice ${first.kind === 'fork' ? 'bad' : 'part'}" role="status">
      ${icon('warning')}
      <div class="grow">
        <p>${this.#text(first)}</p>
        ${
          rest.length === 0
            ? nothing
            : html`<details class="more">
                <summary>${text.moreAlarms(rest.length)}</summary>
                <ul class="stack plain-list">
                  ${rest.map((alarm) => html`<li>${this.#text(alarm)}</li>`)}
                </ul>
              </details>`
        }
      </div>
    </div>`
  }

  #text(alarm: ThreadAlarm): string {
    const author = this.#members.value?.find(({ address }) => address === alarm.author)
    return alarmText(alarm, author?.self ? null : author ? personName(author) : short(alarm.author))
  }
}
customElements.define('cafe-thread-alarms', CafeThreadAlarms)
