/** `<cafe-alarms>`: what the host should know of, in plain words, each until it has been seen. */
import './library.ts'
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { AlarmInfo } from '../../worker/admission-api.ts'
import type { CafeConsole } from '../../worker/console-api.ts'
import { Action } from '../controllers/action.ts'
import { Live } from '../controllers/live.ts'
import { short } from '../format.ts'
import { host as english } from '../texts/en/host.ts'
import { spoken } from '../texts/say.ts'
import { failure, icon, Plain } from './parts.ts'

const text = spoken('host', english)

export class CafeAlarms extends Plain {
  static override properties = { cafe: { attribute: false } }
  declare cafe: CafeConsole
  readonly #alarms = new Live(
    this,
    () => this.cafe,
    ['host'],
    (cafe) => cafe.host.alarms(),
  )
  readonly #seen = new Action<AlarmInfo>(this, 'open', async ({ id, kind }) => {
    if (kind === 'clock') await this.cafe.host.trustClock()
    await this.cafe.host.dismiss(id)
  })

  override render(): TemplateResult | typeof nothing {
    const alarms = this.#alarms.value ?? []
    if (alarms.length === 0) return nothing
    return html`<div class="stack" role="alert">
      ${alarms.map(
        (alarm) => html`<div class="notice bad">
          ${icon('warning')}
          <p>
            ${words(alarm)}
            <span class="quiet small"><wa-relative-time .date=${new Date(alarm.at)} sync></wa-relative-time></span>
          </p>
          <button type="button" class="button small" @click=${() => this.#seen.run(alarm)}>
            ${alarm.kind === 'clock' ? text.clockRight : text.gotIt}
          </button>
        </div>`,
      )}
      ${failure(this.#seen.problem)}
    </div>`
  }
}

function words({ kind, address, peerId }: AlarmInfo): TemplateResult {
  if (kind === 'clock') {
    return html`${text.clockBack}`
  }
  const who = address === null ? text.somebody : html`<code title=${address}>${short(address)}</code>`
  if (kind === 'reused') {
    return text.reused(who)
  }
  if (peerId === null) return text.someDevice(who)
  return text.otherDevice(html`<code title=${peerId}>${short(peerId)}</code>`, who)
}
customElements.define('cafe-alarms', CafeAlarms)
